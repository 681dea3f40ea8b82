using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// The shared objects of this process. There is one object for each segment, however many wrappers refer to it, so a process holds a segment once.
/// An object with references is always in the table, which keeps its segment mapped: wrappers are released by finalizers, and the finalizer of an
/// unreachable segment could unmap it before them.
/// <para>
/// Nothing waits under the gate. Opening a segment and releasing it take locks in shared memory, whose owner may be a stopped process; so the thread
/// that does it claims the segment under the gate, works outside of it, and ends the claim under it. Other threads wait only for a claim on the
/// segment that they want themselves. Every claim ends: the lock of an object is waited for 10 s and the table lock 30 s. Killed with a claim: claims
/// are memory of this process, and its hold on the segment is released like all its holds.
/// </para>
/// </summary>
internal sealed class ObjectRegistry(ParticipantTable participants, SegmentTable segments, Participation participation)
{
    // A monitor and no Lock, which cannot be waited at.
    private readonly object _gate = new();
    private readonly ObjectTable _objects = new();
    private readonly PrecompiledList<SegmentId> _claims = new();
    private readonly IdleMappings _idle = new(segments);

    /// <summary>
    /// Gets or sets the name of the object that the next call of <see cref="Create"/> creates. Used under the session's name lock, which only one
    /// thread of all processes owns.
    /// </summary>
    public NewName? NextName { get; set; }

    /// <summary>
    /// Creates a segment and the object in it. This process holds the segment. The caller has one reference, which it gives back with
    /// <see cref="Release"/>.
    /// </summary>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the segment.</exception>
    /// <exception cref="ObjectDisposedException">This process has left the session.</exception>
    public TObject Create<TObject>(SegmentKind kind, long size, Func<Segment, TObject> make)
        where TObject : SharedObject
    {
        participation.ThrowIfEnded();
        var name = NextName;

        // The name's page follows the object's own bytes, which then fill whole pages.
        var segment = name is null
            ? segments.Create(kind, size, SegmentId.None)
            : segments.Create(kind, ((size + 4095) & ~4095L) + NamePage.Size, SegmentId.None, ObjectName.HashOf(name.Name));
        try
        {
            if (name is not null)
            {
                NamePage.Write(segment, name.Name, name.Identity);
            }

            var created = make(segment);
            lock (_gate)
            {
                AssertInvariants();
                participation.ThrowIfEnded();
                Add(created);
            }

            return created;
        }
        catch
        {
            segments.Release(segment.Id, participants.Self.Slot);
            throw;
        }
    }

    /// <summary>
    /// Returns the object in the segment: the existing one of this process, or a new one from <paramref name="make"/>. The caller has one reference
    /// to it.
    /// </summary>
    /// <param name="id">The segment.</param>
    /// <param name="make">Creates the object.</param>
    /// <param name="arrives">Whether a handle in flight arrives with this call. It is over in any case when the call returns or throws.</param>
    /// <returns>Null if the segment has been freed.</returns>
    /// <exception cref="InvalidDataException">The segment is of another kind.</exception>
    public TObject? Open<TObject>(SegmentId id, Func<Segment, TObject> make, bool arrives = false)
        where TObject : SharedObject
    {
        TObject? known = null;
        lock (_gate)
        {
            AssertInvariants();
            WaitForClaim(id);
            participation.ThrowIfEnded();
            if (_objects.Find(id) is { } found)
            {
                // A damaged handle: the number in flight is that of other handles, and stays.
                known = found as TObject ?? throw new InvalidDataException(
                    $"Segment {id.Index}-{id.Generation} is not a {typeof(TObject).Name}, but a {found.GetType().Name}: the message is damaged.");
                known.References++;
                known.Openings++;
            }
            else
            {
                _claims.Add(id);
            }
        }

        if (known is not null)
        {
            if (arrives)
            {
                segments.AddInFlight(id, -1);
            }

            return known;
        }

        TObject? opened = null;
        try
        {
            opened = OpenClaimed(id, make, arrives);
        }
        finally
        {
            lock (_gate)
            {
                EndClaim(id);
                if (opened is not null)
                {
                    Add(opened);
                }
            }
        }

        return opened;
    }

    /// <summary>
    /// Gives back one reference and wakes the object's waiters. The last one also releases this process's hold on the segment. Once the process has
    /// left the session, no shared memory is touched: a finalizer may call this after the memory was unmapped by its own finalizer.
    /// </summary>
    public void Release(SharedObject released)
    {
        bool isLast;
        lock (_gate)
        {
            AssertInvariants();
            Debug.Assert(released.References > 0, "A reference to a shared object was given back twice.");
            isLast = --released.References == 0;
            if (isLast)
            {
                _objects.Remove(released);
            }

            if (participation.HasEnded)
            {
                return;
            }

            if (isLast)
            {
                _claims.Add(released.Segment.Id);
            }
        }

        if (isLast)
        {
            ReleaseClaimed(released);
        }

        KillPoints.Pass(KillPoint.ObjectReleased);

        // Waiters of other processes then see that one holder has released the object, and waiters of this process that their wrapper was disposed.
        released.WakeAll();
    }

    /// <summary>Adds a reference for the body of a child, which keeps the object until the child has read it.</summary>
    public KeptObject KeepForBody(SharedObject kept)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(kept.References == 0, kept);
            kept.References++;
            kept.InBodies++;
        }

        return new KeptObject(kept);
    }

    /// <summary>Adds a reference to an object to which the caller has one.</summary>
    public void AddReference(SharedObject shared)
    {
        lock (_gate)
        {
            Debug.Assert(shared.References > 0, "A reference is added to an object that has none.");
            shared.References++;
        }
    }

    /// <summary>Adds a reference to an object if this process still has one.</summary>
    public bool TryAddReference(SharedObject shared)
    {
        lock (_gate)
        {
            if (shared.References == 0 || participation.HasEnded)
            {
                return false;
            }

            shared.References++;
            return true;
        }
    }

    /// <summary>
    /// Adds a reference to an object if the caller's is the only one in all processes and messages. Between the two looks at this process's
    /// references none was taken, so while the table is read no other thread here could send or receive the object.
    /// </summary>
    public bool TryTakeAlone(SharedObject shared)
    {
        int openings;
        lock (_gate)
        {
            if (shared.References != 1 || participation.HasEnded)
            {
                return false;
            }

            openings = shared.Openings;
        }

        if (!segments.IsHeldOnlyHere(shared.Segment.Id))
        {
            return false;
        }

        lock (_gate)
        {
            if (shared.References != 1 || shared.Openings != openings)
            {
                return false;
            }

            shared.References++;
            shared.Openings++;
            return true;
        }
    }

    public void ReleaseFromBody(SharedObject kept)
    {
        lock (_gate)
        {
            kept.InBodies--;
        }

        Release(kept);
    }

    /// <summary>Returns the segment if this process has an object in it.</summary>
    public Segment? FindMapped(SegmentId id)
    {
        lock (_gate)
        {
            return _objects.Find(id)?.Segment;
        }
    }

    /// <summary>
    /// Detaches all objects of this process when it leaves the session. No object is added any more, and the thread that has claimed a segment
    /// detaches its object.
    /// </summary>
    public void DetachAll()
    {
        Debug.Assert(participation.HasEnded, "Objects could still be added.");
        SharedObject[] all;
        lock (_gate)
        {
            AssertInvariants();
            WaitForAllClaims();
            all = _objects.Copy();
        }

        foreach (var shared in all)
        {
            Detach(shared);
            shared.Segment.NoteRelease(participants.Self);
            shared.WakeAll();
        }
    }

    private static void Detach(SharedObject detached)
    {
        try
        {
            detached.Detach();
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidDataException)
        {
            // A process is stopped inside a lock of the object, or its memory is damaged. A release must not fail, for a finalizer may call it. What
            // the object still refers to is a leftover, which is removed when the session ends.
            MultiprocessingLogging.LeavingFailed(exception);
        }
    }

    private TObject? OpenClaimed<TObject>(SegmentId id, Func<Segment, TObject> make, bool arrives)
        where TObject : SharedObject
    {
        if (segments.Open(id, hold: true, arrives, _idle.Take(id)) is not { } segment)
        {
            return null;
        }

        try
        {
            segment.ThrowIfUnfinished();
            return make(segment);
        }
        catch
        {
            segments.Release(id, participants.Self.Slot);
            throw;
        }
    }

    /// <summary>
    /// Killed before the hold is released: the process that reports the death releases it. Meanwhile no thread of this process opens the segment, for
    /// it would become a holder whose hold ends here.
    /// </summary>
    private void ReleaseClaimed(SharedObject released)
    {
        try
        {
            Detach(released);
            KillPoints.Pass(KillPoint.ObjectDetached);
            released.Segment.NoteRelease(participants.Self);
            KillPoints.Pass(KillPoint.ObjectReleaseNoted);
            if (segments.Release(released.Segment.Id, participants.Self.Slot) && released.KeepsMapping)
            {
                _idle.Keep(released.Segment);
            }
        }
        catch (TimeoutException exception)
        {
            // As in Detach. The hold is released when this process leaves the session or its death is reported.
            MultiprocessingLogging.LeavingFailed(exception);
        }
        finally
        {
            lock (_gate)
            {
                EndClaim(released.Segment.Id);
            }
        }
    }

    private void Add(SharedObject added)
    {
        Debug.Assert(Monitor.IsEntered(_gate), "The objects are changed without the gate.");
        added.References = 1;
        _objects.Add(added);
    }

    private void EndClaim(SegmentId id)
    {
        _claims.RemoveAt(IndexOfClaim(id));
        AssertInvariants();
        Monitor.PulseAll(_gate);
    }

    private int IndexOfClaim(SegmentId id)
    {
        Debug.Assert(Monitor.IsEntered(_gate), "The claims are read without the gate.");
        var index = _claims.Count - 1;
        while (index >= 0 && _claims[index] != id)
        {
            index--;
        }

        return index;
    }

    private void WaitForClaim(SegmentId id)
    {
        if (IndexOfClaim(id) < 0)
        {
            return;
        }

        var deadline = Deadline.After(WaitTimings.Claim);
        do
        {
            if (!Monitor.Wait(_gate, deadline.Remaining) && IndexOfClaim(id) >= 0)
            {
                throw new TimeoutException(
                    $"Segment {id.Index}-{id.Generation} has been opened or released by another thread of this process for "
                    + $"{WaitTimings.Claim.TotalSeconds:0} s. Is the thread, or a process that it waits for, stopped (SIGSTOP, a debugger)?");
            }
        }
        while (IndexOfClaim(id) >= 0);
    }

    private void WaitForAllClaims()
    {
        var deadline = Deadline.After(WaitTimings.Claim);
        while (_claims.Count > 0 && Monitor.Wait(_gate, deadline.Remaining))
        {
            // A claim has ended, and there may be others.
        }
    }

    /// <summary>
    /// A claimed segment has no object in the table: one that is being opened is not there yet, and one that is being released is not there any more.
    /// </summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(Monitor.IsEntered(_gate), "The registry is used without its gate.");
        for (var i = 0; i < _claims.Count; i++)
        {
            Debug.Assert(_objects.Find(_claims[i]) is null, "A segment is opened or released while this process uses the object in it.");
        }
    }
}
