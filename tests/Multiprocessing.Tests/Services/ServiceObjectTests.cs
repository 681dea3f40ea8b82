using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Xunit;

namespace Multiprocessing.Tests.Services;

/// <summary>Objects that stay in their process: call-backs, nested proxies, progress and events; and tokens.</summary>
public class ServiceObjectTests : ProcessTest
{
    [Fact]
    public Task The_service_calls_an_object_of_its_caller() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var visited = new List<int>();
        var visitor = new ServiceCallTests.Visitor(value =>
        {
            visited.Add(value);
            return value * 2;
        });
        Assert.Equal(90, service.Proxy.CallBack(visitor, 10));
        Assert.Equal(Enumerable.Range(0, 10), visited);
        Assert.Equal(9, await service.Proxy.CallBackAsync(visitor, 4));
    });

    [Fact]
    public Task An_exception_of_a_call_back_passes_through_the_service() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var visitor = new ServiceCallTests.Visitor(_ => throw new FormatException("Not this one."));
        Assert.Equal("Not this one.", Assert.Throws<FormatException>(() => service.Proxy.CallBack(visitor, 1)).Message);
    });

    [Fact]
    public Task A_call_from_a_call_back_that_the_service_waits_for_is_refused() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var visitor = new ServiceCallTests.Visitor(value => service.Proxy.Add(value, 1));
        var refusal = Assert.Throws<InvalidOperationException>(() => service.Proxy.CallBack(visitor, 1));
        Assert.Contains("MaxConcurrency", refusal.Message, StringComparison.Ordinal);
        await using var concurrent = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory(), new() { MaxConcurrency = 2 });
        Assert.Equal(1 + 2, concurrent.Proxy.CallBack(new ServiceCallTests.Visitor(value => concurrent.Proxy.Add(value, 1)), 2));
    });

    [Fact]
    public Task An_object_that_a_call_returns_stays_in_the_service() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        using (var sample = service.Proxy.Open("water"))
        {
            Assert.Equal("water", sample.Name);
            sample.Level = 3;
            Assert.Equal(3, service.Proxy.LevelOf(sample)); // the object itself, not a proxy of a proxy
            Assert.Same(sample, sample.Self());
            Assert.Equal(1, service.Proxy.OpenSamples());
        }

        Assert.Equal(0, service.Proxy.OpenSamples());
    });

    [Fact]
    public Task A_disposed_proxy_throws() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var sample = service.Proxy.Open("water");
        sample.Dispose();
        Assert.Throws<ObjectDisposedException>(() => sample.Name);
    });

    [Fact]
    public Task A_proxy_of_a_dead_life_throws_and_the_service_goes_on() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var sample = service.Proxy.Open("water");
        Assert.Throws<ServiceDiedException>(() => service.Proxy.Kill());
        Assert.Throws<ServiceDiedException>(() => sample.Name);
        Assert.Equal("oil", service.Proxy.Open("oil").Name);
    });

    [Fact]
    public Task A_collected_proxy_releases_its_object() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<IKeeper>(() => new Keeper());
        OpenMany(service.Proxy);
        while (service.Proxy.Alive() != 0)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    });

    [Fact]
    public Task An_object_that_was_passed_is_released_when_the_service_has_dropped_it() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<IKeeper>(() => new Keeper());
        var passed = Pass(service.Proxy);
        while (passed.IsAlive)
        {
            service.Proxy.Alive(); // collects there
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    });

    [Fact]
    public Task Reports_arrive_in_order() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var progress = new Reports();
        service.Proxy.Report(progress, 100);
        Assert.Equal(Enumerable.Range(0, 100), progress.Seen);
    });

    [Fact]
    public Task Handlers_get_events_in_order() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var laboratory = service.Proxy;
        var seen = new List<string>();
        using var all = new CountdownEvent(100);
        void OnMeasured(int number, string text)
        {
            seen.Add($"{number}{text}");
            all.Signal();
        }

        laboratory.Measured += OnMeasured;
        for (var i = 0; i < 100; i++)
        {
            laboratory.Raise(i, "x");
        }

        all.Wait(TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}x"), seen);
        laboratory.Measured -= OnMeasured;
        laboratory.Raise(1, "after");
        laboratory.Raise(2, "after");
        Assert.Equal(100, seen.Count);
    });

    [Fact]
    public Task A_handler_that_throws_does_not_stop_the_next_event() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        using var second = new ManualResetEventSlim();
        service.Proxy.Measured += (number, _) =>
        {
            if (number == 0)
            {
                throw new FormatException();
            }

            second.Set();
        };
        service.Proxy.Raise(0, "");
        service.Proxy.Raise(1, "");
        second.Wait(TestContext.Current.CancellationToken);
    });

    [Fact]
    public Task Subscriptions_are_renewed_after_a_restart() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var laboratory = service.Proxy;
        using var raised = new SemaphoreSlim(0);
        laboratory.Measured += (_, _) => raised.Release();
        Assert.Throws<ServiceDiedException>(() => laboratory.Kill());
        laboratory.Raise(1, "");
        await raised.WaitAsync(TestContext.Current.CancellationToken);
    });

    [Fact]
    public Task A_token_crosses() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        using var source = new CancellationTokenSource();
        var call = service.Proxy.WaitForTokenAsync(source.Token);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(call.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(3, service.Proxy.Add(1, 2)); // the member has ended, too
        Assert.ThrowsAny<OperationCanceledException>(() => { _ = service.Proxy.WaitForTokenAsync(source.Token).GetAwaiter().GetResult(); });
    });

    [Fact]
    public Task A_canceled_call_that_ignores_its_token_does_not_hold_its_caller() => Watchdog.Run(async () =>
    {
        using var end = new ProcessEvent();
        await using var service = await ProcessService.StartAsync<IKeeper>(() => new Keeper());
        using var source = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Task.Factory.StartNew(() => service.Proxy.Ignore(end, source.Token), TaskCreationOptions.LongRunning));
        end.Set();
        Assert.Equal(0, service.Proxy.Alive());
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OpenMany(IKeeper keeper)
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(i, keeper.Open(i).Value());
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Pass(IKeeper keeper)
    {
        var visitor = new ServiceCallTests.Visitor(value => value + 1);
        Assert.Equal(6, keeper.Visit(visitor, 5));
        return new WeakReference(visitor);
    }

    private sealed class Reports : IProgress<int>
    {
        private readonly ConcurrentQueue<int> _seen = new();

        public IEnumerable<int> Seen
        {
            get
            {
                // The last reports may be on their way from the thread that reads.
                SpinWait.SpinUntil(() => _seen.Count == 100, TimeSpan.FromSeconds(30));
                return _seen;
            }
        }

        public void Report(int value) => _seen.Enqueue(value);
    }
}

public interface IKeeper
{
    IKept Open(int value);

    int Alive();

    int Visit(IVisitor visitor, int value);

    void Ignore(ProcessEvent end, CancellationToken cancellationToken);
}

public interface IKept
{
    int Value();
}

public sealed class Keeper : IKeeper
{
    private static int _alive;

    public IKept Open(int value) => new Kept(value);

    public int Alive()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Volatile.Read(ref _alive);
    }

    public int Visit(IVisitor visitor, int value) => visitor.Visit(value);

    public void Ignore(ProcessEvent end, CancellationToken cancellationToken) => end.Wait(CancellationToken.None);

    private sealed class Kept : IKept
    {
        private readonly int _value;

        public Kept(int value)
        {
            _value = value;
            Interlocked.Increment(ref _alive);
        }

        ~Kept() => Interlocked.Decrement(ref _alive);

        public int Value() => _value;
    }
}
