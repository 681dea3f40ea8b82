using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>A member that looks at the others.</summary>
public class ClusterMonitorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_monitor_sees_nodes_their_workers_and_callers()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one", workers: 2, tag: "gpu");
        await cluster.StartNodeAsync("two", workers: 1);
        await using var monitor = await cluster.WatchAsync();
        var empty = await AnsweredAsync(() => monitor.ReadAsync(Token));
        empty.Nodes.Select(static node => (node.Name, node.State, node.MaxWorkers, node.BusyWorkers))
            .ShouldBe([("one", ClusterMemberState.Running, 2, 0), ("two", ClusterMemberState.Running, 1, 0)]);
        (empty.Cluster, empty.Callers.Count).ShouldBe(("test", 0));
        empty.Nodes[0].Tags.ShouldBe(["gpu"]);
        (empty.Nodes[0].Machine, empty.Nodes[0].ProcessId, empty.Nodes[0].Build).ShouldBe((Environment.MachineName, Environment.ProcessId, ClusterBuild.Hash));
        (empty.Nodes[0].Load is null).ShouldBe(!OperatingSystem.IsLinux());

        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 2);
        using var source = new CancellationTokenSource();
        var tasks = Enumerable.Range(0, 5).Select(
            _ => pool.RunAsync(static token => token.WaitHandle.WaitOne(), new TaskOptions { Name = "waits" }, source.Token)).ToList();
        var full = empty;
        await TestCluster.Until(
            () =>
            {
                full = monitor.ReadAsync(Token).GetAwaiter().GetResult();
                return full.Nodes.Sum(static node => node.Workers.Count(static worker => worker.Task == "waits")) == 3 && full.Callers is [{ WaitingTasks: 2, RunningTasks: 3, Nodes: 2 }];
            },
            "three workers are busy and two tasks wait at their caller");
        var own = await AnsweredAsync(() => ((ClusterPool)pool).ReadClusterAsync(Token));
        own.Nodes.Select(static node => (node.Name, node.BusyWorkers)).ShouldBe([("one", 2), ("two", 1)]);
        own.Callers.ShouldHaveSingleItem().WaitingTasks.ShouldBe(2);
        var workers = full.Nodes.SelectMany(static node => node.Workers).Where(static worker => worker.Task == "waits").ToList();
        workers.Count.ShouldBe(3);
        workers.ShouldAllBe(static worker => worker.Activity == WorkerActivity.Busy && worker.ProcessId > 0 && worker.TaskTime >= TimeSpan.Zero);
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => Task.WhenAll(tasks));
        await TestCluster.Until(
            () => monitor.ReadAsync(Token).GetAwaiter().GetResult() is { Callers: [{ EndedTasks: 5 }] } now && now.Nodes.Sum(static node => node.EndedTasks) == 3,
            "the ended tasks are counted");
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_silent_and_holds_up_no_other_one()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        using var frozen = cluster.StartProcess("frozen");
        await using var monitor = await cluster.WatchAsync();
        await TestCluster.Until(() => monitor.ReadAsync(Token).GetAwaiter().GetResult().Nodes.Count == 2, "both nodes are there");
        var states = new List<string>();
        try
        {
            System.Diagnostics.Process.Start("kill", ["-STOP", $"{frozen.Id}"]).WaitForExit();
            await TestCluster.Until(
                () =>
                {
                    var seen = monitor.ReadAsync(Token).GetAwaiter().GetResult();
                    states.Add(string.Join(", ", seen.Nodes.Select(static node => $"{node.Name} {node.State}")));
                    return seen.Nodes is [{ State: ClusterMemberState.Running }]; // the other one may answer late, too
                },
                "the frozen node was declared dead");
        }
        finally
        {
            System.Diagnostics.Process.Start("kill", ["-CONT", $"{frozen.Id}"]).WaitForExit();
        }

        states.ShouldContain("frozen Silent, one Running");
        states[^1].ShouldBe("one Running");
    }

    [Fact]
    public async Task What_is_written_of_a_picture_is_read_and_a_damaged_one_is_refused()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using var monitor = await cluster.WatchAsync();
        var snapshot = await monitor.ReadAsync(Token);
        var read = ClusterSnapshotJson.FromJson(ClusterSnapshotJson.ToJson(snapshot));
        (read.Nodes[0].Name, read.Nodes[0].Load, read.Nodes[0].StartTime).ShouldBe((snapshot.Nodes[0].Name, snapshot.Nodes[0].Load, snapshot.Nodes[0].StartTime));
        var random = new Random(3);
        var frame = Frames.OfNodeStatus(snapshot.Nodes[0]);
        for (var i = 0; i < 10_000; i++)
        {
            var changed = frame[..random.Next(frame.Length + 1)].ToArray();
            if (changed.Length > 0)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            try
            {
                Frames.ReadNodeStatus(changed, "");
                Frames.ReadCallerStatus(changed, "");
            }
            catch (InvalidDataException)
            {
                // The only error that a message may cause.
            }
        }
    }

    /// <summary>Reads until all members have answered in time: one that takes longer than two seconds is shown as silent.</summary>
    private static async Task<ClusterSnapshot> AnsweredAsync(Func<Task<ClusterSnapshot>> read)
    {
        ClusterSnapshot? seen = null;
        await TestCluster.Until(
            () =>
            {
                seen = read().GetAwaiter().GetResult();
                return seen.Nodes.All(static node => node.State == ClusterMemberState.Running)
                    && seen.Callers.All(static caller => caller.State == ClusterMemberState.Running);
            },
            "all members have answered");
        return seen!;
    }
}
