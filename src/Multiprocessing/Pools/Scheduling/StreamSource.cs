namespace Multiprocessing;

/// <summary>The source of a stream's items, whether it may block or not. Used by one reader.</summary>
internal abstract class StreamSource<TItem> : IAsyncDisposable
{
    /// <summary>The number of items, if the source knows it without being enumerated. Calls code of the source's type.</summary>
    public virtual long? Count => null;

    /// <summary>All items were taken, and no more will follow.</summary>
    public abstract bool IsDrained { get; }

    /// <summary>The exception of the source, once it has ended.</summary>
    public abstract Exception? Error { get; }

    /// <summary>There may be items now that were not available at the last <see cref="Take"/>, or the source has ended.</summary>
    public abstract bool HasItems { get; }

    /// <summary>Returns the items that are available.</summary>
    /// <param name="max">The maximum number; from now on this many, including those returned here, may be read from the source.</param>
    public abstract TItem[] Take(int max);

    /// <summary>Reads nothing more from the source, and disposes of its enumerator.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>Opens the source of a stream for a reader, which is signalled that there may be items.</summary>
internal static class StreamSource
{
    public static Func<Action, StreamSource<TItem>> Of<TItem>(IEnumerable<TItem> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return signal => PlainSource.IsReady(source) ? new PlainSource<TItem>(source) : new BlockingSource<TItem>(source, signal);
    }

    public static Func<Action, StreamSource<TItem>> Of<TItem>(IAsyncEnumerable<TItem> source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        return signal => new AsyncSource<TItem>(source, signal, cancellationToken);
    }
}
