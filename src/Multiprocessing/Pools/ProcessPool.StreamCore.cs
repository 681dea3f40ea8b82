using System.Runtime.CompilerServices;

namespace Multiprocessing;

public partial class ProcessPool
{
    private protected IAsyncEnumerable<Outcome<TResult>> StreamCore<TItem, TResult>(
        Func<Action, StreamSource<TItem>> open,
        PoolBody poolBody,
        Delegate body,
        bool hasResult,
        MapOptions? options,
        CancellationToken cancellationToken) =>
        ItemStream.Run(
            (own, _) => ItemsOf<TItem, TResult>(poolBody, body, hasResult, options, own), open, options, cancellationToken);

    private protected static Func<Action, StreamSource<TItem>> From<TItem>(IEnumerable<TItem> source) => StreamSource.Of(source);

    private protected static Func<Action, StreamSource<TItem>> From<TItem>(IAsyncEnumerable<TItem> source, CancellationToken cancellationToken) =>
        StreamSource.Of(source, cancellationToken);

    /// <summary>Returns the results, or throws the first error.</summary>
    internal static async IAsyncEnumerable<TResult> ResultsOf<TResult>(
        IAsyncEnumerable<Outcome<TResult>> outcomes,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var outcome in outcomes.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return outcome.Result;
        }
    }

    internal static async Task DrainAsync<TResult>(IAsyncEnumerable<Outcome<TResult>> outcomes)
    {
        await foreach (var outcome in outcomes.ConfigureAwait(false))
        {
            _ = outcome.Result;
        }
    }
}
