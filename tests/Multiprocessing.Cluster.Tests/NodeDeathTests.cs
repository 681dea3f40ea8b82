using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>Processes that are killed: nodes and callers. Every start and every end of a task is counted.</summary>
public class NodeDeathTests(ITestOutputHelper output)
{
    private const int Tasks = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_one_attempt_no_task_starts_twice_and_the_lost_ones_say_so()
    {
        await using var cluster = new TestCluster();
        using var victim = cluster.StartProcess("victim");
        cluster.StartProcess("second");
        cluster.StartProcess("third");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 3);
        var folder = cluster.Folder;
        var map = pool.MapOutcomesAsync(Enumerable.Range(0, Tasks), item => Ledger.Work(folder, item, 50), cancellationToken: Token);
        await TestCluster.Until(() => Ledger.Read(folder, "end").Count > 20, "some tasks have ended");
        victim.Kill();
        var outcomes = await map;
        var (starts, ends) = (Ledger.Read(folder, "start"), Ledger.Read(folder, "end"));
        starts.Values.ShouldAllBe(static count => count == 1);
        var lost = outcomes.Where(static outcome => !outcome.IsSuccess).ToList();
        lost.Select(static outcome => outcome.Error).ShouldAllBe(static error => error is NodeLostException && ((NodeLostException)error).NodeName == "victim");
        lost.Count.ShouldBeLessThanOrEqualTo(2, "a node has as many tasks as workers");
        foreach (var outcome in outcomes)
        {
            if (outcome.IsSuccess)
            {
                outcome.Result.ShouldBe((int)outcome.Index * 2);
                ends.ShouldContainKey((int)outcome.Index);
            }
        }

        (outcomes.Length - lost.Count).ShouldBeGreaterThanOrEqualTo(Tasks - 2);
    }

    [Fact]
    public async Task With_more_attempts_every_task_has_its_result_and_starts_are_ends_and_losses()
    {
        await using var cluster = new TestCluster();
        using var victim = cluster.StartProcess("victim");
        cluster.StartProcess("second");
        cluster.StartProcess("third");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 3, attempts: 3);
        var folder = cluster.Folder;
        var map = pool.MapAsync(Enumerable.Range(0, Tasks), item => Ledger.Work(folder, item, 50), cancellationToken: Token);
        await TestCluster.Until(() => Ledger.Read(folder, "end").Count > 20, "some tasks have ended");
        victim.Kill();
        (await map).ShouldBe(Enumerable.Range(0, Tasks).Select(static item => item * 2));
        var (starts, ends) = (Ledger.Read(folder, "start"), Ledger.Read(folder, "end"));
        var retries = pool.GetInsights().Tasks.Sum(static task => task.Retries);
        ends.Count.ShouldBe(Tasks);
        starts.Values.Sum().ShouldBeInRange(Tasks, Tasks + (int)retries);
        starts.Values.Sum(static count => count - 1).ShouldBeLessThanOrEqualTo((int)retries);
        retries.ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task The_tasks_of_a_killed_caller_end_on_its_nodes()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        var folder = cluster.Folder;
        using var caller = ChildProcess.Run(
            static async folder =>
            {
                await using IProcessPool pool = await TestCluster.Connect(new ClusterPlan(folder));
                await pool.RunAsync(
                    static path =>
                    {
                        File.WriteAllText(path + ".new", $"{Environment.ProcessId}");
                        File.Move(path + ".new", path);
                        Thread.Sleep(Timeout.Infinite);
                    },
                    Path.Combine(folder, "pid"));
            },
            folder);
        await TestCluster.Until(() => File.Exists(Path.Combine(folder, "pid")), "the task runs");
        var worker = int.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "pid"), Token), System.Globalization.CultureInfo.InvariantCulture);
        var began = Stopwatch.GetTimestamp();
        caller.Kill();
        await TestCluster.Until(() => !IsAlive(worker), "the worker was killed");
        output.WriteLine($"SIGKILL of the caller: its task, which does not observe its token, ended after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
    }

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
