namespace Multiprocessing;

/// <summary>
/// The pools of this process, for the metrics. Owns the list of those that live, and the last counts of those that have ended: a counter never falls.
/// Thread-safe.
/// </summary>
internal static class PoolList
{
    /// <summary>A program that creates pools without end keeps the counts of so many of them; those of older ones are lost.</summary>
    private const int MaxEnded = 256;

    private static readonly Lock Gate = new();
    private static readonly HashSet<PoolCore> Living = [];
    private static readonly Queue<PoolFigures> Ended = new();

    public static void Add(PoolCore pool)
    {
        lock (Gate)
        {
            Living.Add(pool);
        }

        FiguresPublisher.Add(PoolFiguresStatus.Instance);
    }

    /// <summary>The pool has ended.</summary>
    public static void Retire(PoolCore pool)
    {
        var last = pool.ToFigures().WithoutState();
        lock (Gate)
        {
            if (Living.Remove(pool))
            {
                Ended.Enqueue(last);
                if (Ended.Count > MaxEnded)
                {
                    Ended.Dequeue();
                }
            }
        }
    }

    /// <summary>Returns the counts of all pools that this process has or had.</summary>
    public static List<PoolFigures> Read()
    {
        PoolCore[] living;
        List<PoolFigures> all;
        lock (Gate)
        {
            living = [.. Living];
            all = [.. Ended];
        }

        // Without this lock: a pool calls Retire while it holds its own. One that retires meanwhile is counted here, and among the ended ones next
        // time.
        all.AddRange(living.Select(static pool => pool.ToFigures()));
        return all;
    }
}
