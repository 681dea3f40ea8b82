using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>Arguments, results and bodies that are larger than a message, and what is left of them at both ends.</summary>
public class TransferTests(ITestOutputHelper output)
{
    private const int MiB = 1 << 20;

    /// <summary>What one chunk takes, so that each waits for the answer to the one before it.</summary>
    private const int OneChunk = 64 << 10;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_argument_and_a_result_of_300_MiB_cross_with_bounded_bytes_on_the_way()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartNodeAsync("one");
        await using var pool = await cluster.ConnectAsync();
        var argument = Bytes(300 * MiB);
        var began = Stopwatch.GetTimestamp();
        var result = await ((IProcessPool)pool).RunAsync(ChangeLast, argument, cancellationToken: Token);
        output.WriteLine($"300 MiB there and back: {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        argument[^1]++;
        SHA256.HashData(result).ShouldBe(SHA256.HashData(argument));
        pool.Connection.Credit.Peak.ShouldBeInRange(1, TransferPace.MaxCredit);
        pool.Connection.Credit.Out.ShouldBe(0);
        await NothingIsLeftAsync(pool, node);
    }

    [Theory]
    [InlineData(10, 7)]
    [InlineData(100, 3)]
    public async Task Large_values_cross_there_and_back(int size, int rounds)
    {
        await using var cluster = new TestCluster();
        cluster.StartProcess("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        var argument = Bytes(size * MiB);
        var times = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            (await pool.RunAsync(static bytes => bytes, argument, cancellationToken: Token)).Length.ShouldBe(argument.Length);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        times.Sort();
        output.WriteLine($"{size} MiB there and back: {times[rounds / 2]:0} ms (best {times[0]:0} ms), {2 * size / times[rounds / 2] * 1000:0} MiB/s");
    }

    [Fact]
    public async Task A_large_captured_array_crosses_once_to_each_node()
    {
        await using var cluster = new TestCluster();
        var (one, two) = (await cluster.StartNodeAsync("one"), await cluster.StartNodeAsync("two"));
        await using var pool = await cluster.ConnectAsync(nodes: 2);
        IProcessPool tasks = pool;
        var table = Bytes(8 * MiB);
        var expected = Enumerable.Range(0, 100).Select(item => table[item * 1000] + item);
        (await tasks.MapAsync(Enumerable.Range(0, 100), item => table[item * 1000] + item, cancellationToken: Token)).ShouldBe(expected);
        var sent = pool.Connection.Scheduler.SentBytes;
        output.WriteLine($"100 items with 8 MiB captured: {sent / (double)MiB:0.0} MiB were sent to 2 nodes");
        sent.ShouldBeInRange(8 * MiB, (2 * 8 * MiB) + MiB);
        await NothingIsLeftAsync(pool, one, two);

        // A map that ends early frees it, too.
        await foreach (var _ in tasks.StreamAsync(Enumerable.Range(0, 100), item => table[item], cancellationToken: Token))
        {
            break;
        }

        await NothingIsLeftAsync(pool, one, two);
        await Should.ThrowAsync<IndexOutOfRangeException>(() => tasks.MapAsync([0, 1, int.MaxValue], item => table[item]));
        await NothingIsLeftAsync(pool, one, two);
    }

    [Fact]
    public async Task A_body_with_its_token_or_its_progress_crosses_with_each_item()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        var table = Bytes(MiB);
        var seen = 0;
        IProgress<int> progress = new Counting(() => Interlocked.Increment(ref seen));
        (await pool.MapAsync(
            [1, 2, 3],
            item =>
            {
                progress.Report(item);
                return table[item];
            },
            cancellationToken: Token)).ShouldBe([table[1], table[2], table[3]]);
        seen.ShouldBe(3);
    }

    [Fact]
    public async Task Small_tasks_run_while_a_large_argument_crosses()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        (await pool.RunAsync(static () => 1, cancellationToken: Token)).ShouldBe(1);
        var alone = await MedianAsync(pool, static count => count < 50);
        var argument = Bytes(300 * MiB);
        Task<int> Large() => pool.RunAsync(static bytes => bytes.Length, argument, cancellationToken: Token);
        var (large, transfers) = (Large(), 1);
        var beside = await MedianAsync(pool, count =>
        {
            // A transfer may be over before small tasks have run, if this thread stands still. If they waited behind it, one would run with each.
            if (large.IsCompleted && count <= 5 && transfers < 5)
            {
                (large, transfers) = (Large(), transfers + 1);
            }

            return !large.IsCompleted;
        });
        (await large).ShouldBe(300 * MiB);
        output.WriteLine($"round trip of a small task: {alone.Median:0.0} ms alone, {beside.Median:0.0} ms (worst {beside.Worst:0} ms, {beside.Count} tasks) beside a transfer of 300 MiB");
        beside.Count.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task A_cancelled_transfer_of_an_argument_leaves_nothing_and_starts_nothing()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartNodeAsync("one");
        await using var pool = await cluster.ConnectAsync(static options => options.MaxBytesInFlight = OneChunk);
        var credit = pool.Connection.Credit;
        await credit.TakeAsync(OneChunk, Token);
        using var source = new CancellationTokenSource();
        var folder = cluster.Folder;
        var task = ((IProcessPool)pool).RunAsync(
            (_, place) => File.WriteAllText(Path.Combine(place, "started"), ""), Bytes(300 * MiB), folder, cancellationToken: source.Token);
        await StepUntilAsync(credit, () => Contents(node) > 0, "chunks arrive");
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => task);
        credit.Give(OneChunk);
        await NothingIsLeftAsync(pool, node);
        File.Exists(Path.Combine(folder, "started")).ShouldBeFalse();
        await TestCluster.Until(() => credit.Out == 0, "nothing is on the way");
    }

    [Fact]
    public async Task A_cancelled_transfer_of_a_result_leaves_nothing()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartNodeAsync("one");
        await using var pool = await cluster.ConnectAsync(nodes: 1);
        using var source = new CancellationTokenSource();

        // One result after another: however late it is cancelled, some are on the way.
        var results = Task.Run(
            async () =>
            {
                await foreach (var result in ((IProcessPool)pool).StreamAsync(
                    Enumerable.Range(0, 100_000), static item => new byte[(30 * MiB) + (item % 2)], new MapOptions { MaxInFlight = 2 }, source.Token))
                {
                    result.Length.ShouldBeGreaterThanOrEqualTo(30 * MiB);
                }
            },
            Token);
        await TestCluster.Until(() => pool.Connection.Scheduler.Transfers > 0, "chunks arrive");
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => results);
        await NothingIsLeftAsync(pool, node);
        (await ((IProcessPool)pool).RunAsync(static () => 1, cancellationToken: Token)).ShouldBe(1);
    }

    [Fact]
    public async Task A_node_that_dies_in_a_transfer_has_not_started_the_task_which_crosses_to_another_one()
    {
        await using var cluster = new TestCluster();
        using var victim = cluster.StartProcess("victim");
        await using var pool = await cluster.ConnectAsync(static options => options.MaxBytesInFlight = OneChunk);
        var credit = pool.Connection.Credit;
        await credit.TakeAsync(OneChunk, Token);
        var argument = Bytes(20 * MiB);
        var task = ((IProcessPool)pool).RunAsync(static bytes => SHA256.HashData(bytes), argument, cancellationToken: Token);
        await StepUntilAsync(credit, () => pool.Connection.Scheduler.SentBytes > MiB, "chunks are sent");
        victim.Kill();
        credit.Give(OneChunk);
        var second = await cluster.StartNodeAsync("second");
        (await task).ShouldBe(SHA256.HashData(argument)); // with one attempt: the first node had not begun
        pool.GetInsights().Tasks.Single().Retries.ShouldBe(0);
        await NothingIsLeftAsync(pool, second);
        await TestCluster.Until(() => credit.Out == 0, "nothing is on the way");
    }

    [Fact]
    public async Task A_node_that_dies_while_its_result_crosses_leaves_nothing_at_the_caller()
    {
        await using var cluster = new TestCluster();
        using var victim = cluster.StartProcess("victim");
        await using var pool = await cluster.ConnectAsync(nodes: 1);

        // One result after another: however late the node is killed, some are on the way.
        var results = Task.Run(
            async () =>
            {
                await foreach (var result in ((IProcessPool)pool).StreamAsync(
                    Enumerable.Range(0, 100_000), static item => new byte[(30 * MiB) + (item % 2)], new MapOptions { MaxInFlight = 2 }, Token))
                {
                    result.Length.ShouldBeGreaterThanOrEqualTo(30 * MiB);
                }
            },
            Token);
        await TestCluster.Until(() => pool.Connection.Scheduler.Transfers > 0, "chunks arrive");
        victim.Kill();
        await Should.ThrowAsync<NodeLostException>(() => results);
        await TestCluster.Until(() => pool.Connection.Scheduler.Transfers == 0, "nothing is on the way");
    }

    [Fact]
    public async Task A_caller_that_dies_in_a_transfer_leaves_nothing_at_the_node()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartNodeAsync("one");
        using var caller = ChildProcess.Run(
            static async folder =>
            {
                await using IProcessPool pool = await TestCluster.Connect(new ClusterPlan(folder), static options => options.MaxBytesInFlight = 64 << 10);
                await pool.RunAsync(static bytes => bytes.Length, Bytes(300 * MiB));
            },
            cluster.Folder);
        await TestCluster.Until(() => Contents(node) > 0, "chunks arrive");
        caller.Kill();
        await TestCluster.Until(() => Contents(node) == 0, "the node has freed what arrived of the dead caller's argument");
    }

    [Fact]
    public async Task A_worker_that_dies_with_a_large_argument_leaves_nothing()
    {
        await using var cluster = new TestCluster();
        var node = await cluster.StartNodeAsync("one");
        await using var pool = await cluster.ConnectAsync(nodes: 1);
        await Should.ThrowAsync<WorkerDiedException>(() => ((IProcessPool)pool).RunAsync(static _ => Environment.Exit(3), Bytes(20 * MiB)));
        await NothingIsLeftAsync(pool, node);
    }

    private static byte[] ChangeLast(byte[] bytes)
    {
        bytes[^1]++;
        return bytes;
    }

    private static byte[] Bytes(int length)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static async Task<(double Median, double Worst, int Count)> MedianAsync(IProcessPool pool, Func<int, bool> goesOn)
    {
        var times = new List<double>();
        while (goesOn(times.Count))
        {
            var began = Stopwatch.GetTimestamp();
            await pool.RunAsync(static () => 1, cancellationToken: Token);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        times.Sort();
        return (times[times.Count / 2], times[^1], times.Count);
    }

    /// <summary>
    /// Lets chunks through one by one until something is so. Takers of credit are served in turn, so that the transfer stands still whenever the test
    /// has the credit: it is not over before the test goes on.
    /// </summary>
    private static async Task StepUntilAsync(ByteCredit credit, Func<bool> condition, string what)
    {
        for (var began = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(1, Token))
        {
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TestCluster.Patience, what);
            var next = credit.TakeAsync(OneChunk, Token).AsTask();
            credit.Give(OneChunk);
            await next;
        }
    }

    private static int Contents(IHost node) => node.Services.GetRequiredService<NodeHost>().Contents;

    private static async Task NothingIsLeftAsync(ClusterPool pool, params IHost[] nodes)
    {
        await TestCluster.Until(() => pool.Connection.Scheduler.Transfers == 0, "the caller has no transfer");
        foreach (var node in nodes)
        {
            await TestCluster.Until(() => Contents(node) == 0, "the node has no content");
        }
    }

    private sealed class Counting(Action count) : IProgress<int>
    {
        public void Report(int value) => count();
    }
}
