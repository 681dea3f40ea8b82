using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>Tasks that wait on a node which does not get them done, while another one could. Every start is counted by the tasks themselves.</summary>
public class TakeBackTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Short for most items; the first one waits until all others have ended.</summary>
    private static int Mixed(string folder, int item, int count)
    {
        if (count > 0)
        {
            Ledger.Work(folder, item, 0);
            while (item == 0 && Ledger.Read(folder, "end").Count < count)
            {
                Thread.Sleep(10);
            }
        }

        return item;
    }

    [Fact]
    public async Task Short_tasks_behind_one_that_blocks_run_on_another_node()
    {
        const int count = 300;
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one", workers: 1);
        await cluster.StartNodeAsync("two", workers: 1);
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 2);
        var folder = cluster.Folder;
        await pool.MapAsync(Enumerable.Range(0, 2_000), item => Mixed(folder, item, 0), new MapOptions { Name = "mixed" }, Token);
        var map = pool.MapAsync(
            Enumerable.Range(0, count), item => Mixed(folder, item, count), new MapOptions { Name = "mixed", Timeout = TimeSpan.FromSeconds(60) }, Token);
        (await map).ShouldBe(Enumerable.Range(0, count));
        var starts = Ledger.Read(folder, "start");
        (starts.Count, starts.Values.Max()).ShouldBe((count, 1), "what is taken back has not begun");
        pool.GetInsights().Tasks.Single().Retries.ShouldBe(0);
    }

    [Fact]
    public async Task Tasks_that_wait_behind_another_callers_long_ones_run_on_a_free_node()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one", workers: 2);
        await using IProcessPool other = await cluster.ConnectAsync(nodes: 1);
        await using var pool = await cluster.ConnectAsync(nodes: 1);
        IProcessPool tasks = pool;
        var folder = cluster.Folder;
        var release = Path.Combine(folder, "release");
        static int Block(string folder, string release, int item)
        {
            Ledger.Work(folder, item, 0);
            while (!File.Exists(release))
            {
                Thread.Sleep(10);
            }

            return item;
        }

        var blocked = other.MapAsync(Enumerable.Range(0, 2), item => Block(folder, release, item), cancellationToken: Token);
        await TestCluster.Until(() => Ledger.Read(folder, "start").Count == 2, "all workers of the node are busy");
        var waiting = tasks.MapAsync(Enumerable.Range(10, 2), item => Ledger.Work(folder, item, 0), cancellationToken: Token);
        await cluster.StartNodeAsync("two", workers: 2);
        (await waiting).ShouldBe([20, 22]);
        blocked.IsCompleted.ShouldBeFalse();
        await File.WriteAllTextAsync(release, "", Token);
        (await blocked).ShouldBe([0, 1]);
        Ledger.Read(folder, "start").Values.ShouldAllBe(static starts => starts == 1);
    }

    [Fact]
    public async Task A_node_that_leaves_hands_back_what_it_has_not_begun()
    {
        await using var cluster = new TestCluster();
        var leaving = await cluster.StartNodeAsync("one", workers: 1, configure: static options => options.LeaveGrace = TimeSpan.FromSeconds(60));
        await using IProcessPool other = await cluster.ConnectAsync(nodes: 1);
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        var folder = cluster.Folder;
        var release = Path.Combine(folder, "release");
        var running = other.RunAsync(
            static (folder, release) =>
            {
                Ledger.Work(folder, 0, 0);
                while (!File.Exists(release))
                {
                    Thread.Sleep(10);
                }

                return CurrentTask.PoolName;
            },
            folder,
            release,
            cancellationToken: Token);
        await TestCluster.Until(() => Ledger.Read(folder, "start").Count == 1, "the worker is busy");
        var waiting = pool.RunAsync(
            static folder =>
            {
                Ledger.Work(folder, 1, 0);
                return CurrentTask.PoolName;
            },
            folder,
            cancellationToken: Token);
        await Task.Delay(200, Token); // it waits on the node by now, or is taken as it was: the test holds either way
        var stop = leaving.StopAsync(Token);
        await cluster.StartNodeAsync("two", workers: 1);
        (await waiting).ShouldBe("two");
        stop.IsCompleted.ShouldBeFalse("it finishes what has begun");
        await File.WriteAllTextAsync(release, "", Token);
        (await running).ShouldBe("one");
        await stop;
        Ledger.Read(folder, "start").Values.ShouldBe([1, 1]);
    }
}
