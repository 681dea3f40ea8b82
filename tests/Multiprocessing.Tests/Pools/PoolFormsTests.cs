using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>The compiler finds the right member for every form of source and body.</summary>
public class PoolFormsTests : ProcessTest
{
    private static int Sum(int a, int b) => a + b;

    private static async IAsyncEnumerable<T> Later<T>(IEnumerable<T> items)
    {
        foreach (var item in items)
        {
            await Task.Yield();
            yield return item;
        }
    }

    private static async Task<List<T>> All<T>(IAsyncEnumerable<T> items)
    {
        List<T> all = [];
        await foreach (var item in items)
        {
            all.Add(item);
        }

        return all;
    }

    [Fact]
    public Task Tuples_are_taken_apart_into_arguments() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        (int, int)[] pairs = [(1, 2), (3, 4)];
        (int, int, int)[] triples = [(1, 2, 3), (4, 5, 6)];
        int[] ofPairs = [3, 7];
        int[] ofTriples = [6, 15];
        (await pool.MapAsync(pairs, Sum)).ShouldBe(ofPairs);
        (await pool.MapAsync(pairs, static (a, b) => a + b)).ShouldBe(ofPairs);
        (await pool.MapAsync(pairs, static async (a, b) =>
        {
            await Task.Yield();
            return a + b;
        })).ShouldBe(ofPairs);
        (await pool.MapAsync(triples, static async (a, b, c) => await Task.FromResult(a + b + c))).ShouldBe(ofTriples);
        (await pool.MapOutcomesAsync(pairs, static (a, b) => a == 1 ? throw new InvalidOperationException("one") : a + b)).Select(static outcome => outcome.IsSuccess).ShouldBe([false, true]);
        (await pool.MapOutcomesAsync(triples, static async (a, b, c) => await Task.FromResult(a + b + c))).Select(static outcome => outcome.Result).ShouldBe(ofTriples);
        (await All(pool.StreamAsync(pairs, static (a, b) => a + b))).ShouldBe(ofPairs);
        (await All(pool.StreamAsync(Later(pairs), static async (a, b) => await Task.FromResult(a + b)))).ShouldBe(ofPairs);
        (await All(pool.StreamAsync(Later(triples), static (a, b, c) => a + b + c))).ShouldBe(ofTriples);
        (await All(pool.StreamOutcomesAsync(triples, static async (a, b, c) => await Task.FromResult(a + b + c)))).Select(static outcome => outcome.Result).ShouldBe(ofTriples);
        (await All(pool.StreamOutcomesAsync(Later(pairs), static (a, b) => a + b))).Select(static outcome => outcome.Result).ShouldBe(ofPairs);
        using var total = new SharedValue<int>();
        await pool.ForEachAsync(pairs, (a, b) => total.Add(a * b));
        await pool.ForEachAsync(Later(pairs), (a, b) => total.Add(a * b));
        await pool.ForEachAsync(triples, async (a, b, c) =>
        {
            await Task.Yield();
            total.Add(a * b * c);
        });
        total.Value.ShouldBe((2 * 14) + 126);
    });

    private sealed class Counter : IDisposable
    {
        public static SharedValue<int>? Disposed { get; set; }

        public int Calls { get; set; }

        public void Dispose() => Disposed?.Add(1);
    }

    private static Task<int> SumLater(int a, int b) => Task.FromResult(a + b);

    [Fact]
    public Task Bodies_that_only_throw_and_methods_resolve_too_and_the_first_error_ends_the_call() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool<Counter>(static () => new Counter(), new() { Workers = 2 });
        (int, int)[] pairs = [(1, 2), (3, 4)];
        (int, int, int)[] triples = [(1, 2, 3), (4, 5, 6)];
        (await ((ProcessPool)pool).MapAsync(pairs, SumLater)).ShouldBe([3, 7]);
        (await pool.MapAsync(pairs, Sum)).ShouldBe([3, 7]); // takes no state: the parts of the pair
        (await pool.MapAsync(triples, static (a, b, c) => a + b + c)).ShouldBe([6, 15]);
        await Should.ThrowAsync<InvalidOperationException>(() => pool.MapAsync(triples, static int (a, b, c) => throw new InvalidOperationException()));
        await Should.ThrowAsync<InvalidOperationException>(() => pool.MapAsync(triples, static int (state, triple) => throw new InvalidOperationException()));
        await Should.ThrowAsync<InvalidOperationException>(() => All(pool.StreamAsync(Later(pairs), static int (state, pair) => throw new InvalidOperationException())));
        await Should.ThrowAsync<InvalidOperationException>(() => pool.ForEachAsync(pairs, static (state, pair) => throw new InvalidOperationException()));
        await Should.ThrowAsync<InvalidOperationException>(() => ((ProcessPool)pool).ForEachAsync(triples, static (a, b, c) => throw new InvalidOperationException()));
    });

    [Fact]
    public Task Bodies_of_every_form_get_the_workers_state_which_is_made_once() => Watchdog.Run(async () =>
    {
        using var made = new SharedValue<int>();
        using var disposed = new SharedValue<int>();
        var pool = new ProcessPool<Counter>(
            () =>
            {
                made.Add(1);
                Counter.Disposed = disposed;
                return new Counter();
            },
            new() { Workers = 2, ShutdownGrace = TimeSpan.FromSeconds(60) }); // a worker that is killed disposes of nothing
        await using (pool)
        {
            int[] items = [1, 2, 3];
            int[] doubled = [2, 4, 6];
            (await pool.MapAsync(items, static (state, item) =>
            {
                state.Calls++;
                return item * 2;
            })).ShouldBe(doubled);
            (await pool.MapAsync(items, static async (state, item) =>
            {
                await Task.Yield();
                state.Calls++;
                return item * 2;
            })).ShouldBe(doubled);
            (await pool.MapAsync(items, static item => item * 2)).ShouldBe(doubled); // without the state
            (await pool.MapOutcomesAsync(items, static (state, item) => state.Calls >= 0 && item == 2 ? throw new InvalidOperationException() : item)).Count(static outcome => outcome.IsSuccess).ShouldBe(2);
            (await All(pool.StreamAsync(items, static (state, item) => state.Calls < 0 ? 0 : item * 2))).ShouldBe(doubled);
            (await All(pool.StreamAsync(Later(items), static async (state, item) => await Task.FromResult(state.Calls < 0 ? 0 : item * 2)))).ShouldBe(doubled);
            (await All(pool.StreamOutcomesAsync(Later(items), static (state, item) => state.Calls < 0 ? 0 : item * 2))).Select(static outcome => outcome.Result).ShouldBe(doubled);
            using var sum = new SharedValue<int>();
            await pool.ForEachAsync(items, (state, item) => sum.Add(state.Calls < 0 ? 0 : item));
            await pool.ForEachAsync(Later(items), async (state, item) =>
            {
                await Task.Yield();
                sum.Add(state.Calls < 0 ? 0 : item);
            });
            sum.Value.ShouldBe(12);

            // A pair is the item here; its parts are not taken apart beside a state.
            (await pool.MapAsync([(1, 2)], static (state, pair) => state.Calls < 0 ? 0 : pair.Item1 + pair.Item2)).ShouldBe([3]);
            made.Value.ShouldBeInRange(1, 2);
            await pool.ShutdownAsync();
        }

        disposed.Value.ShouldBe(made.Value);
    });
}
