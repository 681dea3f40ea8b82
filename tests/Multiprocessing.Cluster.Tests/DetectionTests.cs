using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>
/// Nodes that are killed or frozen: their tasks start elsewhere, each call has one result, and a frozen node that wakes up ends. The times are written
/// to the output; what is asserted is that they end.
/// </summary>
public class DetectionTests(ITestOutputHelper output)
{
    private const int Tasks = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("KILL")]
    [InlineData("STOP")]
    public async Task Tasks_of_a_killed_or_frozen_node_start_elsewhere_and_each_call_has_one_result(string signal)
    {
        await using var cluster = TestCluster.WithDefaultDetection();
        using var victim = cluster.StartProcess("victim");
        cluster.StartProcess("second");
        cluster.StartProcess("third");
        await using var pool = await cluster.ConnectAsync(nodes: 3, attempts: 3);
        IProcessPool tasks = pool;
        var folder = cluster.Folder;
        var map = tasks.MapAsync(Enumerable.Range(0, Tasks), item => Ledger.Work(folder, item, 100), cancellationToken: Token);
        await TestCluster.Until(() => Ledger.Read(folder, "end").Count > 20, "some tasks have ended");
        var began = Stopwatch.GetTimestamp();
        Signals.Send(signal, victim.Id);
        await TestCluster.Until(() => !pool.NodeNames.Contains("victim"), "the node is lost");
        output.WriteLine($"SIG{signal}: its tasks may start elsewhere after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        (await map).ShouldBe(Enumerable.Range(0, Tasks).Select(static item => item * 2));
        var insights = pool.GetInsights().Tasks.Single();
        (insights.Succeeded, insights.Failed).ShouldBe((Tasks, 0));
        insights.Retries.ShouldBeLessThanOrEqualTo(2, "a node has as many tasks as workers");
        var starts = Ledger.Read(folder, "start");
        (starts.Count, starts.Values.Sum() - Tasks).ShouldSatisfyAllConditions(
            found => found.Item1.ShouldBe(Tasks),
            found => found.Item2.ShouldBeLessThanOrEqualTo((int)insights.Retries));
        if (signal == "STOP")
        {
            Signals.Send("CONT", victim.Id);
            await TestCluster.Until(() => !victim.IsAlive, "the node that wakes up finds that it was declared dead, and ends");
        }

        (await tasks.RunAsync(static () => 1, cancellationToken: Token)).ShouldBe(1);
    }

    [Fact]
    public async Task A_node_that_is_frozen_for_a_moment_stays_a_member_and_no_task_starts_twice()
    {
        await using var cluster = new TestCluster();
        using var victim = cluster.StartProcess("victim");
        cluster.StartProcess("second");
        await using var pool = await cluster.ConnectAsync(nodes: 2);
        IProcessPool tasks = pool;
        var folder = cluster.Folder;
        var map = tasks.MapAsync(Enumerable.Range(0, Tasks / 2), item => Ledger.Work(folder, item, 50), cancellationToken: Token);
        await TestCluster.Until(() => Ledger.Read(folder, "end").Count > 10, "some tasks have ended");
        Signals.Send("STOP", victim.Id);
        await Task.Delay(500, Token);
        Signals.Send("CONT", victim.Id);
        (await map).ShouldBe(Enumerable.Range(0, Tasks / 2).Select(static item => item * 2));
        Ledger.Read(folder, "start").Values.Max().ShouldBe(1);
        pool.NodeNames.Order().ShouldBe(["second", "victim"]);
    }
}
