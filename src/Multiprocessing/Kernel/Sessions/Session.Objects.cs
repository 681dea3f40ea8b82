namespace Multiprocessing;

/// <summary>The objects of this process that lie in segments: one per segment however many wrappers there are, so a process holds a segment once.</summary>
internal sealed unsafe partial class Session
{
    private readonly Lock _objectsGate = new();
    private readonly ObjectTable _objects = new();

    /// <summary>Creates a segment for a new object; this process holds it. The wrapper that asks has one reference, to be given back by <see cref="Release"/>.</summary>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    /// <exception cref="ObjectDisposedException">This process has left the session.</exception>
    internal TObject Create<TObject>(SegmentKind kind, long size, Func<Session, Segment, TObject> make)
        where TObject : SharedObject
    {
        ThrowIfLeft();
        if (_naming is { } naming)
        {
            // Pages are full here: what comes behind the object's own bytes is a page of the name's.
            return CreateIn(Segments.Create(kind, ((size + 4095) & ~4095L) + NamePage.Size, SegmentId.None, ObjectName.HashOf(naming.Name)), make, naming);
        }

        return CreateIn(Segments.Create(kind, size, SegmentId.None), make, null);
    }

    private TObject CreateIn<TObject>(Segment segment, Func<Session, Segment, TObject> make, (string Name, NamedIdentity Identity)? naming)
        where TObject : SharedObject
    {
        try
        {
            if (naming is { } named)
            {
                NamePage.Write(segment, named.Name, named.Identity);
            }

            var created = make(this, segment);
            lock (_objectsGate)
            {
                _objects.Add(created);
            }

            created.References = 1;
            return created;
        }
        catch
        {
            Segments.Release(segment.Id, Self.Slot);
            throw;
        }
    }

    /// <summary>The object in the segment: the one this process has already, or a new one made by <paramref name="make"/>.</summary>
    /// <returns>Null if the segment is gone.</returns>
    internal TObject? Open<TObject>(SegmentId id, Func<Session, Segment, TObject> make)
        where TObject : SharedObject
    {
        ThrowIfLeft();
        lock (_objectsGate)
        {
            var known = _objects.Find(id);
            if (known is null)
            {
                if (Segments.Open(id, hold: true) is not { } segment)
                {
                    return null;
                }

                try
                {
                    if (Volatile.Read(ref segment.Header->Magic) != SegmentHeader.ExpectedMagic || segment.Header->LayoutVersion != SegmentHeader.ExpectedVersion)
                    {
                        throw new InvalidDataException($"Segment {id.Index}-{id.Generation} of '{Directory}' was not finished by its creator, or is of another build of the library.");
                    }

                    known = make(this, segment);
                }
                catch
                {
                    Segments.Release(id, Self.Slot);
                    throw;
                }

                _objects.Add(known);
            }

            known.References++;
            return (TObject)known;
        }
    }

    /// <summary>
    /// Gives a wrapper's reference back and wakes who waits; with the last one this process lets go of the segment. After the process has left the session it touches
    /// no shared memory: a finalizer may come here when the memory was unmapped by its own.
    /// </summary>
    internal void Release(SharedObject released)
    {
        lock (_objectsGate)
        {
            var last = --released.References == 0;
            if (last)
            {
                _objects.Remove(released);
            }

            if (HasLeft)
            {
                return;
            }

            if (last)
            {
                released.Detach();
                KillPoints.Pass(KillPoint.ObjectDetached);
                NoteGone(released.Segment.Header, Self);
                KillPoints.Pass(KillPoint.ObjectGoingNoted);
                try
                {
                    Segments.Release(released.Segment.Id, Self.Slot);
                }
                catch (TimeoutException exception)
                {
                    // Letting go must not fail, and a finalizer may be the one that does: the hold goes with this process.
                    MultiprocessingLogging.LeavingFailed(exception);
                }
            }
        }

        KillPoints.Pass(KillPoint.ObjectReleased);

        // Those who wait for somebody to come see that one has gone, and those who wait here that their wrapper was disposed.
        released.WakeAll();
    }

    internal KeptObject KeepForBody(SharedObject kept)
    {
        lock (_objectsGate)
        {
            ObjectDisposedException.ThrowIf(kept.References == 0, kept);
            kept.References++;
            kept.InBodies++;
        }

        return new KeptObject(kept);
    }

    internal void ReleaseFromBody(SharedObject kept)
    {
        lock (_objectsGate)
        {
            kept.InBodies--;
        }

        Release(kept);
    }

    private Segment? FindMapped(SegmentId id)
    {
        lock (_objectsGate)
        {
            return _objects.Find(id)?.Segment;
        }
    }

    private void DetachAll()
    {
        SharedObject?[] all;
        lock (_objectsGate)
        {
            all = _objects.Copy();
        }

        foreach (var shared in all)
        {
            if (shared is not null)
            {
                shared.Detach();
                NoteGone(shared.Segment.Header, Self);
                shared.WakeAll();
            }
        }
    }
}
