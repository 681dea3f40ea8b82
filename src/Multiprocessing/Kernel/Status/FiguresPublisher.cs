namespace Multiprocessing;

/// <summary>
/// Publishes the counts of this process for the metrics that the root reports for its whole tree: the root reads the pools and services of its
/// children there. Whenever the root reads its metrics, it writes the time into a word of the session. While the time is recent, each other process
/// that has something to count writes its <see cref="FiguresFile"/> if a count has changed, on the thread of the <see cref="StatusPublisher"/>, and
/// once more when it leaves the session. Called by that class only, one thread at a time, except for <see cref="Add"/> and <see cref="IsAsked"/>.
/// </summary>
internal static unsafe class FiguresPublisher
{
    /// <summary>How long one reading makes processes write, in milliseconds: longer than exporters usually wait, which is a minute.</summary>
    private const long ReadingLasts = 150_000;

    private static readonly Lock Gate = new();
    private static StatusDocument? _document;
    private static IStatusSource[] _sources = [];
    private static byte[] _written = [];

    /// <summary>Publishes the source from now on. Does nothing if it is published.</summary>
    public static void Add(IStatusSource source)
    {
        lock (Gate)
        {
            if (!_sources.Contains(source))
            {
                Volatile.Write(ref _sources, [.. _sources, source]);
            }
        }
    }

    /// <summary>The root reads its metrics.</summary>
    public static void Ask(Session session) => Volatile.Write(ref session.Memory.Header->MeasuredAt, Environment.TickCount64);

    /// <summary>Returns whether the root has read its metrics lately, and this process has something for them.</summary>
    public static bool IsAsked(Session session)
    {
        if (session.IsRoot || Volatile.Read(ref _sources).Length == 0)
        {
            return false;
        }

        var measuredAt = Volatile.Read(ref session.Memory.Header->MeasuredAt);
        return measuredAt != 0 && Math.Abs(Environment.TickCount64 - measuredAt) < ReadingLasts;
    }

    /// <exception cref="IOException">There is no room, or the session was removed.</exception>
    public static void Write(Session session)
    {
        _document ??= new StatusDocument();
        var document = _document.Write(Volatile.Read(ref _sources), Remove, hasTime: false);
        if (!document.SequenceEqual(_written))
        {
            StatusFile.Write(FiguresFile.PathOf(session.Directory, session.Self), document);
            _written = document.ToArray();
        }
    }

    private static void Remove(IStatusSource source)
    {
        lock (Gate)
        {
            Volatile.Write(ref _sources, [.. _sources.Where(known => known != source)]);
        }
    }
}
