using System.Runtime.CompilerServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Services;

/// <summary>A reader that leaves a stream is not held by an iterator that does not end: a local one would not hold it either.</summary>
public class LeftStreamTests : ProcessTest
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public Task A_reader_leaves_an_iterator_that_waits_without_end() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<IWatchtower>(() => new Watchtower());
        await foreach (var item in service.Proxy.Watch())
        {
            item.ShouldBe(1);
            break;
        }

        // The iterator ends when its wait does, and its late messages are of no reader.
        service.Proxy.Left().ShouldBe(0);
        service.Proxy.Release();
        Eventually.Is(() => service.Proxy.Left() == 1, "the iterator has ended");
        var items = new List<int>();
        await foreach (var item in service.Proxy.Watch())
        {
            items.Add(item);
        }

        items.ShouldBe([1, 2]);
    });

    [Fact]
    public Task A_token_ends_the_wait_for_an_iterator_that_does_not_get_it() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<IWatchtower>(() => new Watchtower());
        using var source = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var item in service.Proxy.Watch().WithCancellation(source.Token))
            {
                item.ShouldBe(1);
                source.CancelAfter(TimeSpan.FromMilliseconds(100));
            }
        });
        service.Proxy.Left().ShouldBe(0);
    });

    [Fact]
    public Task A_token_ends_the_wait_for_a_stream_that_a_busy_service_has_not_returned() => Watchdog.Run(async () =>
    {
        using var begun = new ProcessEvent();
        using var end = new ProcessEvent();
        await using var service = await ProcessService.StartAsync<IWatchtower>(() => new Watchtower());
        var busy = Task.Run(() => service.Proxy.Hold(begun, end));
        begun.Wait(Long).ShouldBeTrue();
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in service.Proxy.Watch().WithCancellation(source.Token))
            {
            }
        });
        busy.IsCompleted.ShouldBeFalse();
        end.Set();
        await busy;
    });

    [Fact]
    public Task A_service_leaves_an_iterator_of_its_caller_that_waits_without_end() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<IWatchtower>(() => new Watchtower());
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (await service.Proxy.FirstAsync(Items())).ShouldBe(7);
        end.SetResult();

        async IAsyncEnumerable<int> Items()
        {
            yield return 7;
            await end.Task;
        }
    });

    [Fact]
    public Task A_reader_that_has_left_does_not_get_the_failure_of_the_item_that_the_iterator_waited_for() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<IWatchtower>(() => new Watchtower());
        await foreach (var item in service.Proxy.FailWhenCanceled())
        {
            item.ShouldBe(1);
            break;
        }

        Eventually.Is(() => service.Proxy.Left() == 1, "the iterator has ended"); // the reader waits a second for that, and not longer
    });
}

public interface IWatchtower
{
    IAsyncEnumerable<int> Watch();

    IAsyncEnumerable<int> FailWhenCanceled(CancellationToken cancellationToken = default);

    Task<int> FirstAsync(IAsyncEnumerable<int> items);

    void Hold(ProcessEvent begun, ProcessEvent end);

    void Release();

    int Left();
}

/// <summary>Runs in the service's process.</summary>
internal sealed class Watchtower : IWatchtower
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left;

    public async IAsyncEnumerable<int> Watch()
    {
        try
        {
            yield return 1;
            await _released.Task;
            yield return 2;
        }
        finally
        {
            _left++;
        }
    }

    public async IAsyncEnumerable<int> FailWhenCanceled([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            yield return 1;
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                throw new FormatException("The wait was canceled.");
            }
        }
        finally
        {
            _left++;
        }
    }

    public async Task<int> FirstAsync(IAsyncEnumerable<int> items)
    {
        await foreach (var item in items)
        {
            return item;
        }

        return -1;
    }

    public void Hold(ProcessEvent begun, ProcessEvent end)
    {
        begun.Set();
        end.Wait();
    }

    public void Release() => _released.SetResult();

    public int Left() => _left;
}
