using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>
/// Random faults one after another while tasks run all the time, with exact accounting. It runs when <c>MULTIPROCESSING_CLUSTER_EVENTS</c> says how many;
/// <c>MULTIPROCESSING_TORTURE_SEED</c> repeats a run.
/// </summary>
public class RandomFaultTests(ITestOutputHelper output)
{
    private const int Nodes = 3;

    /// <summary>An event costs a task at most one attempt, and none is lost in this test for want of attempts.</summary>
    private const int Attempts = 1_000;

    private const int InFlight = 200;

    private readonly Random _random = new(ClusterRuns.Seed);
    private readonly Dictionary<string, ChildProcess> _nodes = [];
    private int _lastNode;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_task_is_lost_and_no_attempt_starts_twice_whatever_fails()
    {
        Assert.SkipWhen(ClusterRuns.Events == 0, "MULTIPROCESSING_CLUSTER_EVENTS is not set.");
        output.WriteLine($"seed {ClusterRuns.Seed}");
        await using var store = await TestStore.StartAsync("postgres");
        await using var cluster = new TestCluster(plan => plan with { Store = "postgres", Connection = store.Connection, HasDefaultDetection = true });
        for (var i = 0; i < Nodes; i++)
        {
            StartNode(cluster);
        }

        await using var pool = await cluster.ConnectAsync(Nodes, Attempts);
        var ledger = TaskLedger.Create(cluster.Folder);
        var (folder, isOver, submitted, outcomes) = (ledger.Folder, false, 0, new List<Outcome<int>>());
        IEnumerable<int> Source()
        {
            while (!Volatile.Read(ref isOver))
            {
                yield return submitted++;
            }
        }

        var stream = Task.Run(
            async () =>
            {
                var options = new MapOptions { Ordered = false, MaxInFlight = InFlight };
                await foreach (var outcome in ((IProcessPool)pool).StreamOutcomesAsync(Source(), item => TaskLedger.Work(folder, item), options, Token))
                {
                    outcomes.Add(outcome);
                }
            },
            Token);
        try
        {
            for (var i = 0; i < ClusterRuns.Events; i++)
            {
                var began = Stopwatch.GetTimestamp();
                var what = await FailAsync(cluster, store, pool);
                await HealAsync(cluster, pool);
                output.WriteLine($"{i}: {what}, {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s, {outcomes.Count} tasks so far");
                pool.Status.ShouldBe(ProcessPoolStatus.Running);
                stream.IsCompleted.ShouldBeFalse();
            }
        }
        finally
        {
            Volatile.Write(ref isOver, true);
        }

        await stream;
        var again = ledger.Check(submitted, Attempts, outcomes);
        outcomes.ShouldAllBe(static outcome => outcome.IsSuccess);
        output.WriteLine($"{submitted} tasks, {again} of them started again");
    }

    private async Task<string> FailAsync(TestCluster cluster, TestStore store, ClusterPool pool)
    {
        var (name, node) = _nodes.ElementAt(_random.Next(_nodes.Count));
        switch (_random.Next(6))
        {
            case 0:
                await KillAsync(node);
                return $"{name} was killed";
            case 1:
                Signals.Send("STOP", node.Id);
                await TestCluster.Until(() => !pool.NodeNames.Contains(name), "the frozen node is declared dead");
                Signals.Send("CONT", node.Id);
                await TestCluster.Until(() => !node.IsAlive, "it ends when it wakes up");
                return $"{name} was frozen until it was declared dead";
            case 2:
                Signals.Send("STOP", node.Id);
                await Task.Delay(_random.Next(50, 500), Token);
                Signals.Send("CONT", node.Id);
                return $"{name} was frozen for a moment";
            case 3:
                store.Kill();
                await Task.Delay(_random.Next(100, 3_000), Token);
                await store.RestartAsync();
                return "the store was killed and restarted";
            case 4:
                var second = _nodes.First(other => other.Key != name);
                await Task.WhenAll(KillAsync(node), KillAsync(second.Value));
                return $"{name} and {second.Key} were killed";
            default:
                using (var caller = ChildProcess.Run(
                    static async plan =>
                    {
                        await using IProcessPool pool = await TestCluster.Connect(plan);
                        await pool.MapAsync(Enumerable.Range(0, 100_000), static item => item);
                    },
                    cluster.Plan))
                {
                    await Task.Delay(_random.Next(500, 8_000), Token);
                    caller.Kill();
                }

                return "another caller was killed";
        }
    }

    private static async Task KillAsync(ChildProcess node)
    {
        node.Kill();
        await TestCluster.Until(() => !node.IsAlive, "the killed node has ended");
    }

    /// <summary>Starts a node for each one that has ended, also if a busy machine was the reason.</summary>
    private async Task HealAsync(TestCluster cluster, ClusterPool pool) => await TestCluster.Until(
        () =>
        {
            foreach (var (name, _) in _nodes.Where(static node => !node.Value.IsAlive).ToList())
            {
                _nodes.Remove(name);
                StartNode(cluster);
            }

            return pool.NodeNames.ToHashSet().SetEquals(_nodes.Keys);
        },
        "all nodes are members");

    private void StartNode(TestCluster cluster)
    {
        var name = $"node{++_lastNode}";
        _nodes.Add(name, cluster.StartProcess(name));
    }
}
