using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>Sources of a map or a stream that block, fail, or have large items: as on one machine.</summary>
public class ClusterSourceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_has_results_while_its_source_waits_for_them()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        using var answered = new SemaphoreSlim(1);

        // Each item is the answer to the result before it.
        IEnumerable<int> Questions()
        {
            for (var item = 0; item < 20; item++)
            {
                answered.Wait(Patience).ShouldBeTrue("the result of the item before has arrived");
                yield return item;
            }
        }

        var results = new List<int>();
        await foreach (var result in pool.StreamAsync(Questions(), static item => item * item, cancellationToken: Token))
        {
            results.Add(result);
            answered.Release();
        }

        results.ShouldBe(Enumerable.Range(0, 20).Select(static item => item * item));
    }

    [Fact]
    public async Task The_token_of_a_map_that_its_body_has_captured_is_the_token_of_each_task()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync(
            "one", configure: static options => options.Pool = new ProcessPoolOptions { CancellationGrace = TimeSpan.FromSeconds(60) });
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        using var source = new CancellationTokenSource();
        var (folder, token) = (cluster.Folder, source.Token);
        (await pool.MapAsync([1, 2], item => token.IsCancellationRequested ? -1 : item, cancellationToken: token)).ShouldBe([1, 2]);
        var read = new List<int>();
        var stream = pool.StreamAsync([1, 2], item => token.IsCancellationRequested ? -1 : item, cancellationToken: CancellationToken.None);
        await foreach (var item in stream.WithCancellation(token))
        {
            read.Add(item);
        }

        read.ShouldBe([1, 2], "the token of the reader");
        var waits = pool.MapAsync(
            [1],
            item =>
            {
                File.WriteAllText(Path.Combine(folder, "waits"), "");
                token.WaitHandle.WaitOne();
                File.WriteAllText(Path.Combine(folder, "cancelled"), "");
                return item;
            },
            cancellationToken: token);
        await TestCluster.Until(() => File.Exists(Path.Combine(folder, "waits")), "the task runs");
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waits.WaitAsync(Patience, Token));
        await TestCluster.Until(() => File.Exists(Path.Combine(folder, "cancelled")), "the task sees it");
    }

    [Fact]
    public async Task A_source_that_blocks_holds_up_neither_the_first_error_nor_the_token()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        using var release = new ManualResetEventSlim();

        IEnumerable<int> Blocks()
        {
            yield return 1;
            release.Wait(Patience).ShouldBeTrue();
            yield return 2;
        }

        (await Should.ThrowAsync<InvalidDataException>(pool.MapAsync(
            Blocks(), static int (item) => throw new InvalidDataException($"item {item}"), cancellationToken: Token).WaitAsync(Patience, Token)))
            .Message.ShouldContain("item 1");
        using var source = new CancellationTokenSource();
        var outcomes = pool.MapOutcomesAsync(Blocks(), static item => item, cancellationToken: source.Token);
        var stream = Task.Run(
            async () =>
            {
                await foreach (var result in pool.StreamAsync(Blocks(), static item => item, cancellationToken: source.Token))
                {
                    result.ShouldBe(1);
                    await source.CancelAsync();
                }
            },
            Token);
        await Should.ThrowAsync<OperationCanceledException>(stream.WaitAsync(Patience, Token));
        await Should.ThrowAsync<OperationCanceledException>(outcomes.WaitAsync(Patience, Token));
        release.Set();
    }

    [Fact]
    public async Task Items_that_were_cancelled_with_their_stream_are_no_outcomes_and_not_counted_as_failed()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        using var source = new CancellationTokenSource();
        PoolProgress? last = null;
        var options = new MapOptions { Progress = new Last(report => last = report) };
        var outcomes = new List<Outcome<int>>();
        var error = await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var outcome in pool.StreamOutcomesAsync(
                Enumerable.Range(0, 100).ToList(),
                static (item, token) =>
                {
                    if (item > 0)
                    {
                        token.WaitHandle.WaitOne();
                        token.ThrowIfCancellationRequested();
                    }

                    return item;
                },
                options,
                source.Token))
            {
                outcomes.Add(outcome);
                await source.CancelAsync();
                await Task.Delay(300, Token); // the items in flight end meanwhile
            }
        });
        error.CancellationToken.ShouldBe(source.Token);
        outcomes.ShouldHaveSingleItem().IsSuccess.ShouldBeTrue();
        (last!.State, last.Completed, last.Failed).ShouldBe((PoolProgressState.Stopped, 1, 0));
    }

    [Fact]
    public async Task When_the_source_fails_the_items_in_hand_are_cancelled_and_the_call_has_its_error()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using var pool = await cluster.ConnectAsync(nodes: 1);

        static IEnumerable<int> Fails()
        {
            yield return 1;
            yield return 2;
            throw new IOException("The source is broken.");
        }

        static int Hang(int item, CancellationToken token)
        {
            token.WaitHandle.WaitOne();
            token.ThrowIfCancellationRequested();
            return item;
        }

        IProcessPool tasks = pool;
        (await Should.ThrowAsync<IOException>(tasks.MapAsync(Fails(), static (item, token) => Hang(item, token), cancellationToken: Token)
            .WaitAsync(Patience, Token))).Message.ShouldBe("The source is broken.");
        (await Should.ThrowAsync<IOException>(tasks.MapOutcomesAsync(Fails(), static (item, token) => Hang(item, token), cancellationToken: Token)
            .WaitAsync(Patience, Token))).Message.ShouldBe("The source is broken.");
        await TestCluster.Until(() => pool.Counts == (0, 0), "no item is left on the node");
        (await tasks.RunAsync(static () => 42, cancellationToken: Token)).ShouldBe(42);
    }

    [Fact]
    public async Task A_stream_reads_no_more_of_its_source_than_its_limits_allow()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        var read = 0;

        IEnumerable<byte[]> Large()
        {
            for (var item = 0; item < 40; item++)
            {
                Interlocked.Increment(ref read);
                yield return new byte[1 << 20];
            }
        }

        var taken = 0;
        await foreach (var length in pool.StreamAsync(
            Large(), static item => item.Length, new MapOptions { MaxInFlight = 30, MaxBytesInFlight = 4 << 20 }, Token))
        {
            length.ShouldBe(1 << 20);
            taken++;

            // The size of an item is known when the first ones are written: until then the number of items is the limit.
            if (taken > 30)
            {
                (Volatile.Read(ref read) - taken).ShouldBeLessThanOrEqualTo(5);
            }
        }

        taken.ShouldBe(40);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () =>
        {
            await foreach (var _ in pool.StreamAsync([1], static item => item, new MapOptions { MaxBytesInFlight = 0 }, Token))
            {
            }
        });
    }

    private sealed class Last(Action<PoolProgress> report) : IProgress<PoolProgress>
    {
        public void Report(PoolProgress value) => report(value);
    }
}
