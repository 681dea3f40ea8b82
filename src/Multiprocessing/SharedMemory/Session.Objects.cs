namespace Multiprocessing;

/// <summary>The objects of this process that lie in segments: one per segment however many wrappers there are, so a process holds a segment once.</summary>
internal sealed unsafe partial class Session
{
    private readonly Lock _objectsGate = new();
    private readonly Dictionary<SegmentId, SharedObject> _objects = [];

    /// <summary>Creates a segment for a new object; this process holds it. The wrapper that asks has one reference, to be given back by <see cref="Release"/>.</summary>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    /// <exception cref="ObjectDisposedException">This process has left the session.</exception>
    internal TObject Create<TObject>(SegmentKind kind, long size, Func<Session, Segment, TObject> make)
        where TObject : SharedObject
    {
        ObjectDisposedException.ThrowIf(HasLeft, this);
        var segment = Segments.Create(kind, size, SegmentId.None);
        try
        {
            var created = make(this, segment);
            lock (_objectsGate)
            {
                _objects.Add(segment.Id, created);
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
        ObjectDisposedException.ThrowIf(HasLeft, this);
        lock (_objectsGate)
        {
            if (!_objects.TryGetValue(id, out var known))
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

                _objects.Add(id, known);
            }

            known.References++;
            return (TObject)known;
        }
    }

    /// <summary>Gives a wrapper's reference back; with the last one this process lets go of the segment.</summary>
    internal void Release(SharedObject released)
    {
        lock (_objectsGate)
        {
            if (--released.References > 0)
            {
                return;
            }

            _objects.Remove(released.Segment.Id);
            if (HasLeft)
            {
                return;
            }

            released.Detach();
            NoteGone(released.Segment.Header, Self);
            Segments.Release(released.Segment.Id, Self.Slot);
        }

        // Those who wait for somebody to come see that one has gone.
        released.WakeAll();
    }

    private Segment? FindMapped(SegmentId id)
    {
        lock (_objectsGate)
        {
            return _objects.TryGetValue(id, out var known) ? known.Segment : null;
        }
    }

    private void DetachAll()
    {
        SharedObject[] all;
        lock (_objectsGate)
        {
            all = [.. _objects.Values];
        }

        foreach (var shared in all)
        {
            shared.Detach();
            NoteGone(shared.Segment.Header, Self);
            shared.WakeAll();
        }
    }
}
