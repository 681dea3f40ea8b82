using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class PoolProgressTests : ProcessTest
{
    // What a report of a pool in this process has shown: its tasks have the statics of the test.
    private static readonly ManualResetEventSlim BusyHere = new();

    [Fact]
    public Task A_map_reports_from_its_first_item_to_its_last() => Watchdog.Run(async () =>
    {
        // No item ends before the first report, and the last one not before a report of what lies between.
        using var first = new ProcessEvent();
        using var between = new ProcessEvent();
        var reports = new Reports(report =>
        {
            first.Set();
            if (IsBetween(report))
            {
                between.Set();
            }
        });
        await using var pool = new ProcessPool(new() { Workers = 2, Name = "measured" });
        await pool.MapAsync(Enumerable.Range(0, 30).ToArray(), Slow, new() { Name = "slow", Progress = reports });
        var all = reports.Taken;
        all.Count.ShouldBeGreaterThan(2);
        (all[0].Completed, all[0].Total, all[0].State).ShouldBe((0, 30, PoolProgressState.Running));
        all.ShouldAllBe(static report => report.PoolName == "measured" && report.TaskName == "slow" && report.MaxWorkers == 2);
        all.Select(static report => report.Completed).ShouldBeInOrder();
        all.Select(static report => report.CallNumber).Distinct().Count().ShouldBe(1);
        all.Count(static report => report.IsFinal).ShouldBe(1);
        var last = all[^1];
        (last.Completed, last.Failed, last.Total, last.State, last.Fraction).ShouldBe((30, 0, 30, PoolProgressState.Completed, 1.0));
        last.EstimatedTimeLeft.ShouldBe(TimeSpan.Zero);
        last.Rate.ShouldBe(30 / last.Elapsed.TotalSeconds, 0.01);
        var newest = all.Last(IsBetween);
        newest.Rate.ShouldBeGreaterThan(0);
        newest.EstimatedTimeLeft.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);

        int Slow(int item)
        {
            first.Wait();
            Thread.Sleep(40);
            if (item == 29)
            {
                between.Wait();
            }

            return item;
        }

        static bool IsBetween(PoolProgress report) => report is { IsFinal: false, Completed: > 0 and < 30, BusyWorkers: > 0 }
            && report.Workers.Any(
                static worker => worker.CurrentTask != null && worker.CurrentTask.StartsWith("slow[") && worker.CurrentTaskTime > TimeSpan.Zero);
    });

    [Fact]
    public Task Short_items_cost_no_more_reports_than_long_ones() => Watchdog.Run(async () =>
    {
        var reports = new Reports();
        var time = Stopwatch.StartNew();
        await using var pool = new ProcessPool(new() { Workers = 2 });
        await pool.MapAsync(Enumerable.Range(0, 200_000), static item => item + 1, new() { Progress = reports });
        var limit = 3 + (time.ElapsedMilliseconds / 100);
        ((long)reports.Taken.Count).ShouldBeLessThanOrEqualTo(limit);
        reports.Taken[^1].Completed.ShouldBe(200_000);
    });

    [Fact]
    public Task The_last_report_arrives_before_a_map_fails() => Watchdog.Run(async () =>
    {
        var reports = new Reports();
        await using var pool = new ProcessPool(new() { Workers = 1 });
        await Should.ThrowAsync<InvalidOperationException>(() => pool.MapAsync(
            Enumerable.Range(0, 100), static item => item == 3 ? throw new InvalidOperationException("third") : item, new() { Progress = reports }));
        var last = reports.Taken[^1];
        (last.State, last.Failed, last.Total, last.EstimatedTimeLeft).ShouldBe((PoolProgressState.Stopped, 1, 100, null));
        last.Completed.ShouldBeInRange(1, 99);
    });

    [Fact]
    public Task The_last_report_arrives_before_a_map_is_cancelled() => Watchdog.Run(async () =>
    {
        var reports = new Reports();
        using var cancel = new CancellationTokenSource();
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var map = pool.ForEachAsync(
            Enumerable.Range(0, 100), static (int item, CancellationToken token) => Task.Delay(item == 0 ? 0 : 60_000, token), new() { Progress = reports }, cancel.Token);
        Eventually.Is(() => reports.Taken.Any(static report => report.Completed == 1), "one item has ended");
        cancel.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => map);
        (reports.Taken[^1].State, reports.Taken[^1].Failed).ShouldBe((PoolProgressState.Stopped, 0));
    });

    [Fact]
    public Task A_call_that_is_refused_reports_nothing() => Watchdog.Run(async () =>
    {
        var reports = new Reports();
        var pool = new ProcessPool(new() { Workers = 1 });
        await pool.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(() => pool.MapAsync([1], static item => item, new() { Progress = reports }));
        reports.Taken.ShouldBeEmpty();
    });

    [Fact]
    public Task Failed_outcomes_are_counted_and_the_call_completes() => Watchdog.Run(async () =>
    {
        var (map, stream) = (new Reports(), new Reports());
        await using var pool = new ProcessPool(new() { Workers = 2 });
        await pool.MapOutcomesAsync(Enumerable.Range(0, 50), ThrowFifths, new() { Progress = map });
        await foreach (var _ in pool.StreamOutcomesAsync(Enumerable.Range(0, 50), ThrowFifths, new() { Progress = stream }))
        {
        }

        foreach (var last in new[] { map.Taken[^1], stream.Taken[^1] })
        {
            (last.Completed, last.Failed, last.Total, last.State).ShouldBe((50, 10, 50, PoolProgressState.Completed));
        }

        static int ThrowFifths(int item) => item % 5 == 0 ? throw new InvalidOperationException("fifth") : item;
    });

    [Fact]
    public Task The_total_of_a_source_without_a_count_is_known_at_its_end() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        foreach (var (expected, first) in new (long?, long?)[] { (null, null), (20, 20), (7, 7) }) // the last is too small, and no total any more once that shows
        {
            var (map, stream, each) = (new Reports(), new Reports(), new Reports());
            await pool.MapAsync(Query(map), static item => item, new() { Progress = map, ExpectedCount = expected });
            await foreach (var _ in pool.StreamAsync(Query(stream), static item => item, new() { Progress = stream, ExpectedCount = expected }))
            {
            }

            await pool.ForEachAsync(Later(each), static item => { }, new() { Progress = each, ExpectedCount = expected });
            foreach (var reports in new[] { map, stream, each })
            {
                reports.Taken[0].Total.ShouldBe(first);
                (reports.Taken[^1].Completed, reports.Taken[^1].Total, reports.Taken[^1].State).ShouldBe((20, 20, PoolProgressState.Completed));
                reports.Taken.ShouldAllBe(static report => report.Total == null || report.Total >= report.Completed);
            }
        }

        static IEnumerable<int> Query(Reports reports)
        {
            Eventually.Is(() => reports.Taken.Count > 0, "the first report has arrived");
            for (var item = 0; item < 20; item++)
            {
                yield return item;
            }
        }

        static async IAsyncEnumerable<int> Later(Reports reports)
        {
            foreach (var item in Query(reports))
            {
                await Task.Yield();
                yield return item;
            }
        }
    });

    [Fact]
    public Task A_stream_that_its_reader_leaves_has_stopped() => Watchdog.Run(async () =>
    {
        var reports = new Reports();
        await using var pool = new ProcessPool(new() { Workers = 1 });
        await foreach (var item in pool.StreamAsync(Enumerable.Range(0, 1_000_000).ToList(), static item => item, new() { Progress = reports }))
        {
            if (item == 10)
            {
                break;
            }
        }

        (reports.Taken[^1].State, reports.Taken[^1].Total).ShouldBe((PoolProgressState.Stopped, 1_000_000));
    });

    [Fact]
    public Task A_map_of_nothing_reports_that_it_is_complete() => Watchdog.Run(async () =>
    {
        var reports = new Reports();
        await using var pool = new ProcessPool(new() { Workers = 1 });
        await pool.MapAsync(Array.Empty<int>(), static item => item, new() { Progress = reports });
        (reports.Taken[^1].Completed, reports.Taken[^1].Total, reports.Taken[^1].Fraction, reports.Taken[^1].State).ShouldBe((0, 0, 1.0, PoolProgressState.Completed));
    });

    [Fact]
    public Task Workers_that_die_are_reported() => Watchdog.Run(async () =>
    {
        var reports = new Reports();
        await using var pool = new ProcessPool(new() { Workers = 2, MaxAttempts = 2 });
        await Should.ThrowAsync<WorkerDiedException>(() => pool.RunAsync(static () => Environment.FailFast("before the call"), new() { MaxAttempts = 1 }));
        await pool.ForEachAsync(
            Enumerable.Range(0, 20),
            static item =>
            {
                if (item == 7 && CurrentTask.Attempt == 1)
                {
                    Environment.FailFast("once");
                }
            },
            new() { Progress = reports });
        (reports.Taken[^1].WorkersDied, reports.Taken[^1].Failed, reports.Taken[^1].Completed).ShouldBe((1, 0, 20));
    });

    [Fact]
    public Task An_exception_of_the_receiver_is_logged_and_the_call_continues() => Watchdog.Run(async () =>
    {
        using var log = new RecordedLog();
        var count = 0;
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var results = await pool.MapAsync(
            Source(), static item => item * 2, new() { Progress = new Reports(_ => throw new InvalidOperationException($"receiver {++count}")) });
        results.ShouldBe([2, 4, 6]);
        count.ShouldBeGreaterThanOrEqualTo(2);
        log.Records.ShouldContain(static record => record.Level >= LogLevel.Warning && record.Exception != null && record.Exception.Message.StartsWith("receiver"));

        IEnumerable<int> Source()
        {
            Eventually.Is(() => Volatile.Read(ref count) > 0, "the first report has arrived");
            yield return 1;
            yield return 2;
            yield return 3;
        }
    });

    [Fact]
    public Task A_slow_receiver_gets_fewer_reports_with_newest_counts() => Watchdog.Run(async () =>
    {
        var reports = new Reports(static _ => Thread.Sleep(300));
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var time = Stopwatch.StartNew();
        await pool.ForEachAsync(Enumerable.Range(0, 60), static item => Thread.Sleep(10), new() { Progress = reports });
        ((long)reports.Taken.Count).ShouldBeLessThanOrEqualTo(2 + (time.ElapsedMilliseconds / 300));
        reports.Taken[^1].Completed.ShouldBe(60);
    });

    [Fact]
    public Task A_receiver_may_end_the_pool() => Watchdog.Run(async () =>
    {
        var pool = new ProcessPool(new() { Workers = 1 });
        var reports = new Reports(report =>
        {
            if (report is { Completed: > 2, IsFinal: false })
            {
                pool.Dispose();
            }
        });
        await Should.ThrowAsync<ObjectDisposedException>(() => pool.ForEachAsync(Enumerable.Range(0, 1000), static item => Thread.Sleep(20), new() { Progress = reports }));
        reports.Taken[^1].State.ShouldBe(PoolProgressState.Stopped);
    });

    [Fact]
    public Task A_pool_in_this_process_reports_alike() => Watchdog.Run(async () =>
    {
        var reports = new Reports(static report =>
        {
            if (report.BusyWorkers == 1)
            {
                BusyHere.Set();
            }
        });
        await using var pool = new ProcessPool(new() { Workers = 0 });
        await pool.ForEachAsync(Enumerable.Range(0, 10), static item => WaitAtLast(item), new() { Progress = reports, Name = "here" });
        (reports.Taken[^1].Completed, reports.Taken[^1].MaxWorkers).ShouldBe((10, 1));
        reports.Taken.ShouldContain(static report => report.BusyWorkers == 1);

        static void WaitAtLast(int item)
        {
            Thread.Sleep(30);
            if (item == 9)
            {
                BusyHere.Wait();
            }
        }
    });

    [Fact]
    public Task A_forgotten_stream_does_not_report_for_ever() => Watchdog.Run(async () =>
    {
        var reports = new Reports();
        await using var pool = new ProcessPool(new() { Workers = 1 });
        await Forget(pool, reports);
        await Task.Delay(1, TestContext.Current.CancellationToken); // off the stack of the stream, which would keep it
        Eventually.Is(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                var before = reports.Taken.Count;
                Thread.Sleep(250);
                return reports.Taken.Count == before;
            },
            "the reports have ended");

        [MethodImpl(MethodImplOptions.NoInlining)]
        static async Task Forget(ProcessPool pool, Reports reports)
        {
            var stream = pool.StreamAsync(Enumerable.Range(0, 10_000), static item => item, new() { Progress = reports }).GetAsyncEnumerator();
            (await stream.MoveNextAsync()).ShouldBeTrue();
        }
    });

    [Fact]
    public void A_rate_is_the_average_at_first_and_follows_changes()
    {
        var rate = new ProgressRate(minItems: 8);
        rate.PerSecond.ShouldBe(0);
        rate.Add(0, TimeSpan.FromSeconds(1)); // workers start
        rate.Add(10, TimeSpan.FromSeconds(1));
        rate.PerSecond.ShouldBe(5, 0.5);
        for (var i = 0; i < 600; i++)
        {
            rate.Add(10, TimeSpan.FromSeconds(0.1));
        }

        rate.PerSecond.ShouldBe(100, 1);
        for (var i = 0; i < 600; i++)
        {
            rate.Add(1, TimeSpan.FromSeconds(0.1));
        }

        rate.PerSecond.ShouldBe(10, 1);
    }

    [Fact]
    public void A_rate_of_slow_items_does_not_swing_between_their_bursts()
    {
        var rate = new ProgressRate(minItems: 16);
        for (var burst = 0; burst < 10; burst++)
        {
            for (var tick = 0; tick < 600; tick++)
            {
                rate.Add(tick == 599 ? 4 : 0, TimeSpan.FromSeconds(0.1)); // four workers, a minute for each item
            }
        }

        for (var tick = 0; tick < 599; tick++)
        {
            rate.Add(0, TimeSpan.FromSeconds(0.1));
            rate.PerSecond.ShouldBeInRange(4 / 60.0 * 0.7, 4 / 60.0 * 1.3);
        }
    }

    [Fact]
    public void A_report_is_one_line()
    {
        new PoolProgress { Completed = 581, Total = 1000, Rate = 103.4, EstimatedTimeLeft = TimeSpan.FromSeconds(4), Failed = 2, WorkersDied = 1 }
            .ToString().ShouldBe("581 of 1000, 103/s, 0:00:04 left, 2 failed, 1 worker died");
        new PoolProgress { Completed = 5, Rate = 0.5, Elapsed = TimeSpan.FromSeconds(10) }.ToString().ShouldBe("5, 30/min");
        new PoolProgress { Completed = 5, Total = 5, Rate = 2.5, Elapsed = TimeSpan.FromSeconds(2), State = PoolProgressState.Completed }.ToString().ShouldBe("5 of 5, 2.5/s, in 0:00:02");
    }

    private sealed class Reports(Action<PoolProgress>? then = null) : IProgress<PoolProgress>
    {
        private readonly ConcurrentQueue<PoolProgress> _taken = new();

        public IReadOnlyList<PoolProgress> Taken => [.. _taken];

        public void Report(PoolProgress value)
        {
            _taken.Enqueue(value);
            then?.Invoke(value);
        }
    }
}
