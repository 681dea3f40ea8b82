using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>What users do with a pool, on two nodes.</summary>
public class ClusterPoolTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static int Fail(int number) => number == 1 ? throw new InvalidOperationException("number one") : number;

    private static async IAsyncEnumerable<int> Later(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    [Fact]
    public async Task Tasks_maps_and_streams_give_what_one_machine_gives()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await cluster.StartNodeAsync("two");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 2);
        pool.Workers.ShouldBe(4);
        var factor = 10;
        (await pool.RunAsync((a, b) => a * b * factor, 6, 7, cancellationToken: Token)).ShouldBe(420);
        (await pool.RunAsync(async text => (await Task.FromResult(text)) + "!", "here", cancellationToken: Token)).ShouldBe("here!");
        await pool.RunAsync(static () => { }, cancellationToken: Token);
        (await pool.RunAsync(static () => Environment.ProcessId, cancellationToken: Token)).ShouldNotBe(Environment.ProcessId);
        (await pool.MapAsync(Enumerable.Range(0, 500), item => item * factor, cancellationToken: Token)).ShouldBe(Enumerable.Range(0, 500).Select(static item => item * 10));
        (await pool.MapAsync([(1, 2), (3, 4)], static (a, b) => a * b, cancellationToken: Token)).ShouldBe([2, 12]);
        (await pool.MapOutcomesAsync([0, 1, 2], Fail, cancellationToken: Token)).Select(static outcome => outcome.Error?.Message).ShouldBe([null, "number one", null]);
        var ordered = new List<int>();
        await foreach (var result in pool.StreamAsync(Later(100), static item => item + 1, cancellationToken: Token))
        {
            ordered.Add(result);
        }

        ordered.ShouldBe(Enumerable.Range(1, 100));
        var any = new List<int>();
        await foreach (var result in pool.StreamAsync(Enumerable.Range(0, 100), static item => item + 1, new MapOptions { Ordered = false, MaxInFlight = 7 }, Token))
        {
            any.Add(result);
        }

        any.Order().ShouldBe(Enumerable.Range(1, 100));
        await pool.ForEachAsync(Enumerable.Range(0, 10), static _ => { }, cancellationToken: Token);
        pool.GetInsights().Tasks.Sum(static task => task.Succeeded).ShouldBe(718);
        await pool.ShutdownAsync(Token);
        pool.Status.ShouldBe(ProcessPoolStatus.Ended);
        await Should.ThrowAsync<ObjectDisposedException>(() => pool.RunAsync(static () => 1));
    }

    [Fact]
    public async Task Errors_deaths_time_limits_and_cancellation_arrive_at_their_caller()
    {
        await using var cluster = new TestCluster();

        // The task that is cancelled writes a file, before its worker may be killed.
        await cluster.StartNodeAsync(
            "one", configure: static options => options.Pool = new ProcessPoolOptions { CancellationGrace = TimeSpan.FromSeconds(60) });
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        var error = await Should.ThrowAsync<InvalidOperationException>(() => pool.RunAsync(Fail, 1));
        (error.Message, error.ToString().Contains(nameof(Fail), StringComparison.Ordinal)).ShouldBe(("number one", true));
        await Should.ThrowAsync<InvalidOperationException>(() => pool.MapAsync([0, 1, 2], Fail));
        var death = await Should.ThrowAsync<WorkerDiedException>(() => pool.RunAsync(static () => Environment.Exit(3), new TaskOptions { Name = "exits" }));
        (death.ExitStatus.Code, death.TaskName).ShouldBe((3, "exits"));
        await Should.ThrowAsync<TimeoutException>(
            () => pool.RunAsync(static () => Thread.Sleep(Timeout.Infinite), new TaskOptions { Timeout = TimeSpan.FromMilliseconds(200) }));
        using var source = new CancellationTokenSource();
        var running = pool.RunAsync(
            static (folder, token) =>
            {
                File.WriteAllText(Path.Combine(folder, "runs"), "");
                token.WaitHandle.WaitOne();
                File.WriteAllText(Path.Combine(folder, "cancelled"), "");
                token.ThrowIfCancellationRequested();
            },
            cluster.Folder,
            cancellationToken: source.Token);
        await TestCluster.Until(() => File.Exists(Path.Combine(cluster.Folder, "runs")), "the task runs");
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => running);
        File.Exists(Path.Combine(cluster.Folder, "cancelled")).ShouldBeTrue();
        (await pool.RunAsync(static () => 1, cancellationToken: Token)).ShouldBe(1);
    }

    [Fact]
    public async Task A_task_whose_worker_died_is_tried_again_as_often_as_allowed()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1, attempts: 3);
        var file = Path.Combine(cluster.Folder, "tries");
        (await pool.RunAsync(
            static file =>
            {
                File.AppendAllText(file, "x");
                var tries = (int)new FileInfo(file).Length;
                if (tries < 3)
                {
                    Environment.FailFast(null);
                }

                return tries;
            },
            file,
            cancellationToken: Token)).ShouldBe(3);
        pool.GetInsights().Tasks.Single().Retries.ShouldBe(2);
    }

    [Fact]
    public async Task Shared_memory_is_refused_at_the_call()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        using var array = new SharedArray<int>(4);
        using var queue = new ProcessQueue<int>();
        var refused = await Should.ThrowAsync<NotSerializableException>(() => pool.RunAsync(() => array[0]));
        refused.Message.ShouldContain("array");
        refused.Message.ShouldContain("another one");
        await Should.ThrowAsync<NotSerializableException>(() => pool.RunAsync(static given => given.Put(1), queue));
        await Should.ThrowAsync<NotSerializableException>(() => pool.MapAsync([queue], static given => given.Count));
        (await pool.RunAsync(static () => 1, cancellationToken: Token)).ShouldBe(1);
    }

    [Fact]
    public async Task Another_build_is_refused_with_both_hashes()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        var refused = await Should.ThrowAsync<ClusterException>(() => cluster.ConnectAsync(static options => options.Build = "0123456789abcdef"));
        refused.Message.ShouldContain("0123456789abcdef");
        refused.Message.ShouldContain(ClusterBuild.Hash);
    }

    [Fact]
    public async Task A_pool_uses_only_nodes_with_its_tags()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("plain");
        await cluster.StartNodeAsync("special", tag: "gpu");
        await using var pool = await cluster.ConnectAsync(static options => options.RequireTag("gpu"));
        pool.NodeNames.ShouldBe(["special"]);
        (await pool.RunAsync(static () => CurrentTask.PoolName, cancellationToken: Token)).ShouldBe("special");
    }

    [Fact]
    public async Task Long_tasks_are_spread_over_all_workers_after_short_ones()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await cluster.StartNodeAsync("two");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 2);
        var folder = cluster.Folder;
        await pool.MapAsync(Enumerable.Range(0, 2_000), static item => item, cancellationToken: Token);
        var tasks = Enumerable.Range(0, 4).Select(number => pool.RunAsync(
            static (folder, number) =>
            {
                File.WriteAllText(Path.Combine(folder, $"runs-{number}"), "");
                while (Directory.GetFiles(folder, "runs-*").Length < 4)
                {
                    Thread.Sleep(10); // all four run at the same time, or the test does not end
                }

                return CurrentTask.PoolName!;
            },
            folder,
            number,
            new TaskOptions { Timeout = TimeSpan.FromSeconds(60) },
            Token));
        (await Task.WhenAll(tasks)).Order().ShouldBe(["one", "one", "two", "two"]);
    }

    [Fact]
    public async Task A_cluster_without_nodes_is_an_error_with_the_way_out()
    {
        await using var cluster = new TestCluster();
        var error = await Should.ThrowAsync<ClusterException>(() => cluster.ConnectAsync(static options => options.ConnectTimeout = TimeSpan.FromSeconds(5)));
        error.Message.ShouldContain("AddMultiprocessingNode");
        await Should.ThrowAsync<InvalidOperationException>(() => ClusterPool.ConnectAsync(static _ => { }));
    }

    [Fact]
    public async Task A_node_that_stops_finishes_what_it_has_and_the_rest_runs_elsewhere()
    {
        await using var cluster = new TestCluster();
        var leaving = await cluster.StartNodeAsync("one");
        await cluster.StartNodeAsync("two");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 2);
        var folder = cluster.Folder;
        var map = pool.MapAsync(Enumerable.Range(0, 100), item => Ledger.Work(folder, item, 30), cancellationToken: Token);
        await TestCluster.Until(() => Ledger.Read(folder, "end").Count > 10, "some tasks have ended");
        await leaving.StopAsync(Token);
        (await map).ShouldBe(Enumerable.Range(0, 100).Select(static item => item * 2));
        var starts = Ledger.Read(folder, "start");
        (starts.Count, starts.Values.Max()).ShouldBe((100, 1));
    }
}
