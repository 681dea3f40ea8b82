using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// The forms of <c>RunAsync</c>, <c>MapAsync</c>, <c>MapOutcomesAsync</c>, <c>StreamAsync</c>, <c>StreamOutcomesAsync</c> and <c>ForEachAsync</c> for
/// each <see cref="IProcessPool"/>. They are those of <see cref="ProcessPool"/>, with the same order among overloads.
/// </summary>
/// <example>
/// <code>
/// await using IProcessPool pool = new ProcessPool();
/// int answer = await pool.RunAsync((a, b) => a * b, 6, 7);
/// await foreach (string line in pool.StreamAsync([" a", "b "], text => text.Trim()))
/// {
///     Console.WriteLine(line);
/// }
/// </code>
/// </example>
public static partial class ProcessPoolExtensions
{
    private static T Required<T>(T value, [CallerArgumentExpression(nameof(value))] string? name = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return value;
    }

    private static PoolCall<TResult> CallOf<TResult>(ChildCall call, Delegate body) => new(call, body, hasResult: true);

    private static PoolCall<bool> ActionOf(ChildCall call, Delegate body) => new(call, body, hasResult: false);

    private static ItemBody<TItem, TResult> BodyOf<TItem, TResult>(PoolBody poolBody, Delegate body) => new(poolBody, body, hasResult: true);

    private static ItemBody<TItem, bool> ActionOf<TItem>(PoolBody poolBody, Delegate body) => new(poolBody, body, hasResult: false);

    private static Task<TResult> Run<TResult>(
        IProcessPool pool, PoolCall<TResult> call, TaskOptions? options, CancellationToken cancellationToken) =>
        Required(pool).RunAsync(call, options, cancellationToken);

    private static Task<TResult[]> Map<TItem, TResult>(
        IProcessPool pool, IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options, CancellationToken cancellationToken) =>
        Required(pool).MapAsync(source, body, options, cancellationToken);

    private static Task<Outcome<TResult>[]> MapOutcomes<TItem, TResult>(
        IProcessPool pool, IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options, CancellationToken cancellationToken) =>
        Required(pool).MapOutcomesAsync(source, body, options, cancellationToken);

    private static IAsyncEnumerable<Outcome<TResult>> StreamOutcomes<TItem, TResult>(
        IProcessPool pool, IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options, CancellationToken cancellationToken) =>
        Required(pool).StreamOutcomesAsync(source, body, options, cancellationToken);

    private static IAsyncEnumerable<Outcome<TResult>> StreamOutcomes<TItem, TResult>(
        IProcessPool pool, IAsyncEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options, CancellationToken cancellationToken) =>
        Required(pool).StreamOutcomesAsync(source, body, options, cancellationToken);

    private static IAsyncEnumerable<TResult> Stream<TItem, TResult>(
        IProcessPool pool, IEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options, CancellationToken cancellationToken) =>
        ProcessPool.ResultsOf(StreamOutcomes(pool, source, body, options, cancellationToken));

    private static IAsyncEnumerable<TResult> Stream<TItem, TResult>(
        IProcessPool pool, IAsyncEnumerable<TItem> source, ItemBody<TItem, TResult> body, MapOptions? options, CancellationToken cancellationToken) =>
        ProcessPool.ResultsOf(StreamOutcomes(pool, source, body, options, cancellationToken));

    private static Task DrainAsync<TItem>(
        IProcessPool pool, IEnumerable<TItem> source, ItemBody<TItem, bool> body, MapOptions? options, CancellationToken cancellationToken) =>
        ProcessPool.DrainAsync(StreamOutcomes(pool, source, body, options, cancellationToken));

    private static Task DrainAsync<TItem>(
        IProcessPool pool, IAsyncEnumerable<TItem> source, ItemBody<TItem, bool> body, MapOptions? options, CancellationToken cancellationToken) =>
        ProcessPool.DrainAsync(StreamOutcomes(pool, source, body, options, cancellationToken));
}
