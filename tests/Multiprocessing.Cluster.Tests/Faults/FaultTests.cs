using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>
/// What fails in the middle of many tasks, with exact accounting: no call without its reply, none with two, no attempt that starts twice. Each fault is
/// provoked once, or as often as <c>MULTIPROCESSING_CLUSTER_FAULTS</c> says.
/// </summary>
public class FaultTests(ITestOutputHelper output)
{
    private const int Tasks = 1_000;

    /// <summary>Longer than the detection of a frozen node, which then is declared dead.</summary>
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(8);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("KILL", 1)]
    [InlineData("KILL", 3)]
    [InlineData("STOP", 1)]
    [InlineData("STOP", 3)]
    public async Task A_node_that_is_killed_or_frozen_costs_what_it_had_and_nothing_else(string signal, int attempts)
    {
        await using var cluster = TestCluster.WithDefaultDetection();
        cluster.StartProcess("second");
        cluster.StartProcess("third");
        await using var pool = await cluster.ConnectAsync(nodes: 2, attempts: attempts);
        var (elsewhere, ended) = (new Figures($"SIG{signal}: tasks start elsewhere after"), new Figures($"SIG{signal}: the node that wakes up has ended after"));
        var (failed, again) = (0, 0);
        for (var run = 0; run < ClusterRuns.Faults; run++)
        {
            var name = $"victim{run}";
            using var victim = cluster.StartProcess(name);
            await TestCluster.Until(() => pool.NodeNames.Contains(name), "the victim has joined");
            var ledger = TaskLedger.Create(cluster.Folder);
            var map = Start(pool, ledger);
            await TestCluster.Until(() => ledger.CountEnds() > Tasks / 10, "some tasks have ended");
            var at = Stopwatch.GetTimestamp();
            Signals.Send(signal, victim.Id);
            if (signal == "STOP")
            {
                await Task.WhenAny(map, Task.Delay(Frozen, Token));
                await TestCluster.Until(() => !pool.NodeNames.Contains(name), "it is declared dead");
                var woken = Stopwatch.GetTimestamp();
                Signals.Send("CONT", victim.Id);
                await TestCluster.Until(() => !victim.IsAlive, "it finds that it was declared dead, and ends");
                ended.Add(Stopwatch.GetElapsedTime(woken));
            }

            var outcomes = await map;
            again += ledger.Check(Tasks, attempts, outcomes);
            failed += outcomes.Count(static outcome => !outcome.IsSuccess);
            (attempts == 1 || outcomes.All(static outcome => outcome.IsSuccess)).ShouldBeTrue("with more attempts every task has its result");
            if (ledger.Read().Where(static entry => entry is { IsStart: true, Attempt: > 1 }).Select(static entry => entry.Time).DefaultIfEmpty().Min() is > 0 and var first)
            {
                elsewhere.Add(Stopwatch.GetElapsedTime(at, first));
            }
        }

        output.WriteLine($"{elsewhere}; {ended}; {failed} failed, {again} started again of {Tasks * ClusterRuns.Faults}");
    }

    [Fact]
    public async Task A_caller_that_is_killed_leaves_no_task_running_and_the_next_one_does_the_rest()
    {
        await using var cluster = TestCluster.WithDefaultDetection();
        cluster.StartProcess("one");
        cluster.StartProcess("two");
        await using var pool = await cluster.ConnectAsync(nodes: 2);
        var quiet = new Figures("the last task of a killed caller starts after");
        for (var run = 0; run < ClusterRuns.Faults; run++)
        {
            var ledger = TaskLedger.Create(cluster.Folder);
            using var caller = ChildProcess.Run(
                static async (plan, folder) =>
                {
                    await using IProcessPool pool = await TestCluster.Connect(plan);
                    await pool.MapAsync(Enumerable.Range(0, Tasks), item => WorkButTheLast(folder, item));
                },
                cluster.Plan,
                ledger.Folder);
            await TestCluster.Until(() => ledger.CountEnds() > Tasks / 10, "some tasks have ended");
            var at = Stopwatch.GetTimestamp();
            caller.Kill();
            var seen = await UntilQuietAsync(ledger);
            quiet.Add(Stopwatch.GetElapsedTime(at, Math.Max(at, seen.Max(static entry => entry.Time))));
            seen.Where(static entry => entry.IsStart).Select(static entry => entry.Task).ShouldBeUnique("one attempt");

            // What has not ended is done by another caller, which was a member all the time.
            var done = seen.Where(static entry => !entry.IsStart).Select(static entry => entry.Task).ToHashSet();
            done.Count.ShouldBeLessThan(Tasks);
            var rest = Enumerable.Range(0, Tasks).Where(task => !done.Contains(task)).ToList();
            var (folder, next) = (ledger.Folder, TaskLedger.Create(cluster.Folder));
            folder = next.Folder;
            (await ((IProcessPool)pool).MapAsync(rest, item => TaskLedger.Work(folder, item), cancellationToken: Token)).ShouldBe(rest.Select(static task => task * 2));
            next.Read().Where(static entry => !entry.IsStart).Select(static entry => entry.Task).Concat(done).Order().ShouldBe(Enumerable.Range(0, Tasks));
            pool.NodeNames.Count.ShouldBe(2);
        }

        output.WriteLine($"{quiet}");
    }

    [Fact]
    public async Task A_store_that_is_killed_and_restarted_costs_nothing()
    {
        await using var store = await TestStore.StartAsync("postgres");
        await using var cluster = new TestCluster(plan => plan with { Store = "postgres", Connection = store.Connection });
        cluster.StartProcess("one");
        cluster.StartProcess("two");
        cluster.StartProcess("three");
        await using var pool = await cluster.ConnectAsync(nodes: 3);
        for (var run = 0; run < ClusterRuns.Faults; run++)
        {
            var ledger = TaskLedger.Create(cluster.Folder);
            var map = Start(pool, ledger);
            await TestCluster.Until(() => ledger.CountEnds() > Tasks / 10, "some tasks have ended");
            store.Kill();
            await TestCluster.Until(() => ledger.CountEnds() > Tasks / 2, "tasks run on without the store");
            await store.RestartAsync();
            var outcomes = await map;
            ledger.Check(Tasks, 1, outcomes).ShouldBe(0);
            outcomes.ShouldAllBe(static outcome => outcome.IsSuccess);
            pool.NodeNames.Count.ShouldBe(3);
        }

        output.WriteLine($"the store was killed {ClusterRuns.Faults} times: {Tasks * ClusterRuns.Faults} tasks, each started once");
    }

    /// <summary>The last task does not end: the caller has work left, however late it is killed.</summary>
    private static int WorkButTheLast(string folder, int item)
    {
        if (item == Tasks - 1)
        {
            Thread.Sleep(Timeout.Infinite);
        }

        return TaskLedger.Work(folder, item);
    }

    private static Task<Outcome<int>[]> Start(IProcessPool pool, TaskLedger ledger)
    {
        var folder = ledger.Folder;
        return pool.MapOutcomesAsync(Enumerable.Range(0, Tasks), item => TaskLedger.Work(folder, item), cancellationToken: Token);
    }

    /// <summary>Waits until the tasks of a dead caller have written nothing for a while that is longer than its detection.</summary>
    private static async Task<IReadOnlyList<TaskLedger.Entry>> UntilQuietAsync(TaskLedger ledger)
    {
        var seen = ledger.Read();
        for (var since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(6); await Task.Delay(100, Token))
        {
            var now = ledger.Read();
            since = now.Count == seen.Count ? since : Stopwatch.GetTimestamp();
            seen = now;
        }

        return seen;
    }
}
