using System.Diagnostics;
using Xunit;

namespace Multiprocessing.Tests.Services;

/// <summary>Many value tasks of one proxy at the same time: a caller may continue on the thread that has read its reply.</summary>
public class PipelinedCallTests : ProcessTest
{
    [Fact]
    public Task A_window_of_calls_gets_every_result_in_its_place() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ICounter>(() => new Counter());
        await Task.WhenAll(Enumerable.Range(0, 4).Select(client => Task.Run(() => CallAsync(service.Proxy, client * 100_000, 20_000, 64))));
    });

    [Fact]
    public Task A_caller_that_blocks_when_it_continues_holds_no_other_caller() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ICounter>(() => new Counter());
        using var release = new ManualResetEventSlim();
        var blocked = BlockAfterCallAsync(service.Proxy, release);
        var others = Enumerable.Range(0, 8).Select(client => Task.Run(() => CallAsync(service.Proxy, client, 200, 4))).ToArray();
        await Task.WhenAll(others);
        Assert.False(blocked.IsCompleted);
        release.Set();
        Assert.Equal(1, await blocked);
    });

    [Fact]
    public Task A_caller_that_continues_may_call_and_wait() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ICounter>(() => new Counter());
        await Task.WhenAll(Enumerable.Range(0, 16).Select(client => Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                Assert.Equal(i + 1, await service.Proxy.NextAsync(i));
                Assert.Equal(client + 1, service.Proxy.Next(client));
            }
        })));
    });

    [Fact]
    public Task A_caller_that_continues_may_wait_for_another_call_in_vain() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ICounter>(() => new Counter(), new() { MaxConcurrency = 4 });
        var first = service.Proxy.NextLaterAsync(1, 20).AsTask();
        Assert.Equal(2, await first);
        var second = service.Proxy.NextLaterAsync(2, 200).AsTask();
        Assert.True(second.Wait(TimeSpan.FromMinutes(1))); // on the thread that has read the first reply, perhaps
        Assert.Equal(3, second.Result);
    });

    [Fact]
    public Task A_failure_reaches_its_own_caller_only() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ICounter>(() => new Counter());
        var calls = Enumerable.Range(0, 300).Select(i => i % 3 == 0 ? service.Proxy.FailAsync($"failure {i}") : service.Proxy.NextAsync(i)).ToArray();
        for (var i = 0; i < calls.Length; i++)
        {
            if (i % 3 == 0)
            {
                var call = calls[i];
                var exception = await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await call);
                Assert.Equal($"failure {i}", exception.Message);
            }
            else
            {
                Assert.Equal(i + 1, await calls[i]);
            }
        }
    });

    [Fact]
    public Task A_value_task_that_is_awaited_twice_gives_no_other_calls_result() => Watchdog.Run(async () =>
    {
        // The replies come when all calls have returned: a call whose reply is there when it returns gives a value task that may be awaited twice.
        using var go = new ProcessEvent();
        await using var service = await ProcessService.StartAsync<ICounter>(() => new Counter(go));
        for (var i = 0; i < 100; i++)
        {
            go.Reset();
            var calls = Enumerable.Range(0, 8).Select(number => service.Proxy.NextAfterAsync(number)).ToArray();
            go.Set();
            for (var number = 0; number < calls.Length; number++)
            {
                var call = calls[number];
                Assert.Equal(number + 1, await call);
                await Assert.ThrowsAsync<InvalidOperationException>(async () => await call);
            }
        }
    });

    [Fact]
    public Task Calls_on_their_way_fail_when_the_service_is_killed() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ICounter>(() => new Counter());
        var calls = Enumerable.Range(0, 500).Select(number => service.Proxy.NextLaterAsync(number, 60_000)).ToArray();
        Process.GetProcessById(service.ProcessId).Kill();
        foreach (var call in calls)
        {
            await Assert.ThrowsAsync<ServiceDiedException>(async () => await call);
        }
    });

    private static async Task CallAsync(ICounter counter, int first, int count, int window)
    {
        var pending = new Queue<ValueTask<int>>();
        for (var i = 0; i < count; i++)
        {
            if (pending.Count == window)
            {
                Assert.Equal(first + i - window + 1, await pending.Dequeue().ConfigureAwait(false));
            }

            pending.Enqueue(counter.NextAsync(first + i));
        }

        var expected = first + count - pending.Count + 1;
        while (pending.TryDequeue(out var call))
        {
            Assert.Equal(expected++, await call.ConfigureAwait(false));
        }
    }

    private static async Task<int> BlockAfterCallAsync(ICounter counter, ManualResetEventSlim release)
    {
        var result = await counter.NextLaterAsync(0, 50).ConfigureAwait(false);
        release.Wait(TimeSpan.FromMinutes(10)); // longer than the watchdog
        return result;
    }

    public interface ICounter
    {
        int Next(int number);

        ValueTask<int> NextAsync(int number);

        ValueTask<int> NextLaterAsync(int number, int milliseconds);

        ValueTask<int> NextAfterAsync(int number);

        ValueTask<int> FailAsync(string message);
    }

    public sealed class Counter(ProcessEvent? go = null) : ICounter
    {
        public int Next(int number) => number + 1;

        public ValueTask<int> NextAsync(int number) => new(number + 1);

        public async ValueTask<int> NextLaterAsync(int number, int milliseconds)
        {
            await Task.Delay(milliseconds);
            return number + 1;
        }

        public ValueTask<int> NextAfterAsync(int number)
        {
            go!.Wait();
            return new(number + 1);
        }

        public ValueTask<int> FailAsync(string message) => throw new InvalidTimeZoneException(message);
    }
}
