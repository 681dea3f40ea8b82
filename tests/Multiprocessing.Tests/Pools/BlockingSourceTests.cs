using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Sources that block until they get an answer, or forever: they delay no results, tokens or ends of others.</summary>
public class BlockingSourceTests : ProcessTest
{
    private const int Items = 5;

    private static readonly Dictionary<string, Func<ProcessPool, BlockingCollection<int>, MapOptions, IAsyncEnumerable<int>>> Streams = new()
    {
        ["results"] = static (pool, source, options) => pool.StreamAsync(source.GetConsumingEnumerable(), static item => item * 10, options),
        ["results of an async body"] = static (pool, source, options) => pool.StreamAsync(source.GetConsumingEnumerable(), static item => Task.FromResult(item * 10), options),
        ["outcomes"] = static (pool, source, options) => ResultsOf(pool.StreamOutcomesAsync(source.GetConsumingEnumerable(), static item => item * 10, options)),
        ["a query"] = static (pool, source, options) => pool.StreamAsync(source.GetConsumingEnumerable().Select(static item => item * 2), static item => item * 5, options),
        ["an asynchronous source that blocks"] = static (pool, source, options) => pool.StreamAsync(Blocking(source), static item => item * 10, options),
        ["an asynchronous source that waits"] = static (pool, source, options) => pool.StreamAsync(Waiting(source), static item => item * 10, options),
    };

    public static TheoryData<string, bool> StreamNames
    {
        get
        {
            var all = new TheoryData<string, bool>();
            foreach (var name in Streams.Keys)
            {
                all.Add(name, true);
                all.Add(name, false);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(StreamNames))]
    public Task A_stream_gives_each_result_while_its_source_waits_for_it(string name, bool ordered) => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        using var source = new BlockingCollection<int> { 1 };
        var results = new List<int>();
        await foreach (var result in Streams[name](pool, source, new() { Ordered = ordered }))
        {
            results.Add(result);
            if (results.Count < Items)
            {
                source.Add(results.Count + 1);
            }
            else
            {
                source.CompleteAdding();
            }
        }

        results.ShouldBe(Enumerable.Range(1, Items).Select(static item => item * 10));
    });

    [Fact]
    public Task A_queue_whose_writer_waits_for_each_answer_is_read_to_its_end() => Watchdog.Run(async () =>
    {
        using var questions = new ProcessQueue<int>();
        using var answers = new ProcessQueue<int>();
        var writer = new Thread(() =>
        {
            for (var i = 1; i <= Items; i++)
            {
                questions.Put(i);
                answers.Get().ShouldBe(i * 10);
            }

            questions.Complete();
        });
        writer.Start();
        await using var pool = new ProcessPool(new() { Workers = 2 });
        await foreach (var result in pool.StreamAsync(questions.ReadAll(), static item => item * 10))
        {
            answers.Put(result);
        }

        writer.Join();
    });

    [Theory]
    [InlineData("map")]
    [InlineData("outcomes")]
    [InlineData("for each")]
    public Task What_gives_nothing_before_the_end_still_begins_what_is_there(string form) => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        using var source = new BlockingCollection<int> { 1 };
        using var answers = new ProcessQueue<int>();
        int Answer(int item)
        {
            answers.Put(item);
            return item;
        }

        var items = source.GetConsumingEnumerable();
        Task work = form switch
        {
            "map" => pool.MapAsync(items, Answer),
            "outcomes" => pool.MapOutcomesAsync(items, Answer),
            _ => pool.ForEachAsync(items, item => _ = Answer(item)),
        };
        for (var i = 1; i <= Items; i++)
        {
            (await answers.GetAsync()).ShouldBe(i);
            source.Add(i + 1);
        }

        source.CompleteAdding();
        await work;
        if (work is Task<int[]> map)
        {
            (await map).ShouldBe(Enumerable.Range(1, Items + 1));
        }
    });

    [Fact]
    public Task A_map_of_a_lazy_source_gives_all_results_in_order() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        (await pool.MapAsync(Enumerable.Range(0, 100_000).Where(static _ => true), static item => item + 1)).ShouldBe(Enumerable.Range(1, 100_000));
        (await pool.MapAsync(Enumerable.Range(0, 2_000).Where(static _ => true), static item => $"{item}")).ShouldBe(Enumerable.Range(0, 2_000).Select(static item => $"{item}"));
        (await pool.MapAsync(Enumerable.Range(0, 10).Where(static _ => false), static item => item)).ShouldBeEmpty();
        var outcomes = await pool.MapOutcomesAsync(Enumerable.Range(0, 100).Where(static _ => true), static item => item % 10 == 3 ? throw new FormatException($"{item}") : item);
        outcomes.Select(static outcome => outcome.IsSuccess ? "" : outcome.Error!.Message).Where(static text => text.Length > 0).ShouldBe(["3", "13", "23", "33", "43", "53", "63", "73", "83", "93"]);
        var error = await Should.ThrowAsync<FormatException>(() => pool.MapAsync(Failing(), static item => item));
        error.Message.ShouldBe("the source's own");

        static IEnumerable<int> Failing()
        {
            yield return 1;
            throw new FormatException("the source's own");
        }
    });

    [Theory]
    [InlineData("map")]
    [InlineData("outcomes")]
    [InlineData("for each")]
    [InlineData("stream")]
    [InlineData("asynchronous stream that blocks")]
    [InlineData("asynchronous stream that waits")]
    public Task A_token_is_seen_while_the_source_blocks(string form) => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        using var source = new BlockingCollection<int> { 1 };
        using var cancelling = new CancellationTokenSource();
        var token = cancelling.Token;
        var items = source.GetConsumingEnumerable();
        Task work = form switch
        {
            "map" => pool.MapAsync(items, static item => item, null, token),
            "outcomes" => pool.MapOutcomesAsync(items, static item => item, null, token),
            "for each" => pool.ForEachAsync(items, static item => { }, null, token),
            "stream" => Read(pool.StreamAsync(items, static item => item, null, token)),
            "asynchronous stream that blocks" => Read(pool.StreamAsync(Blocking(source), static item => item, null, token)),
            _ => Read(pool.StreamAsync(Waiting(source), static item => item, null, token)),
        };
        await Task.WhenAny(work, Task.Delay(200));
        work.IsCompleted.ShouldBeFalse();
        cancelling.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => work);
        source.CompleteAdding();
    });

    [Fact]
    public Task A_stream_that_is_left_ends_in_bounded_time_and_gives_its_source_back_when_that_returns() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        using var blocks = new ManualResetEventSlim();
        using var block = new ManualResetEventSlim();
        using var givenBack = new ManualResetEventSlim();
        IEnumerable<int> Source()
        {
            try
            {
                yield return 1;
                blocks.Set();
                block.Wait();
                yield return 2;
            }
            finally
            {
                givenBack.Set();
            }
        }

        await foreach (var result in pool.StreamAsync(Source(), static item => item))
        {
            result.ShouldBe(1);
            blocks.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue(); // a source that has not come so far is given back at once
            break;
        }

        givenBack.IsSet.ShouldBeFalse();
        (await pool.RunAsync(static () => 3)).ShouldBe(3);
        block.Set();
        givenBack.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
    });

    [Fact]
    public Task The_first_error_ends_a_map_whose_source_blocks() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        using var source = new BlockingCollection<int> { 1 };
        await Should.ThrowAsync<FormatException>(() => pool.MapAsync(source.GetConsumingEnumerable(), static int (item) => throw new FormatException()));
        source.CompleteAdding();
    });

    [Fact]
    public Task No_more_is_taken_from_a_source_than_may_be_in_flight() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var taken = 0;
        var read = 0;
        IEnumerable<int> Source()
        {
            while (true)
            {
                yield return Interlocked.Increment(ref taken);
            }
        }

        await foreach (var result in pool.StreamAsync(Source(), static item => item, new() { MaxInFlight = 8 }))
        {
            Volatile.Read(ref taken).ShouldBeLessThanOrEqualTo(++read + 8);
            if (read == 500)
            {
                break;
            }
        }
    });

    [Fact]
    public Task A_source_is_enumerated_by_one_thread_and_in_the_callers_context() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var local = new AsyncLocal<string> { Value = "caller's" };
        var threads = new HashSet<int>();
        var seen = new HashSet<string>();
        IEnumerable<int> Source()
        {
            for (var i = 0; i < 300; i++)
            {
                threads.Add(Environment.CurrentManagedThreadId);
                seen.Add(local.Value!);
                yield return i;
            }
        }

        await pool.ForEachAsync(Source(), static item => { }, new() { MaxInFlight = 4 });
        threads.Count.ShouldBe(1);
        seen.ShouldBe(["caller's"]);
    });

    private static async Task Read(IAsyncEnumerable<int> results)
    {
        await foreach (var result in results)
        {
            result.ShouldBe(1);
        }
    }

    private static async IAsyncEnumerable<int> ResultsOf(IAsyncEnumerable<Outcome<int>> outcomes)
    {
        await foreach (var outcome in outcomes)
        {
            yield return outcome.Result;
        }
    }

    private static async IAsyncEnumerable<int> Blocking(BlockingCollection<int> source)
    {
        await Task.CompletedTask;
        foreach (var item in source.GetConsumingEnumerable())
        {
            yield return item;
        }
    }

    private static async IAsyncEnumerable<int> Waiting(BlockingCollection<int> source, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (!source.IsCompleted)
        {
            if (source.TryTake(out var item))
            {
                yield return item;
            }
            else
            {
                await Task.Delay(5, cancellationToken);
            }
        }
    }
}
