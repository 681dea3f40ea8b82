using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Services;

/// <summary>An object whose proxy was collected or disposed is received again: the handlers of the new proxy run.</summary>
public class ResubscribedEventTests : ProcessTest
{
    public interface IHub
    {
        ISource Open();

        void Raise(int value);
    }

    public interface ISource : IDisposable
    {
        event Action<int> Changed;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Handlers_of_a_later_proxy_run(bool isDisposed) => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<IHub>(() => new Hub());
        UseAndForget(service.Proxy, isDisposed);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var source = service.Proxy.Open();
        var seen = new ConcurrentQueue<int>();
        source.Changed += seen.Enqueue;
        service.Proxy.Raise(7);
        Eventually.Is(() => seen.Contains(7), "the handler runs");
        source.Changed -= seen.Enqueue;
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void UseAndForget(IHub hub, bool isDisposed)
    {
        var source = hub.Open();
        var seen = new ConcurrentQueue<int>();
        source.Changed += seen.Enqueue;
        hub.Raise(1);
        Eventually.Is(() => seen.Contains(1), "the first handler runs");
        source.Changed -= seen.Enqueue;
        if (isDisposed)
        {
            source.Dispose();
        }
    }

    public sealed class Hub : IHub
    {
        private readonly Source _source = new();

        public ISource Open() => _source;

        public void Raise(int value) => _source.Raise(value);
    }

    public sealed class Source : ISource
    {
        public event Action<int>? Changed;

        public void Raise(int value) => Changed?.Invoke(value);

        public void Dispose()
        {
        }
    }
}
