namespace Multiprocessing;

/// <summary>The completion of a queue, and its error if it has one.</summary>
internal sealed unsafe partial class QueueCore
{
    // Once read it cannot change any more.
    private Exception? _error;

    public bool IsCompletionRequested => Volatile.Read(ref _control->Completed) != 0;

    /// <summary>Completed is read first: it is set under the write lock, so the items counted afterwards are all that will ever be put.</summary>
    public bool IsDrained => IsCompletionRequested && Count == 0;

    /// <summary>Gets the error that the queue was completed with; null if there is none or it is not completed.</summary>
    public Exception? Error =>
        _error ??= IsCompletionRequested && Volatile.Read(ref _control->Error) is not 0 and var word ? ReadError(SegmentId.FromWord(word)) : null;

    /// <summary>
    /// Completes the queue: no item is put after this has returned. The error is written to a segment of its own, a part of the queue that is freed
    /// with it, and is named before the queue counts as completed.
    /// <para>
    /// Killed before the error is named: its segment stays as long as the queue, and nothing else. Killed between the two stores: not completed, and
    /// the process that completes the queue later names its own error or none. Killed after them: completed, and sleepers check again after their
    /// slice.
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
            // A handle in flight has one reader. The error is read by all processes or by none, so it crosses without its handles.
            buffer.RollBack(mark);
            ExceptionMessage.WriteText(buffer, error, "it carries a handle, and every process may read the error that a queue is completed with.");
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
