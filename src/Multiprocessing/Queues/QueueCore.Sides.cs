using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// The two sides of a queue that is a direction of a pipe: one segment for the processes that put and one for those that take. A side has ended when
/// its segment was freed: no process holds it and no handle of it is in flight. That is final, and one read of the table shows it. Such a queue is
/// never abandoned; its waits end with the side that they wait for.
/// </summary>
internal sealed unsafe partial class QueueCore
{
    private SegmentId _writers;
    private SegmentId _readers;
    private long _sidesCheckedAt;
    private int _sidesDeaths;

    /// <summary>Gets whether the queue is a direction of a pipe.</summary>
    public bool HasSides => !_writers.IsNone;

    /// <summary>Names the sides. All processes name the same ones, before they use the queue.</summary>
    public void NameSides(SegmentId writers, SegmentId readers)
    {
        _readers = readers;
        _writers = writers;
    }

    /// <summary>
    /// Gets whether the side that a wait of this kind waits for has ended. Acquire: read before a try to take, it proves that the try has seen all
    /// items that will ever be put.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasEnded(QueueWaitKind kind)
    {
        if (SideOf(kind) is not { IsNone: false } side || Session.Segments.IsCurrent(side))
        {
            return false;
        }

        Volatile.ReadBarrier();
        return true;
    }

    /// <summary>
    /// The same, and reports the deaths of the side's holders that no process has reported yet. Slow: asks the operating system, every
    /// <see cref="WaitTimings.SearchInterval"/> and after each death.
    /// </summary>
    public bool HasEndedNow(QueueWaitKind kind)
    {
        if (HasEnded(kind))
        {
            return true;
        }

        var now = Environment.TickCount64;
        var deaths = Session.Liveness.Deaths;
        if (now - _sidesCheckedAt >= WaitTimings.SearchInterval || deaths != _sidesDeaths)
        {
            _sidesCheckedAt = now;
            _sidesDeaths = deaths;
            ReportDeadHolders(_writers);
            ReportDeadHolders(_readers);
        }

        return HasEnded(kind);
    }

    /// <summary>For a sleeper, which has its own interval.</summary>
    private void ReportDeadHolders(SegmentId side)
    {
        if (!side.IsNone && !Session.Liveness.ParentHolds(side))
        {
            // A report releases the dead participant's holds, so it may free the side.
            _ = Session.Segments.AnyHolder(
                side,
                slot => slot != _members.Self.Slot && !Session.Liveness.IsDeathReported(new ParticipantId(slot, _members[slot]->Generation)));
        }
    }

    private SegmentId SideOf(QueueWaitKind kind) => kind switch
    {
        QueueWaitKind.Data => _writers,
        QueueWaitKind.Space => _readers,
        _ => SegmentId.None,
    };
}
