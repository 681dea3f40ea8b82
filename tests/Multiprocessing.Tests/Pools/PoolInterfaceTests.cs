using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Code that knows an <see cref="IProcessPool"/> only.</summary>
[Collection(ProcessCollection.Name)]
public class PoolInterfaceTests : ProcessTest
{
    /// <summary>A pool around another one: counts what passes, as a quota or a log would.</summary>
    private sealed class CountingPool(IProcessPool inner) : IProcessPool
    {
        public List<string> Calls { get; } = [];

        public string Name => inner.Name;

        public int Workers => inner.Workers;

        public ProcessPoolStatus Status => inner.Status;

        public Exception? Failure => inner.Failure;

        public Task<TResult> RunAsync<TResult>(PoolCall<TResult> call, TaskOptions? options, CancellationToken cancellationToken)
        {
            Calls.Add($"run {call.Name}");
            return inner.RunAsync(call, options, cancellationToken);
        }

        public Task<TResult[]> MapAsync<TItem, TResult>(
            IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options, CancellationToken cancellationToken)
        {
            Calls.Add($"map {body.Name}");
            return inner.MapAsync(source, body, options, cancellationToken);
        }

        public Task<Outcome<TResult>[]> MapOutcomesAsync<TItem, TResult>(
            IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options, CancellationToken cancellationToken)
        {
            Calls.Add($"outcomes {body.Name}");
            return inner.MapOutcomesAsync(source, body, options, cancellationToken);
        }

        public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(
            IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options, CancellationToken cancellationToken)
        {
            Calls.Add($"stream {body.Name}");
            return inner.StreamOutcomesAsync(source, body, options, cancellationToken);
        }

        public IAsyncEnumerable<Outcome<TResult>> StreamOutcomesAsync<TItem, TResult>(
            IAsyncEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options, CancellationToken cancellationToken)
        {
            Calls.Add($"later {body.Name}");
            return inner.StreamOutcomesAsync(source, body, options, cancellationToken);
        }

        public PoolInsights GetInsights() => inner.GetInsights();

        public Task ShutdownAsync(CancellationToken cancellationToken = default) => inner.ShutdownAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private static int Twice(int number) => number * 2;

    private static int Fail(int number) => number == 1 ? throw new InvalidOperationException("one") : number;

    private static async IAsyncEnumerable<int> Later()
    {
        for (var i = 0; i < 3; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    [Fact]
    public Task A_pool_around_a_pool_sees_every_call_and_passes_it_on() => Watchdog.Run(async () =>
    {
        await using var pool = new CountingPool(new ProcessPool(new() { Workers = 2, Name = "inner" }));
        var factor = 10;
        (await pool.RunAsync(Twice, 4)).ShouldBe(8);
        (await pool.RunAsync(async (a, b) => (await Task.FromResult(a)) * b * factor, 2, 3)).ShouldBe(60);
        await pool.RunAsync(() => { });
        (await pool.RunAsync(token => token.CanBeCanceled, CancellationToken.None)).ShouldBeTrue();
        (await pool.MapAsync([1, 2, 3], Twice)).ShouldBe([2, 4, 6]);
        (await pool.MapAsync([(1, 2), (3, 4)], (a, b) => a * b)).ShouldBe([2, 12]);
        (await pool.MapOutcomesAsync([0, 1, 2], Fail)).Select(static outcome => outcome.IsSuccess).ShouldBe([true, false, true]);
        var streamed = new List<int>();
        await foreach (var result in pool.StreamAsync([1, 2, 3], Twice))
        {
            streamed.Add(result);
        }

        await foreach (var result in pool.StreamAsync(Later(), Twice))
        {
            streamed.Add(result);
        }

        streamed.ShouldBe([2, 4, 6, 0, 2, 4]);
        await pool.ForEachAsync(Later(), static (int _) => { });
        pool.Calls.Count.ShouldBe(10);
        pool.Calls.ShouldContain("run Twice");
        pool.GetInsights().Tasks.ShouldContain(static task => task.Name.EndsWith("Twice", StringComparison.Ordinal) && task.Succeeded >= 4);
        await pool.ShutdownAsync();
        pool.Status.ShouldBe(ProcessPoolStatus.Ended);
    });

    [Fact]
    public Task Errors_tokens_and_options_are_those_of_the_pool() => Watchdog.Run(async () =>
    {
        await using IProcessPool pool = new ProcessPool(new() { Workers = 1, CancellationGrace = TimeSpan.FromMilliseconds(50) });
        (await Should.ThrowAsync<InvalidOperationException>(() => pool.RunAsync(Fail, 1))).Message.ShouldBe("one");
        await Should.ThrowAsync<WorkerDiedException>(() => pool.RunAsync(() => Environment.Exit(3)));
        await Should.ThrowAsync<TimeoutException>(
            () => pool.RunAsync(() => Thread.Sleep(Timeout.Infinite), new TaskOptions { Timeout = TimeSpan.FromMilliseconds(100) }));
        using var source = new CancellationTokenSource(100);
        await Should.ThrowAsync<OperationCanceledException>(() => pool.RunAsync(() => Thread.Sleep(Timeout.Infinite), cancellationToken: source.Token));
        await Should.ThrowAsync<InvalidOperationException>(() => pool.MapAsync([0, 1], Fail));
        (await pool.RunAsync(() => 1)).ShouldBe(1);
        await pool.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(() => pool.RunAsync(() => 1));
    });

    [Fact]
    public void A_missing_pool_body_or_source_is_named()
    {
        IProcessPool pool = new ProcessPool(new() { Workers = 0 });
        Should.Throw<ArgumentNullException>(() => ((IProcessPool)null!).RunAsync(() => 1)).ParamName.ShouldBe("pool");
        Should.Throw<ArgumentNullException>(() => pool.RunAsync((Func<int>)null!)).ParamName.ShouldBe("body");
        Should.Throw<ArgumentNullException>(() => pool.RunAsync((PoolCall<int>)null!)).ParamName.ShouldBe("call");
        ((IDisposable)pool).Dispose();
    }
}
