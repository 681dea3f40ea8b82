using System.Collections.Concurrent;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>The progress of a call, as a pool of one machine reports it.</summary>
public class ClusterProgressTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_map_reports_its_beginning_its_busy_workers_and_its_end()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        var reports = new Reports();
        var go = Path.Combine(cluster.Folder, "go");
        var map = pool.MapAsync(
            Enumerable.Range(0, 40),
            item =>
            {
                while (!File.Exists(go))
                {
                    Thread.Sleep(10);
                }

                return item * item;
            },
            new() { Name = "squares", Progress = reports },
            Token);
        await TestCluster.Until(() => reports.All.Any(static report => report.BusyWorkers > 0), "a report shows busy workers");
        await File.WriteAllTextAsync(go, "", Token);
        var squares = await map;
        squares.ShouldBe(Enumerable.Range(0, 40).Select(static item => item * item));
        var all = reports.All.ToList();
        (all[0].State, all[0].Total).ShouldBe((PoolProgressState.Running, 40));
        all.Count.ShouldBeGreaterThan(1);
        all.Max(static report => report.BusyWorkers).ShouldBeInRange(1, 2);
        all.Select(static report => report.Completed).ShouldBeInOrder();
        all.Count(static report => report.IsFinal).ShouldBe(1);
        var last = all[^1];
        (last.State, last.Completed, last.Failed, last.Total).ShouldBe((PoolProgressState.Completed, 40, 0, 40));
        (last.TaskName, last.PoolName, last.MaxWorkers, last.Workers.Count).ShouldBe(("squares", pool.Name, 2, 2));
        last.Workers.ShouldAllBe(static worker => worker.ProcessId == null);
    }

    [Fact]
    public async Task A_stream_learns_its_total_from_its_end_and_failures_and_deaths_are_counted()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        var reports = new Reports();
        var failed = 0;

        // A source without a count, which is not at its end before the first report.
        IEnumerable<int> Items()
        {
            SpinWait.SpinUntil(() => !reports.All.IsEmpty, TimeSpan.FromSeconds(60)).ShouldBeTrue();
            for (var item = 0; item < 60; item += 2)
            {
                yield return item;
            }
        }

        await foreach (var outcome in pool.StreamOutcomesAsync(
            Items(),
            static item => item switch
            {
                10 => throw new InvalidDataException("ten"),
                20 => Die(),
                _ => item,
            },
            new() { Progress = reports },
            Token))
        {
            failed += outcome.IsSuccess ? 0 : 1;
        }

        failed.ShouldBe(2);
        reports.All.First().Total.ShouldBeNull();
        var last = reports.All.Last();
        (last.State, last.Completed, last.Failed, last.Total, last.WorkersDied).ShouldBe((PoolProgressState.Completed, 30, 2, 30, 1));
    }

    [Fact]
    public async Task A_call_that_fails_and_a_stream_that_is_left_report_that_they_stopped()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        var ofMap = new Reports();
        await Should.ThrowAsync<InvalidDataException>(() => pool.MapAsync(
            Enumerable.Range(0, 20), static int (item) => throw new InvalidDataException(), new() { Progress = ofMap }, Token));
        ofMap.All.Last().State.ShouldBe(PoolProgressState.Stopped);
        ofMap.All.Last().Failed.ShouldBeGreaterThan(0);
        var ofStream = new Reports();
        await foreach (var item in pool.StreamAsync(Enumerable.Range(0, 1000), static item => item, new() { Progress = ofStream }, Token))
        {
            if (item == 5)
            {
                break;
            }
        }

        var last = ofStream.All.Last();
        (last.State, last.Completed is >= 5 and < 1000).ShouldBe((PoolProgressState.Stopped, true));
    }

    private static int Die()
    {
        Environment.FailFast(null);
        return 0;
    }

    private sealed class Reports : IProgress<PoolProgress>
    {
        public ConcurrentQueue<PoolProgress> All { get; } = new();

        public void Report(PoolProgress value) => All.Enqueue(value);
    }
}
