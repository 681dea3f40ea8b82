using System.Diagnostics;
using System.Numerics;

namespace Multiprocessing;

/// <summary>
/// The names of the objects in the session of the named objects: finds an object by its name, or creates it. Everything happens under the name lock,
/// an owner lock of the session that is taken before the table lock. The lock guards nothing that could be half done: if its owner is killed while it
/// creates an object, the new segment's only holder is dead, and the lock's next owner frees the segment before it searches for the name.
/// </summary>
internal sealed unsafe class NameRegistry(
    SessionMemory memory,
    ParticipantTable participants,
    SegmentTable segments,
    Liveness liveness,
    ObjectRegistry objects,
    Participation participation,
    NamedDirectory directory)
{
    /// <summary>Gets the directory in which the programs meet.</summary>
    public NamedDirectory Directory => directory;

    private int* NameLock => &memory.Header->NameLock;

    /// <summary>Returns the object of a name, opened or created. If several processes ask at once, exactly one creates it.</summary>
    /// <param name="name">A checked name.</param>
    /// <param name="wanted">What the object must be.</param>
    /// <param name="open">Opens the object in the segment; null if the segment has been freed.</param>
    /// <param name="create">Creates the object; null to create none.</param>
    /// <returns>Null if there is no such object.</returns>
    public TObject? Find<TObject>(string name, in NamedIdentity wanted, Func<SegmentId, TObject?> open, Func<TObject>? create)
        where TObject : class
    {
        participation.ThrowIfEnded();
        if (OwnerLock.Enter(NameLock, participants, Deadline.Now, stoppedAfter: WaitTimings.StoppedOwnerOfTable) is OwnerLock.Result.TimedOut)
        {
            throw new TimeoutException(
                $"The names have been locked for {WaitTimings.StoppedOwnerOfTable.TotalSeconds:0} s by "
                + $"{OwnerLock.Describe(NameLock, participants)}, which is alive but does not release them. Is it stopped (SIGSTOP, a debugger)?");
        }

        try
        {
            while (Find(name, out var page) is { } id)
            {
                wanted.Check(ObjectName.Shown(name), page);
                if (open(id) is { } opened)
                {
                    return opened;
                }
            }

            if (create is null)
            {
                return null;
            }

            objects.NextName = new NewName(name, wanted);
            return create();
        }
        finally
        {
            objects.NextName = null;
            OwnerLock.Exit(NameLock);
        }
    }

    /// <summary>Finds the segment of the name that a living process holds or that is in flight.</summary>
    private SegmentId? Find(string name, out NamePage page)
    {
        AssertLocked();
        var hash = ObjectName.HashOf(name);
        for (var index = 1; index < Volatile.Read(ref memory.Header->SegmentsUsed); index++)
        {
            var entry = segments[index];
            if (entry->State != (int)SegmentState.Live || entry->NameHash != hash)
            {
                continue;
            }

            var id = new SegmentId(index, entry->Generation);
            for (var word = 0; word < ParticipantTable.Capacity / 64; word++)
            {
                for (var bits = Volatile.Read(ref entry->Holders[word]); bits != 0; bits &= bits - 1)
                {
                    liveness.ReportIfDead((word * 64) + BitOperations.TrailingZeroCount(bits));
                }
            }

            if (segments.IsCurrent(id) && segments.Open(id, hold: false) is { } segment)
            {
                // A segment without its magic number was given up before it was finished.
                var isFinished = Volatile.Read(ref segment.Header->Magic) == SegmentHeader.ExpectedMagic;
                page = NamePage.Read(segment);
                segment.Unmap();
                if (isFinished && page.Name == name)
                {
                    return id;
                }
            }
        }

        page = default;
        return null;
    }

    [Conditional("DEBUG")]
    private void AssertLocked() =>
        Debug.Assert(OwnerLock.IsOwnedBy(NameLock, participants.SelfWord), "The names are read without the name lock.");
}
