using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>The outcome of a try.</summary>
internal enum QueueOutcome
{
    Done,

    /// <summary>No room for an item (put), no item (take).</summary>
    Blocked,
    Completed,
}

/// <summary>
/// A queue's shared memory as this process sees it, whatever its items are. <see cref="QueueControl"/> has the layout and the reason why a kill
/// leaves it consistent. Locks are taken in the order chain, write, read, table.
/// </summary>
internal sealed unsafe partial class QueueCore : SharedObject
{
    private readonly QueueControl* _control;
    private readonly Doorbells _doorbells;
    private readonly ParticipantTable _members;
    private readonly int _selfWord;
    private readonly string? _name;

    // Each under its lock.
    private Ring _writeRing;
    private Ring _readRing;

    private QueueCore(Session session, Segment segment)
        : base(session, segment)
    {
        _control = (QueueControl*)segment.Base;
        _doorbells = session.Doorbells;
        _members = session.Participants;
        _selfWord = _members.SelfWord;
        _writeRing = Ring.First(segment);
        _readRing = _writeRing.Share();
        var name = new ReadOnlySpan<char>(_control->Name, QueueControl.MaxName);
        var end = name.IndexOf('\0');
        _name = end == 0 ? null : name[..(end < 0 ? name.Length : end)].ToString();
        DataWaiters = new AsyncWaiters(this, &_control->Data, TakesPossible);
        SpaceWaiters = new AsyncWaiters(this, &_control->Space, PutsPossible);
        DoneWaiters = new AsyncWaiters(this, &_control->Done, DoneWaitsOver);
        EndWaiters = new AsyncWaiters(this, &_control->Done, () => IsDrained ? int.MaxValue : 0);
    }

    public AsyncWaiters DataWaiters { get; }

    public AsyncWaiters SpaceWaiters { get; }

    public AsyncWaiters DoneWaiters { get; }

    /// <summary>
    /// Waiters for the end of the queue, at the same point as <see cref="DoneWaiters"/>: both are rung when the last item was taken.
    /// </summary>
    public AsyncWaiters EndWaiters { get; }

    public string? Name => _name;

    public int? Capacity => _control->Capacity == long.MaxValue ? null : (int)_control->Capacity;

    public int RawSize => _control->RawSize;

    /// <summary>Gets the exact number of items in the queue at one moment during the call.</summary>
    public long Count
    {
        get
        {
            while (true)
            {
                var sequence = Volatile.Read(ref _control->PutSequence);
                var put = PutAt(sequence)->Items;
                var got = ReadGot().Items;

                // Nothing was put between the two reads, so at the time of the second both values held.
                Volatile.ReadBarrier();
                if (Volatile.Read(ref _control->PutSequence) == sequence)
                {
                    return put - got;
                }
            }
        }
    }

    public bool HasRoom => PutsPossible() > 0;

    /// <summary>
    /// Gets false if the queue was empty at one moment during the call. What the consumers saw last is read first: it lies in their cache line, and
    /// the producers' line would have to move between processors.
    /// </summary>
    public bool MayHaveItems => Volatile.Read(ref _control->ReaderSeesItems) > ReadGotItems() || !IsEmpty;

    /// <summary>Gets whether a take would not wait: there is an item, the queue is complete, or no process is left to put one.</summary>
    public bool IsDataWaitOver =>
        MayHaveItems || IsDrained || (IsAbandonmentDue(QueueWaitKind.Data) && (HasSides || FindAbandonment() is not null));

    private bool IsEmpty
    {
        get
        {
            // The taken count is read first: it only grows, and if no more than that was put at the later read, the queue was empty then or before.
            var got = ReadGotItems();
            return ReadPutItems() == got;
        }
    }

    /// <param name="session">The session.</param>
    /// <param name="options">The checked options.</param>
    /// <param name="rawSize">The size of an item that is copied as it lies in memory; 0 when items are serialized.</param>
    /// <param name="itemType">The type of the items, for observers; empty for none.</param>
    public static QueueCore Create(Session session, ProcessQueueOptions options, int rawSize, string itemType = "") =>
        session.Objects.Create(SegmentKind.Queue, QueueControl.SegmentBytes, segment =>
        {
            var control = (QueueControl*)segment.Base;
            control->Capacity = options.Capacity ?? long.MaxValue;
            control->MaxBytes = options.MaxBytes;
            control->OrphanGraceMilliseconds = options.OrphanGrace == Timeout.InfiniteTimeSpan ? -1 : (long)options.OrphanGrace.TotalMilliseconds;
            control->RawSize = rawSize;
            control->FirstHolder = RowIdOf(session.Self);
            var name = options.DisplayName.AsSpan();
            name[..Math.Min(name.Length, QueueControl.MaxName)].CopyTo(new Span<char>(control->Name, QueueControl.MaxName));
            var type = itemType.AsSpan(Math.Max(0, itemType.Length - QueueControl.MaxItemType));
            type.CopyTo(new Span<char>(control->ItemType, QueueControl.MaxItemType));
            ref var header = ref control->Header;
            header.LayoutVersion = SegmentHeader.ExpectedVersion;
            header.Kind = (int)SegmentKind.Queue;
            header.LockOffset = (int)((byte*)&control->WriteLock - (byte*)control);
            header.LockStride = 256;
            header.LockCount = 3;
            header.WaitPointOffset = (int)((byte*)&control->Data - (byte*)control);
            header.WaitPointCount = 3;
            Volatile.Write(ref header.Magic, SegmentHeader.ExpectedMagic);
            var core = new QueueCore(session, segment);
            core.Attach();
            return core;
        });

    public static QueueCore? Open(Session session, SegmentId id) =>
        session.Objects.Open(id, segment =>
        {
            if (segment.Header->Kind != (int)SegmentKind.Queue)
            {
                throw new InvalidDataException($"Segment {id.Index}-{id.Generation} is no queue.");
            }

            var core = new QueueCore(session, segment);
            core.Attach();
            return core;
        });

    /// <summary>Asynchronous waiters of this process check whether their wrapper was disposed.</summary>
    internal void ReleaseAsync()
    {
        DataWaiters.ReleaseAll();
        SpaceWaiters.ReleaseAll();
        DoneWaiters.ReleaseAll();
        EndWaiters.ReleaseAll();
    }

    /// <summary>
    /// The unmarked items of this process stay in its row: it may mark them after it has opened the queue again, and if it ends they are lost.
    /// If this is the last hold, no process will read the items: their handles are released. Killed in the middle, or as the last holder: the rest is
    /// released when the session ends.
    /// </summary>
    internal override void Detach()
    {
        if (RawSize == 0
            && Count > 0
            && Session.Segments.InFlightOf(Segment.Id) == 0
            && !Session.Segments.AnyHolder(Segment.Id, slot => slot != _members.Self.Slot))
        {
            DropUnreadItems();
        }
    }

    private static long RowIdOf(ParticipantId participant) => ((long)participant.Generation << 32) | (uint)(participant.Slot + 1);

    private static ParticipantId ParticipantOf(long rowId) => new((int)(rowId & 0xFFFFFFFF) - 1, (int)(rowId >> 32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PutState* PutAt(long sequence) => &_control->Put0 + (sequence & 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private GotState* GotAt(long sequence) => &_control->Got0 + (sequence & 1);

    /// <summary>
    /// Reads the last commit of a put from outside the write lock (acquire): the state is consistent if the sequence did not change during the read.
    /// </summary>
    private PutState ReadPut()
    {
        while (true)
        {
            var sequence = Volatile.Read(ref _control->PutSequence);
            var state = *PutAt(sequence);
            Volatile.ReadBarrier();
            if (Volatile.Read(ref _control->PutSequence) == sequence)
            {
                return state;
            }
        }
    }

    private GotState ReadGot()
    {
        while (true)
        {
            var sequence = Volatile.Read(ref _control->GotSequence);
            var state = *GotAt(sequence);
            Volatile.ReadBarrier();
            if (Volatile.Read(ref _control->GotSequence) == sequence)
            {
                return state;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long ReadPutItems()
    {
        while (true)
        {
            var sequence = Volatile.Read(ref _control->PutSequence);
            var items = Volatile.Read(ref PutAt(sequence)->Items);
            if (Volatile.Read(ref _control->PutSequence) == sequence)
            {
                return items;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long ReadGotItems()
    {
        while (true)
        {
            var sequence = Volatile.Read(ref _control->GotSequence);
            var items = Volatile.Read(ref GotAt(sequence)->Items);
            if (Volatile.Read(ref _control->GotSequence) == sequence)
            {
                return items;
            }
        }
    }

    /// <summary>Nothing to repair after a death: what the dead process had not committed is invisible and is overwritten.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EnterWrite(Deadline deadline, CancellationToken cancellationToken)
    {
        if (!OwnerLock.TryEnter(&_control->WriteLock, _selfWord))
        {
            EnterSlow(&_control->WriteLock, deadline, cancellationToken);
        }

        AssertWriteInvariants();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EnterRead(Deadline deadline, CancellationToken cancellationToken)
    {
        if (!OwnerLock.TryEnter(&_control->ReadLock, _selfWord)
            && EnterSlow(&_control->ReadLock, deadline, cancellationToken) is OwnerLock.Result.Recovered)
        {
            KillPoints.Pass(KillPoint.ReadLockRecovered);
            RepairRow();
        }

        AssertReadInvariants();
    }

    /// <summary>
    /// What holds whenever the write lock is entered, whichever process was killed before: the producers have put at least what they saw taken.
    /// </summary>
    [Conditional("DEBUG")]
    private void AssertWriteInvariants()
    {
        var put = PutAt(_control->PutSequence);
        Debug.Assert(
            OwnerLock.IsOwnedBy(&_control->WriteLock, _selfWord),
            "Only the owner of the write lock changes the producers' side.");
        Debug.Assert(
            put->Items >= _control->WriterSeesItems && put->Head >= _control->WriterSeesTail,
            "A producer saw more items taken than were put.");
    }

    /// <summary>
    /// What holds whenever the read lock is entered, whichever process was killed before: taken and done are at most what was put, and lost is a part
    /// of done.
    /// </summary>
    [Conditional("DEBUG")]
    private void AssertReadInvariants()
    {
        var got = GotAt(_control->GotSequence);
        Debug.Assert(
            OwnerLock.IsOwnedBy(&_control->ReadLock, _selfWord),
            "Only the owner of the read lock changes the consumers' side.");
        Debug.Assert(
            Math.Max(got->Items, Math.Max(got->Done, _control->ReaderSeesItems)) <= ReadPutItems(),
            "More items were taken or marked done than were put.");
        Debug.Assert(got->Lost <= got->Done, "More items were lost than count as done.");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private OwnerLock.Result EnterSlow(int* word, Deadline deadline, CancellationToken cancellationToken)
    {
        // The lock is held for the copying of one message. A zero time-out applies to items and room, not to the lock: an owner that is not scheduled
        // at this moment must not make a full queue look empty.
        var result = OwnerLock.Enter(word, _members, deadline, cancellationToken, WaitTimings.StoppedOwner);
        return result is not OwnerLock.Result.TimedOut
            ? result
            : throw OwnerLock.StoppedOwner(Described, word, _members);
    }

    internal string Described => (HasSides ? "The pipe" : "The queue") + (_name is null ? "" : $" '{_name}'");

    // How many asynchronous waiters may check again. Completion, and every change by a death, concerns all of them.
    private int TakesPossible() => IsCompletionRequested || IsAbandonmentDue(QueueWaitKind.Data) ? int.MaxValue : (int)Math.Min(Count, int.MaxValue);

    private int PutsPossible()
    {
        if (IsCompletionRequested || IsAbandonmentDue(QueueWaitKind.Space))
        {
            return int.MaxValue;
        }

        var put = ReadPut();
        var got = ReadGot();
        return got.Items >= put.Items ? int.MaxValue
            : put.Head - got.Tail >= _control->MaxBytes ? 0
            : (int)Math.Clamp(_control->Capacity - (put.Items - got.Items), 0, int.MaxValue);
    }

    private int DoneWaitsOver() =>
        IsAllDone || ReadGot().Lost > OldestAsyncBaseline || (!HasUnmarkedItems && IsAbandonmentDue(QueueWaitKind.Done)) ? int.MaxValue : 0;

    /// <summary>Gets whether this process has taken items and not marked them yet: it still may, whichever other processes have exited.</summary>
    private bool HasUnmarkedItems => Row(_members.Self.Slot)->InHand > 0;
}
