using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>The insights of a caller: what it knows is counted, and their text says no more.</summary>
public class ClusterInsightsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static int TimesOutItself() => throw new TimeoutException("the body's own");

    private static ClusterTask<int> NewTask() =>
        new(1, "task", [], hasResult: true, new TaskSetting(0, Timeout.InfiniteTimeSpan, 1), CancellationToken.None);

    [Fact]
    public async Task Results_times_and_dead_workers_are_counted()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1, attempts: 2);
        await pool.MapAsync(Enumerable.Range(0, 50), static _ => new byte[1_000], new() { Name = "bytes" }, Token);
        await pool.RunAsync(static () => Thread.Sleep(300), new TaskOptions { Name = "sleeps" }, Token);
        await Should.ThrowAsync<WorkerDiedException>(() => pool.RunAsync(static () => Environment.Exit(3), new TaskOptions { Name = "exits" }));
        await Should.ThrowAsync<TimeoutException>(
            () => pool.RunAsync(static () => Thread.Sleep(Timeout.Infinite), new TaskOptions { Name = "hangs", Timeout = TimeSpan.FromMilliseconds(200) }));
        await Should.ThrowAsync<TimeoutException>(() => pool.RunAsync(TimesOutItself, new TaskOptions { Name = "times out itself" }));
        var insights = pool.GetInsights();
        TaskInsights Of(string name) => insights.Tasks.Single(task => task.Name == name);
        (Of("bytes").Succeeded, Of("bytes").ResultBytes).ShouldSatisfyAllConditions(
            static found => found.Item1.ShouldBe(50),
            static found => found.Item2.ShouldBeInRange(50_000, 75_000));
        Of("sleeps").WorkingTime.Total.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(250));
        (Of("exits").Failed, Of("exits").WorkerDeaths, Of("exits").Retries).ShouldBe((1, 2, 1));
        (Of("hangs").Failed, Of("hangs").WorkerDeaths, Of("hangs").TimedOut).ShouldBe((1, 0, 1));
        (Of("times out itself").Failed, Of("times out itself").TimedOut).ShouldBe((1, 0));
        (insights.MaxWorkers, insights.WorkersDied).ShouldBe((2, 3));
        insights.WorkerTime.ShouldBeGreaterThan(insights.WorkingTime);
        insights.Utilization.ShouldBeInRange(1e-9, 1);
        var text = insights.ToString();
        text.ShouldStartWith($"{pool.Name}: 2 workers on 1 nodes after ");
        text.ShouldContain("; 3 died with a task");
        text.ShouldContain("- 2 times a worker or a node was lost with 'exits'; 1 retry.");
        text.ShouldContain("- 1 of 'hangs' did not end within their time limit; each cost a worker.");

        // What the caller does not know is not shown as 0.
        text.ShouldNotContain("utilized");
        text.ShouldNotContain("started");
        text.ShouldNotContain("serialized");
    }

    [Fact]
    public async Task Busy_workers_of_nodes_and_tasks_that_wait_call_for_more_nodes()
    {
        var statistics = new ClusterStatistics();
        statistics.Joined(1);
        var task = NewTask();
        statistics.Submitted(task);
        statistics.Ended(task, null, new TaskReply(1, 1, ReplyOutcome.Ended, TimeSpan.FromHours(1).Ticks, []));
        await TestCluster.Until(
            () => statistics.ToInsights("pool", 1, 1, 0).WorkerTime > TimeSpan.FromMilliseconds(200), "the worker was there for some time");
        statistics.ToInsights("pool", nodes: 1, workers: 1, waiting: 5).Conclusions.ShouldBe(
            ["Tasks that have ended took 100 % of the workers' time and 5 wait: with more nodes they would start earlier."]);
        statistics.ToInsights("pool", nodes: 1, workers: 1, waiting: 0).Conclusions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Idle_workers_of_nodes_are_not_called_too_many_because_other_callers_may_use_them()
    {
        var statistics = new ClusterStatistics();
        statistics.Joined(100);
        for (var i = 0; i < 50; i++)
        {
            var task = NewTask();
            statistics.Submitted(task);
            statistics.Ended(task, null, new TaskReply(1, 1, ReplyOutcome.Ended, 1, []));
        }

        await TestCluster.Until(
            () => statistics.ToInsights("pool", 1, 100, 0).WorkerTime > TimeSpan.FromSeconds(2), "the workers were there for some time");
        statistics.ToInsights("pool", nodes: 1, workers: 100, waiting: 0).Conclusions.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_time_of_workers_ends_with_their_node_and_with_the_pool()
    {
        var statistics = new ClusterStatistics();
        statistics.Joined(1);
        statistics.Joined(2);
        await TestCluster.Until(() => TimeOf(statistics) > TimeSpan.Zero, "the time of workers is counted");
        statistics.Left(1, tasks: 3);
        statistics.ToInsights("pool", 1, 2, 0).WorkersDied.ShouldBe(1, "it had tasks ahead of its worker");
        var before = TimeOf(statistics);
        await TestCluster.Until(() => TimeOf(statistics) > before, "that of the other node goes on");
        statistics.Closed();
        var all = TimeOf(statistics);
        await Task.Delay(50, Token);
        TimeOf(statistics).ShouldBe(all);
        statistics.Left(2, tasks: 0); // the members report the end of a node after that of the pool
        await Task.Delay(50, Token);
        TimeOf(statistics).ShouldBe(all);
    }

    private static TimeSpan TimeOf(ClusterStatistics statistics) => statistics.ToInsights("pool", 0, 0, 0).WorkerTime;
}
