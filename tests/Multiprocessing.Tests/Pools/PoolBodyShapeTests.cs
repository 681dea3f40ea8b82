using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Value tasks, tokens and numbers of arguments: the compiler finds the member that is meant, for every shape of body.</summary>
public class PoolBodyShapeTests : ProcessTest
{
    private static readonly int[] Items = [1, 2, 3];
    private static readonly int[] Doubled = [2, 4, 6];
    private static readonly (int, int)[] Pairs = [(1, 2), (3, 4)];
    private static readonly int[] OfPairs = [3, 7];
    private static readonly (int, int, int)[] Triples = [(1, 2, 3), (4, 5, 6)];
    private static readonly int[] OfTriples = [6, 15];

    private static int Work(CancellationToken token) => token.CanBeCanceled ? 1 : 0;

    private static int Twice(int item) => item * 2;

    private static int Twice(int item, CancellationToken token) => token.CanBeCanceled ? item * 2 : -1;

    private static async ValueTask<int> TwiceValue(int item)
    {
        await Task.Yield();
        return item * 2;
    }

    private static async ValueTask<int> TwiceValueWithToken(int item, CancellationToken token)
    {
        await Task.Yield();
        return token.CanBeCanceled ? item * 2 : -1;
    }

    private static async ValueTask<int> SumValue(int a, int b)
    {
        await Task.Yield();
        return a + b;
    }

    private static ValueTask Fail() => ValueTask.FromException(new FormatException("from a value task"));

    private static ValueTask FailAt(int item) => item == 2 ? ValueTask.FromException(new FormatException($"at {item}")) : ValueTask.CompletedTask;

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
    public Task RunAsync_takes_value_tasks_of_every_shape() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        (await pool.RunAsync(() => TwiceValue(21))).ShouldBe(42);
        (await pool.RunAsync(async () => await TwiceValue(21))).ShouldBe(42);
        (await pool.RunAsync(TwiceValue, 21)).ShouldBe(42);
        (await pool.RunAsync(static item => TwiceValue(item), 21)).ShouldBe(42);
        (await pool.RunAsync(SumValue, 40, 2)).ShouldBe(42);
        (await pool.RunAsync(() => new ValueTask<int>(42))).ShouldBe(42);
        (await pool.RunAsync(Local)).ShouldBe(42);
        Func<ValueTask<int>> typed = () => TwiceValue(21);
        (await pool.RunAsync(typed)).ShouldBe(42);
        await pool.RunAsync(() => ValueTask.CompletedTask);
        await pool.RunAsync(async () => { await Task.Yield(); });
        await pool.RunAsync(async () => await ValueTask.CompletedTask);
        (await Should.ThrowAsync<FormatException>(() => pool.RunAsync(Fail))).Message.ShouldBe("from a value task");
        await Should.ThrowAsync<FormatException>(() => pool.RunAsync(() => Fail()));
        await Should.ThrowAsync<FormatException>(() => pool.RunAsync(FailAt, 2));
        await Should.ThrowAsync<FormatException>(() => pool.RunAsync(static a => FailAt(a), 2));
        await Should.ThrowAsync<FormatException>(() => pool.RunAsync(() => throw new FormatException()));
        await Should.ThrowAsync<FormatException>(() => pool.RunAsync(async () => throw new FormatException()));
        await Should.ThrowAsync<FormatException>(() => pool.RunAsync(static a => throw new FormatException(), 1));

        static async ValueTask<int> Local()
        {
            await Task.Yield();
            return 42;
        }
    });

    [Fact]
    public Task RunAsync_gives_the_token_to_bodies_that_take_it() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        (await pool.RunAsync(Work)).ShouldBe(1);
        (await pool.RunAsync(token => Work(token))).ShouldBe(1);
        (await pool.RunAsync(Twice, 21)).ShouldBe(42); // of two overloads, the one with the token
        (await pool.RunAsync(static (item, token) => Twice(item, token), 21)).ShouldBe(42);
        (await pool.RunAsync(static async (a, b, c, d, token) => await Task.FromResult(a + b + c + d + Work(token)), 1, 2, 3, 4)).ShouldBe(11);
        (await pool.RunAsync(TwiceValueWithToken, 21)).ShouldBe(42);
        await pool.RunAsync(static async token => await Task.Delay(1, token));
        await pool.RunAsync(static token => token.ThrowIfCancellationRequested());

        // Options are options, and not an argument of a body that has one parameter.
        await pool.RunAsync(_ => { }, new TaskOptions { Name = "named" });
        pool.GetInsights().Tasks.ShouldContain(static task => task.Name == "named");

        // A token beside a body that takes one is the caller's.
        using var running = new ProcessEvent();
        using var source = new CancellationTokenSource();
        var waits = pool.RunAsync(
            token =>
            {
                running.Set();
                return token.WaitHandle.WaitOne(TimeSpan.FromSeconds(60)) ? throw new OperationCanceledException() : 0;
            },
            source.Token);
        running.Wait();
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waits);
        (await pool.RunAsync(static token => token.IsCancellationRequested ? 1 : 0, CancellationToken.None)).ShouldBe(0);
    });

    [Fact]
    public Task Sources_take_value_tasks_and_tokens() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        (await pool.MapAsync(Items, TwiceValue)).ShouldBe(Doubled);
        (await pool.MapAsync(Items, static item => TwiceValue(item))).ShouldBe(Doubled);
        (await pool.MapAsync(Items, static (item, token) => Twice(item, token))).ShouldBe(Doubled);
        (await pool.MapAsync(Items, Twice)).ShouldBe(Doubled);
        (await pool.MapAsync(Items, static async (item, token) =>
        {
            await Task.Delay(1, token);
            return item * 2;
        })).ShouldBe(Doubled);
        (await pool.MapAsync(Items, TwiceValueWithToken)).ShouldBe(Doubled);
        (await pool.MapAsync(Pairs, SumValue)).ShouldBe(OfPairs);
        (await pool.MapAsync(Pairs, static (a, b) => a + b)).ShouldBe(OfPairs);
        (await pool.MapAsync(Pairs, static (a, b) => $"{a}{b}")).ShouldBe(["12", "34"]); // fits an item and the token as well: the parts are meant
        (await pool.MapAsync(Pairs, static (pair, token) => pair.Item1 + pair.Item2 + Work(token) - 1)).ShouldBe(OfPairs);
        (await pool.MapAsync(Pairs, static (a, b, token) => a + b + Work(token) - 1)).ShouldBe(OfPairs);
        (await pool.MapAsync(Triples, static (a, b, c, token) => a + b + c + Work(token) - 1)).ShouldBe(OfTriples);
        (await pool.MapAsync(Triples, static (triple, token) => triple.Item1 + triple.Item2 + triple.Item3 + Work(token) - 1)).ShouldBe(OfTriples);
        (await pool.MapOutcomesAsync(Items, static (item, token) => Twice(item, token))).Select(static outcome => outcome.Result).ShouldBe(Doubled);
        (await All(pool.StreamAsync(Items, TwiceValue))).ShouldBe(Doubled);
        (await All(pool.StreamAsync(Later(Items), static (item, token) => Twice(item, token)))).ShouldBe(Doubled);
        (await All(pool.StreamOutcomesAsync(Later(Items), static async (item, token) => await Task.FromResult(Twice(item, token))))).Select(static outcome => outcome.Result).ShouldBe(Doubled);
        (await All(pool.StreamAsync(Pairs, static (a, b, token) => a + b + Work(token) - 1))).ShouldBe(OfPairs);
        using var total = new SharedValue<int>();
        await pool.ForEachAsync(Items, (item, token) => { total.Add(Twice(item, token)); });
        await pool.ForEachAsync(Later(Items), async (item, token) =>
        {
            await Task.Delay(1, token);
            total.Add(item);
        });
        await pool.ForEachAsync(Pairs, (a, b, token) => { total.Add(a * b * Work(token)); });
        total.Value.ShouldBe(12 + 6 + 14);
        (await Should.ThrowAsync<FormatException>(() => pool.ForEachAsync(Items, FailAt))).Message.ShouldBe("at 2");
        await Should.ThrowAsync<FormatException>(() => pool.ForEachAsync(Items, static (item, token) => FailAt(item)));
        await Should.ThrowAsync<FormatException>(() => pool.ForEachAsync(Items, static item => throw new FormatException()));
        await Should.ThrowAsync<FormatException>(() => pool.ForEachAsync(Items, static (item, token) => throw new FormatException()));
        await Should.ThrowAsync<FormatException>(() => pool.ForEachAsync(Pairs, static (a, b) => throw new FormatException()));
        Func<int, CancellationToken, ValueTask> asInParallel = static (item, token) => FailAt(item);
        await Should.ThrowAsync<FormatException>(() => pool.ForEachAsync(Items, asInParallel));
    });

    [Fact]
    public Task An_items_token_is_cancelled_when_its_map_is() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1, CancellationGrace = TimeSpan.FromSeconds(60) });
        using var running = new ProcessEvent();
        using var told = new ProcessEvent();
        using var source = new CancellationTokenSource();
        var map = pool.MapAsync(
            Items,
            (item, token) =>
            {
                running.Set();
                if (token.WaitHandle.WaitOne(TimeSpan.FromSeconds(60)))
                {
                    told.Set();
                }

                return item;
            },
            cancellationToken: source.Token);
        running.Wait();
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => map);
        told.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
    });

    private sealed class Counter
    {
        public int Base => 40;
    }

    [Fact]
    public Task The_state_comes_first_and_the_token_last_with_up_to_four_arguments() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool<Counter>(static () => new Counter(), new() { Workers = 1 });
        (await pool.RunAsync(static state => state.Base)).ShouldBe(40);
        (await pool.RunAsync(static (state, a) => state.Base + a, 1)).ShouldBe(41);
        (await pool.RunAsync(static (state, a, b, c, d) => state.Base + a + b + c + d, 1, 2, 3, 4)).ShouldBe(50);
        (await pool.RunAsync(static async (state, a, b, c, d) => await Task.FromResult(state.Base + a + b + c + d), 1, 2, 3, 4)).ShouldBe(50);
        (await pool.RunAsync(static (state, a, b, c, d, token) => state.Base + a + b + c + d + Work(token), 1, 2, 3, 4)).ShouldBe(51);
        (await pool.RunAsync(static (state, token) => state.Base + Work(token))).ShouldBe(41);
        (await pool.RunAsync(static state => new ValueTask<int>(state.Base))).ShouldBe(40);
        (await pool.RunAsync(static token => Work(token))).ShouldBe(1);
        await pool.RunAsync(static (state, token) => { });
        await pool.RunAsync(static async (state, token) => { await Task.Delay(state.Base, token); });
        (await pool.MapAsync(Items, static (state, item) => state.Base + item)).ShouldBe([41, 42, 43]);
        (await pool.MapAsync(Items, static (state, item, token) => state.Base + item + Work(token))).ShouldBe([42, 43, 44]);
        (await pool.MapAsync(Items, static (item, token) => Twice(item, token))).ShouldBe(Doubled);
        (await pool.MapAsync(Items, static (state, item) => new ValueTask<int>(state.Base + item))).ShouldBe([41, 42, 43]);
        (await All(pool.StreamAsync(Later(Items), static async (state, item, token) =>
        {
            await Task.Delay(1, token);
            return state.Base + item;
        }))).ShouldBe([41, 42, 43]);
        using var total = new SharedValue<int>();
        await pool.ForEachAsync(Items, (state, item, token) => { total.Add(state.Base + item + Work(token)); });
        total.Value.ShouldBe(129);
    });
}
