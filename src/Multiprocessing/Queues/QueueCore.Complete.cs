namespace Multiprocessing;

/// <summary>The end of a queue, and why it came if something went wrong.</summary>
internal sealed unsafe partial class QueueCore
{
    // Once read it stays: it cannot change any more.
    private Exception? _error;

    public bool IsCompletionRequested => Volatile.Read(ref _control->Completed) != 0;

    /// <summary>Completed is read first: it is set under the write lock, so the items counted afterwards are all there will ever be.</summary>
    public bool IsDrained => IsCompletionRequested && Count == 0;

    /// <summary>What the queue was completed with; null if with no error, or not yet.</summary>
    public Exception? Error => _error ??= IsCompletionRequested && Volatile.Read(ref _control->Error) is not 0 and var word ? ReadError(SegmentId.FromWord(word)) : null;

    /// <summary>
    /// No item comes in after this has returned. The error goes into a segment of its own, a part of the queue that goes with it, and is named before the queue counts as completed.
    /// <para>
    /// Killed before the error is named: its segment stays as long as the queue, and nothing else. Killed between the two stores: not completed, and whoever completes the queue
    /// later names his own error or none. Killed after them: completed, and sleepers look again after their slice.
    /// </para>
    /// </summary>
    /// <returns>False if it was completed before.</returns>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the error; the queue is not completed.</exception>
    public bool Complete(Exception? error)
    {
        if (IsCompletionRequested)
        {
            return false;
        }

        var part = error is null ? null : WriteError(error);
        EnterWrite(Deadline.Now, default);
        KillPoints.Pass(KillPoint.CompleteLocked);
        var first = _control->Completed == 0;
        if (first)
        {
            Volatile.Write(ref _control->Error, part?.Id.ToWord() ?? 0);
            Volatile.Write(ref _control->Completed, 1);
            KillPoints.Pass(KillPoint.CompleteStored);
        }

        OwnerLock.Exit(&_control->WriteLock);
        KillPoints.Pass(KillPoint.CompleteUnlocked);
        if (part is not null && !first)
        {
            Session.Segments.FreePart(part.Id);
        }

        part?.Unmap();
        WakeAll();
        return first;
    }

    private Segment WriteError(Exception error)
    {
        using var buffer = MessageBuffer.Rent();
        var mark = buffer.Mark();
        ExceptionMessage.Write(buffer, error);
        if (buffer.References.Count > 0)
        {
            // A handle travels to one reader. This will be read by all, or by nobody: they are told of the error, without what it carries.
            buffer.RollBack(mark);
            ExceptionMessage.WriteText(buffer, error, "it carries a handle, and what a queue is completed with is read by many.");
        }

        var segment = Session.Segments.Create(SegmentKind.Error, sizeof(long) + buffer.Length, Segment.Id);

        // Never behind the stream, where leftover rings are collected.
        Volatile.Write(ref Session.Segments[segment.Id.Index]->Position, long.MaxValue);
        *(long*)segment.Base = buffer.Length;
        buffer.CopyTo(segment.Base + sizeof(long));
        return segment;
    }

    private Exception ReadError(SegmentId id)
    {
        var segment = Session.Segments.Open(id, hold: false);
        try
        {
            if (segment is null || *(long*)segment.Base is var length && (length <= 0 || length > segment.Size - sizeof(long)))
            {
                return new InvalidDataException($"{Described} was completed with an error that cannot be read any more.");
            }

            var data = segment.Base + sizeof(long);
            return ExceptionMessage.Read(ref data, data + length);
        }
        finally
        {
            segment?.Unmap();
        }
    }
}
