namespace Multiprocessing;

/// <summary>One shared value in this process.</summary>
/// <param name="Id">The segment with its bytes.</param>
/// <param name="Creator">The process that shared it. While it holds the segment, more handles may arrive.</param>
/// <param name="Length">The number of bytes.</param>
/// <param name="Value">The value: the original, or this process's copy.</param>
internal sealed record SharedInputEntry(SegmentId Id, ParticipantId Creator, long Length, object? Value);

/// <summary>
/// The shared values of this process: the next task with the same one finds it here. A copy is forgotten when its creator does not hold the segment
/// any more, because then no other handle can arrive. That is checked every two seconds. Thread-safe.
/// </summary>
internal static class SharedInputs
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly Lock Gate = new();
    private static readonly List<SharedInputEntry> Entries = [];
    private static readonly IdleTimer Timer = new(Interval, ForgetUnused);

    /// <summary>Gets the number of values that this process has.</summary>
    public static int Count
    {
        get
        {
            lock (Gate)
            {
                return Entries.Count;
            }
        }
    }

    public static SharedInputEntry? Find(SegmentId id)
    {
        lock (Gate)
        {
            return FindEntry(id);
        }
    }

    /// <summary>Adds a value.</summary>
    /// <returns>The value that another thread has added meanwhile, or this one.</returns>
    public static SharedInputEntry Add(SharedInputEntry added)
    {
        lock (Gate)
        {
            if (FindEntry(added.Id) is { } known)
            {
                return known;
            }

            Entries.Add(added);
            if (!IsOwn(added))
            {
                Timer.Set();
            }

            return added;
        }
    }

    public static void Remove(SharedInputEntry removed)
    {
        lock (Gate)
        {
            Entries.Remove(removed);
        }
    }

    private static SharedInputEntry? FindEntry(SegmentId id)
    {
        foreach (var entry in Entries)
        {
            if (entry.Id == id)
            {
                return entry;
            }
        }

        return null;
    }

    private static bool IsOwn(SharedInputEntry entry) => entry.Creator == Session.Current.Self;

    private static void ForgetUnused()
    {
        lock (Gate)
        {
            Timer.Fired();
            var session = Session.Current;
            var others = 0;
            for (var i = Entries.Count - 1; i >= 0; i--)
            {
                var entry = Entries[i];
                if (IsOwn(entry))
                {
                    continue;
                }

                if (session.HasLeft || !session.Segments.IsCurrent(entry.Id) || !session.Segments.IsHeldBy(entry.Id, entry.Creator.Slot))
                {
                    Entries.RemoveAt(i);
                }
                else
                {
                    others++;
                }
            }

            if (others > 0)
            {
                Timer.Set();
            }
        }
    }
}
