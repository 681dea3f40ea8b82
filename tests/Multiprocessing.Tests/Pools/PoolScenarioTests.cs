using System.Diagnostics;
using System.Net.Sockets;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class PoolScenarioTests : ProcessTest
{
    private static readonly TimeSpan Watchful = TimeSpan.FromSeconds(30);

    [Fact]
    public Task A_worker_killed_in_item_500_of_1000_costs_that_item_and_nothing_else() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        static int Body(int item)
        {
            Thread.Sleep(1);
            if (item == 500)
            {
                Posix.Signal(Environment.ProcessId, Posix.SigKill);
            }

            return item * 2;
        }

        var watch = Stopwatch.StartNew();
        var error = await Should.ThrowAsync<WorkerDiedException>(pool.MapAsync(Enumerable.Range(0, 1000), Body));
        watch.Elapsed.ShouldBeLessThan(Watchful);
        error.ExitStatus.Signal.ShouldBe(9);
        error.TaskName.ShouldBe("Body[500]");
        error.Message.ShouldContain($"pid {error.ProcessId}");
        error.Message.ShouldContain("signal 9");
        error.Message.ShouldContain("Body[500]");
        ProcessEntry.IsGone(error.ProcessId).ShouldBeTrue();

        var outcomes = await pool.MapOutcomesAsync(Enumerable.Range(0, 1000), Body);
        outcomes.Where(outcome => !outcome.IsSuccess).ShouldHaveSingleItem().Index.ShouldBe(500);
        outcomes.Where(outcome => outcome.IsSuccess).ShouldAllBe(outcome => outcome.Result == outcome.Index * 2);

        (await pool.MapAsync(Enumerable.Range(0, 100), item => item + 1)).ShouldBe(Enumerable.Range(1, 100));
    });

    [Fact]
    public Task With_a_second_attempt_all_1000_are_right_and_in_order() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2, MaxAttempts = 2 });
        using var runs = new SharedArray<int>(1000);
        var results = await pool.MapAsync(Enumerable.Range(0, 1000), item =>
        {
            Thread.Sleep(1);
            if (item == 500 && CurrentTask.Attempt == 1)
            {
                Posix.Signal(Environment.ProcessId, Posix.SigKill);
            }

            Interlocked.Increment(ref runs.Span[item]);
            return item * 2;
        });
        results.ShouldBe(Enumerable.Range(0, 1000).Select(item => item * 2));
        runs.ToArray().ShouldAllBe(count => count == 1);
    });

    [Fact]
    public Task A_poison_item_fails_after_its_attempts_and_says_how_many() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var error = await Should.ThrowAsync<WorkerDiedException>(
            pool.RunAsync(() => Posix.Signal(Environment.ProcessId, Posix.SigKill), new() { MaxAttempts = 3, Name = "poison" }));
        (error.Attempts, error.TaskName).ShouldBe((3, "poison"));
        (await pool.RunAsync(() => 1)).ShouldBe(1);
    });

    [Fact]
    public Task A_task_that_loops_for_ever_is_killed_at_its_time_limit() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1, Timeout = TimeSpan.FromSeconds(0.5) });
        var unlimited = new TaskOptions { Timeout = Timeout.InfiniteTimeSpan }; // for those that only look, which may stand still as well
        var processId = await pool.RunAsync(static () => Environment.ProcessId, unlimited);
        var watch = Stopwatch.StartNew();
        await Should.ThrowAsync<TimeoutException>(pool.RunAsync(() =>
        {
            while (true)
            {
            }
        }));
        watch.Elapsed.ShouldBeInRange(TimeSpan.FromSeconds(0.5), Watchful);
        ProcessEntry.IsGone(processId).ShouldBeTrue();
        (await pool.RunAsync(static () => Environment.ProcessId, unlimited)).ShouldNotBe(processId);
    });

    [Fact]
    public Task A_time_limit_counts_from_the_item_s_own_beginning() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var outcomes = await pool.MapOutcomesAsync(
            Enumerable.Range(0, 25),
            item =>
            {
                Thread.Sleep(item == 7 ? Timeout.Infinite : 270);
                return item;
            },
            new() { Timeout = TimeSpan.FromSeconds(6) }); // less than all of them together, and far more than one
        outcomes.Where(outcome => !outcome.IsSuccess).ShouldHaveSingleItem().Error.ShouldBeOfType<TimeoutException>();
        outcomes[7].IsSuccess.ShouldBeFalse();
    });

    [Fact]
    public Task A_cancelled_task_that_waits_never_begins_and_one_that_runs_ends_soon() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        using var begun = new ProcessEvent();
        using var queuedBegan = new SharedValue<int>(0);
        using var runningSource = new CancellationTokenSource();
        using var queuedSource = new CancellationTokenSource();
        var running = pool.RunAsync(
            () =>
            {
                begun.Set();
                while (true)
                {
                }
            },
            cancellationToken: runningSource.Token);
        begun.Wait();
        var queued = pool.RunAsync(() => queuedBegan.Add(1), cancellationToken: queuedSource.Token);
        var other = pool.RunAsync(() => 5);
        await queuedSource.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(queued);
        await runningSource.CancelAsync();
        var watch = Stopwatch.StartNew();
        await Should.ThrowAsync<OperationCanceledException>(running);
        watch.Elapsed.ShouldBeLessThan(Watchful);
        (await other).ShouldBe(5);
        queuedBegan.Value.ShouldBe(0);
    });

    [Fact]
    public Task The_caller_s_token_reaches_the_task_captured_or_as_an_argument() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1, CancellationGrace = Timeout.InfiniteTimeSpan });
        var processId = await pool.RunAsync(() => Environment.ProcessId);
        foreach (var captured in new[] { true, false })
        {
            using var begun = new ProcessEvent();
            using var source = new CancellationTokenSource();
            var token = source.Token;
            var running = captured
                ? pool.RunAsync(
                    () =>
                    {
                        begun.Set();
                        token.WaitHandle.WaitOne();
                        token.ThrowIfCancellationRequested();
                    },
                    cancellationToken: token)
                : pool.RunAsync(
                    static (ProcessEvent began, CancellationToken passed) =>
                    {
                        began.Set();
                        passed.WaitHandle.WaitOne();
                        passed.ThrowIfCancellationRequested();
                    },
                    begun,
                    token,
                    cancellationToken: token);
            begun.Wait();
            await source.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(running);
        }

        (await pool.RunAsync(() => Environment.ProcessId)).ShouldBe(processId);
    });

    [Fact]
    public Task A_stream_over_an_endless_source_takes_no_more_than_it_may() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var pulled = 0;
        IEnumerable<int> Endless()
        {
            while (true)
            {
                yield return pulled++;
            }
        }

        var got = new List<int>();
        await foreach (var result in pool.StreamAsync(Endless(), item => item * 3, new() { MaxInFlight = 16 }))
        {
            got.Add(result);
            if (got.Count == 10)
            {
                break;
            }
        }

        got.ShouldBe(Enumerable.Range(0, 10).Select(item => item * 3));
        pulled.ShouldBeLessThanOrEqualTo(10 + 16);
        (await pool.RunAsync(() => 1)).ShouldBe(1);
    });

    [Fact]
    public Task The_first_error_ends_a_map_and_the_outcomes_give_the_others() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        await pool.MapAsync(Enumerable.Range(0, 4), _ => 0);
        static int Body(int item)
        {
            if (item == 0)
            {
                throw new InvalidOperationException("the first one");
            }

            Thread.Sleep(200);
            return item;
        }

        (await Should.ThrowAsync<InvalidOperationException>(pool.MapAsync(Enumerable.Range(0, 20), Body))).Message.ShouldBe("the first one");
        var outcomes = await pool.MapOutcomesAsync(Enumerable.Range(0, 20), Body);
        (outcomes.Count(outcome => outcome.IsSuccess), outcomes[0].IsSuccess).ShouldBe((19, false));
    });

    [Fact]
    public Task What_cannot_cross_fails_only_its_own_task_and_names_the_culprit() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var argument = await Should.ThrowAsync<NotSerializableException>(pool.RunAsync((Holder holder) => holder.ToString(), new Holder { Inner = socket }));
        argument.Message.ShouldContain("Inner");
        argument.Culprit.ShouldBe(typeof(Socket));
        var result = await Should.ThrowAsync<Exception>(pool.RunAsync(() => new Holder { Inner = new Thread(() => { }) }));
        result.Message.ShouldContain("Inner");
        result.Message.ShouldContain("Thread");
        var outcomes = await pool.MapOutcomesAsync(Enumerable.Range(0, 10), item => item == 3 ? new Holder { Inner = new Thread(() => { }) } : new Holder { Inner = item });
        outcomes.Count(outcome => outcome.IsSuccess).ShouldBe(9);
        outcomes[3].Error!.Message.ShouldContain("Thread");
        var items = await pool.MapOutcomesAsync(Enumerable.Range(0, 10).Select(item => item == 4 ? new Holder { Inner = socket } : new Holder()), holder => holder.Inner is null);
        items.Count(outcome => outcome.IsSuccess).ShouldBe(9);
        items[4].Error.ShouldBeOfType<NotSerializableException>();
        (await pool.RunAsync(() => 1)).ShouldBe(1);
    });

    [Fact]
    public Task A_payload_whose_reading_throws_fails_only_its_own_task() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var argument = await Should.ThrowAsync<Exception>(pool.RunAsync((Unreadable value) => value.ToString(), new Unreadable { Fails = true }));
        argument.ToString().ShouldContain("cannot be read");
        var result = await Should.ThrowAsync<Exception>(pool.RunAsync(() => new Unreadable { Fails = true }));
        result.ToString().ShouldContain("cannot be read");
        var outcomes = await pool.MapOutcomesAsync(Enumerable.Range(0, 50), item => new Unreadable { Fails = item == 25 });
        outcomes.Where(outcome => !outcome.IsSuccess).ShouldHaveSingleItem().Index.ShouldBe(25);
        (await pool.RunAsync(() => 1)).ShouldBe(1);
    });

    /// <summary>The worker took the body of the map before for the next task that brought its own.</summary>
    [Fact]
    public Task A_body_that_cannot_be_read_fails_its_map_and_nothing_after_it() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var held = new Unreadable { Fails = true };
        for (var round = 0; round < 5; round++)
        {
            (await pool.MapAsync(Enumerable.Range(0, 10), static item => item + 1)).Sum().ShouldBe(55);
            var error = await Should.ThrowAsync<Exception>(pool.MapAsync(Enumerable.Range(0, 10), item => held.Fails ? item : -item));
            error.ToString().ShouldContain("cannot be read");
            (await pool.RunAsync(static () => 7)).ShouldBe(7);
        }
    });

    /// <summary>The pool kept tasks as assigned that were over, if the worker had not started the next one when its map failed, and then called the replies after them invalid.</summary>
    [Fact]
    public Task A_map_that_fails_leaves_its_worker_in_order() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        for (var round = 0; round < 100; round++)
        {
            await Should.ThrowAsync<FormatException>(pool.MapAsync(Enumerable.Range(0, 100), static item => item == 3 ? throw new FormatException() : item));
            (await pool.RunAsync(static () => 7)).ShouldBe(7);
        }
    });

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    public Task Workers_are_replaced_after_as_many_tasks_as_they_may_run(int most, int workers) => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = workers, MaxTasksPerWorker = most });
        const int tasks = 60;
        var processes = await pool.MapAsync(Enumerable.Range(0, tasks), _ => ProcessOf.This); // Windows gives a number to another process at once
        processes.GroupBy(process => process).ShouldAllBe(group => group.Count() <= most);
        processes.Distinct().Count().ShouldBeInRange(tasks / most, (tasks / most) + workers);
    });

    [Fact]
    public Task A_worker_whose_memory_grows_is_replaced_between_tasks() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1, MaxWorkerMemory = 300L << 20 });
        using var first = new SharedValue<int>(0);
        using var replaced = new ProcessEvent();
        var processes = await pool.MapAsync(Enumerable.Range(0, 40), item =>
        {
            if (item == 0)
            {
                first.Exchange(Environment.ProcessId);
            }

            if (Environment.ProcessId != first.Value)
            {
                replaced.Set();
                return Environment.ProcessId;
            }

            if (item == 20)
            {
                replaced.Wait(); // tasks still wait when the other worker is ready, however long its start takes
                return Environment.ProcessId;
            }

            var leak = new byte[32 << 20];
            Array.Fill(leak, (byte)1);
            Leak.Kept.Add(leak);
            Thread.Sleep(15);
            return Environment.ProcessId;
        });
        processes.Distinct().Count().ShouldBeGreaterThan(1);
    });

    private static class Leak
    {
        public static readonly List<byte[]> Kept = [];
    }

    private sealed class Holder
    {
        public object? Inner;
    }

    private sealed class Unreadable : System.Runtime.Serialization.IDeserializationCallback
    {
        public bool Fails;

        public void OnDeserialization(object? sender)
        {
            if (Fails)
            {
                throw new InvalidOperationException("cannot be read");
            }
        }
    }
}

/// <summary>The process that reads it, of which there is no other for all time.</summary>
internal static class ProcessOf
{
    public static readonly Guid This = Guid.NewGuid();
}
