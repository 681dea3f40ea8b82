using System.Collections;
using System.Collections.Immutable;

namespace Multiprocessing;

/// <summary>Which sources never block: the collections of the framework.</summary>
internal static class PlainSource
{
    /// <summary>
    /// Whether enumerating the source runs no code that could block: it is a collection, and one of the framework's own, because the enumerator of
    /// any other may do anything. Everything else, including queries, is enumerated on a thread of its own.
    /// </summary>
    public static bool IsReady<TItem>(IEnumerable<TItem> source) =>
        source is TItem[] or List<TItem> or string
        || (source is ICollection<TItem> or IReadOnlyCollection<TItem> or ICollection && IsOfFramework(source.GetType()));

    /// <summary>Returns the number of items if the source knows it without being enumerated. Calls code of the source's type.</summary>
    public static long? CountOf<TItem>(IEnumerable<TItem> source) => source.TryGetNonEnumeratedCount(out var count) ? count : null;

    private static bool IsOfFramework(Type type) =>
        type.Assembly == typeof(object).Assembly || type.Assembly == typeof(HashSet<>).Assembly
        || type.Assembly == typeof(Stack<>).Assembly || type.Assembly == typeof(Enumerable).Assembly
        || type.Assembly == typeof(System.Collections.Concurrent.ConcurrentBag<>).Assembly || type.Assembly == typeof(ImmutableArray).Assembly;
}

/// <summary>A source that does not block: the reader itself enumerates it.</summary>
internal sealed class PlainSource<TItem>(IEnumerable<TItem> items) : StreamSource<TItem>
{
    private readonly IEnumerator<TItem> _items = items.GetEnumerator();
    private bool _hasEnded;
    private Exception? _error;

    public override long? Count => PlainSource.CountOf(items);

    public override bool IsDrained => _hasEnded;

    public override Exception? Error => _error;

    public override bool HasItems => false;

    public override TItem[] Take(int max)
    {
        var items = new TItem[max];
        var count = 0;
        try
        {
            while (count < max && (_hasEnded = !_items.MoveNext()) is false)
            {
                items[count++] = _items.Current;
            }
        }
        catch (Exception exception)
        {
            _error = exception; // changed while it was enumerated
            _hasEnded = true;
        }

        return count == max ? items : items[..count];
    }

    public override ValueTask DisposeAsync()
    {
        _items.Dispose();
        return default;
    }
}
