using System.Diagnostics;
using System.Numerics;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The segments of a session and their holders; frees a segment when it has no holder and no handle in flight. All changes are made under the table
/// lock. A process that takes the lock over from a dead owner runs <see cref="Repair"/> first. Every single change leaves the table so that the
/// repair completes it: holds of the dead are released, unheld segments are freed, all others stay.
/// </summary>
internal sealed unsafe class SegmentTable
{
    private readonly SessionMemory _memory;
    private readonly ParticipantTable _participants;
    private readonly SegmentFiles _files;
    private readonly SegmentAllocator _entries;

    public SegmentTable(SessionMemory memory, ParticipantTable participants, SessionDirectory directory)
    {
        _memory = memory;
        _participants = participants;
        _files = new SegmentFiles(memory, directory);
        _entries = new SegmentAllocator(memory, participants, _files);
    }

    public SegmentEntry* this[int index] => _memory.Segments + index;

    private int* TableLock => &_memory.Header->TableLock;

    /// <summary>Enters the table lock.</summary>
    /// <exception cref="TimeoutException">Its owner is alive and has not released it for a long time.</exception>
    public void Enter()
    {
        switch (OwnerLock.Enter(TableLock, _participants, Deadline.Now, stoppedAfter: WaitTimings.StoppedOwnerOfTable))
        {
            case OwnerLock.Result.Recovered:
                Repair();
                break;
            case OwnerLock.Result.TimedOut:
                throw new TimeoutException(
                    $"The table of shared objects has been locked for {WaitTimings.StoppedOwnerOfTable.TotalSeconds:0} s by "
                    + $"{OwnerLock.Describe(TableLock, _participants)}, "
                    + "which is alive but does not release it. Is it stopped (SIGSTOP, a debugger)?");
        }

    }

    public void Exit()
    {
        AssertLocked();
        OwnerLock.Exit(TableLock);
    }

    /// <summary>
    /// Creates a segment with its file and maps it. This process holds it, or, if it is a part of <paramref name="owner"/>, is its linker. Killed
    /// before the entry is live: the hold is released with this process's others, and an unheld entry is freed with its file, whether there is one or
    /// not.
    /// </summary>
    public Segment Create(SegmentKind kind, long size, SegmentId owner, long nameHash = 0)
    {
        size = (size + 4095) & ~4095L;
        SegmentId id;
        Enter();
        try
        {
            if (!owner.IsNone && !IsCurrent(owner))
            {
                throw new ObjectDisposedException(null, "The shared object was disposed in this process while a call was inside it.");
            }

            id = _entries.Allocate(kind, size, owner, nameHash);
        }
        finally
        {
            Exit();
        }

        try
        {
            var address = _files.Create(id, this[id.Index]);
            KillPoints.Pass(KillPoint.SegmentMade);
            Volatile.Write(ref this[id.Index]->State, (int)SegmentState.Live);
            KillPoints.Pass(KillPoint.SegmentLive);
            return new Segment(id, address, size, collectEagerly: owner.IsNone);
        }
        catch
        {
            Enter();
            _entries.Free(id.Index);
            Exit();
            throw;
        }
    }

    /// <summary>
    /// Maps an existing segment. With <paramref name="hold"/> this process becomes a holder first, so the segment is not freed meanwhile.
    /// </summary>
    /// <param name="id">The segment.</param>
    /// <param name="hold">Whether this process becomes a holder.</param>
    /// <param name="arrives">
    /// Whether a handle arrives with it: the number in flight is reduced under the same lock. Killed between the two: the number stays too high, as
    /// after every kill of a receiver.
    /// </param>
    /// <param name="mapped">The segment, if this process has it mapped already.</param>
    /// <returns>Null if the segment has been freed.</returns>
    public Segment? Open(SegmentId id, bool hold, bool arrives = false, Segment? mapped = null)
    {
        if (id.Index <= 0 || id.Index >= Volatile.Read(ref _memory.Header->SegmentCapacity))
        {
            return null;
        }

        var entry = this[id.Index];
        Enter();
        var exists = entry->State == (int)SegmentState.Live && entry->Generation == id.Generation;
        var size = entry->Bytes;
        var isInSecond = entry->InSecondDirectory != 0;
        var isBuffer = entry->Kind == (int)SegmentKind.Buffer;
        if (exists && hold)
        {
            entry->Hold(_participants.Self.Slot);
            KillPoints.Pass(KillPoint.SegmentHeld);
            if (arrives)
            {
                KillPoints.Pass(KillPoint.HandleArrived);
                entry->InFlight = Math.Max(0, entry->InFlight - 1);
            }
        }

        Exit();
        if (!exists || mapped is not null)
        {
            return exists ? mapped : null;
        }

        KillPoints.Pass(KillPoint.SegmentFound);
        byte* address = null;
        try
        {
            address = _files.Open(id, size, isInSecond);
        }
        finally
        {
            if (address is null && hold)
            {
                Release(id, _participants.Self.Slot);
            }
        }

        if (address is null)
        {
            return null;
        }

        KillPoints.Pass(KillPoint.SegmentMapped);
        if (isBuffer)
        {
            MappedFile.TouchAll(address, size);
        }

        return new Segment(id, address, size, collectEagerly: hold);
    }

    /// <summary>Releases the participant's hold, and frees the segment if that was the last one.</summary>
    /// <returns>Whether the segment exists afterwards.</returns>
    public bool Release(SegmentId id, int slot)
    {
        var exists = false;
        Enter();
        if (IsCurrent(id))
        {
            this[id.Index]->Release(slot);
            KillPoints.Pass(KillPoint.HoldReleased);
            exists = !FreeIfUnheld(id.Index);
        }

        Exit();
        return exists;
    }

    /// <summary>Returns whether this process is the only holder and no handle is in flight. Reads under the lock, and so at one moment.</summary>
    public bool IsHeldOnlyHere(SegmentId id)
    {
        Enter();
        var entry = this[id.Index];
        var alone = IsCurrent(id) && entry->InFlight == 0 && entry->IsHeldOnlyBy(_participants.Self.Slot);
        Exit();
        return alone;
    }

    /// <summary>
    /// This process, which has the segment mapped, becomes a holder if it is none. Under the same lock, flags in a word of the segment change, which
    /// <see cref="ReleaseMarked"/> reads. Killed between the two: a holder with its earlier flags, and dead.
    /// </summary>
    /// <returns>False if the segment has been freed.</returns>
    public bool HoldAgain(SegmentId id, int* word, int set, int clear)
    {
        Enter();
        var current = IsCurrent(id);
        if (current)
        {
            this[id.Index]->Hold(_participants.Self.Slot);
            KillPoints.Pass(KillPoint.HeldAgain);
            *word = (*word & ~clear) | set;
            KillPoints.Pass(KillPoint.HeldAgainFlagged);
        }

        Exit();
        return current;
    }

    /// <summary>
    /// Releases the hold of a participant, this or another one, and marks that in a word of the segment, which this process has mapped. It does
    /// nothing if a flag in the word says that the participant keeps its hold. The release is one store. Killed after it: the marks are missing,
    /// which are read for texts of errors only.
    /// </summary>
    /// <param name="id">The segment.</param>
    /// <param name="holder">The participant.</param>
    /// <param name="word">The word.</param>
    /// <param name="unless">The flag with which the participant keeps its hold; 0 for none.</param>
    /// <param name="marks">What is set in the word.</param>
    /// <param name="lastMark">What is set too if this was the last hold, before the segment is freed.</param>
    public void ReleaseMarked(SegmentId id, ParticipantId holder, int* word, int unless, int marks, int lastMark = 0)
    {
        Enter();
        if (IsCurrent(id) && _participants.IsCurrent(holder) && this[id.Index]->IsHeldBy(holder.Slot) && (*word & unless) == 0)
        {
            var entry = this[id.Index];
            entry->Release(holder.Slot);
            KillPoints.Pass(KillPoint.MarkedReleased);
            *word |= entry->HasHolders || entry->InFlight > 0 ? marks : marks | lastMark;
            FreeIfUnheld(id.Index);
        }

        Exit();
    }

    /// <summary>Changes the number of handles in flight: +1 before a message is sent, -1 when its receiver holds the segment.</summary>
    /// <returns>False if the segment has been freed.</returns>
    public bool AddInFlight(SegmentId id, int change)
    {
        Enter();
        var current = IsCurrent(id);
        if (current)
        {
            this[id.Index]->InFlight = Math.Max(0, this[id.Index]->InFlight + change);
            KillPoints.Pass(KillPoint.InFlightChanged);
            FreeIfUnheld(id.Index);
        }

        Exit();
        KillPoints.Pass(KillPoint.InFlightUnlocked);
        return current;
    }

    /// <summary>Frees a part, such as a drained ring, that is not linked any more.</summary>
    public void FreePart(SegmentId id)
    {
        Enter();
        if (IsCurrent(id))
        {
            _entries.Free(id.Index);
        }

        Exit();
    }

    /// <summary>Releases all holds of a participant, under the table lock.</summary>
    /// <returns>The segments that it held and that have other holders, whose waiters are to be woken.</returns>
    public PrecompiledList<SegmentId> ReleaseAll(int slot)
    {
        AssertLocked();
        var stillHeld = new PrecompiledList<SegmentId>();
        var used = _memory.Header->SegmentsUsed;
        for (var index = 1; index < used; index++)
        {
            var entry = this[index];
            if (entry->State == (int)SegmentState.Free || !entry->IsHeldBy(slot))
            {
                continue;
            }

            entry->Release(slot);
            KillPoints.Pass(KillPoint.HoldOfLeaverReleased);
            if (!FreeIfUnheld(index))
            {
                stillHeld.Add(new SegmentId(index, entry->Generation));
            }
        }

        return stillHeld;
    }

    /// <summary>
    /// Frees the parts of <paramref name="owner"/> that <paramref name="isLeftover"/> selects, except those that a living process is about to link.
    /// </summary>
    public void CollectParts(SegmentId owner, Func<SegmentId, long, bool> isLeftover)
    {
        Enter();
        var used = _memory.Header->SegmentsUsed;
        for (var index = 1; index < used; index++)
        {
            var entry = this[index];
            if (entry->State != (int)SegmentState.Free
                && entry->Owner == owner.Index
                && entry->OwnerGeneration == owner.Generation
                && (entry->Linker == 0 || !_participants.IsAliveWord(entry->Linker))
                && isLeftover(new SegmentId(index, entry->Generation), entry->Position))
            {
                _entries.Free(index);
                KillPoints.Pass(KillPoint.LeftoverCollected);
            }
        }

        Exit();
    }

    /// <summary>
    /// Returns whether a participant that <paramref name="counts"/> selects holds the segment. Reads without the lock: exact at some moment during
    /// the call for each holder.
    /// </summary>
    public bool AnyHolder(SegmentId id, Func<int, bool> counts)
    {
        var entry = this[id.Index];
        for (var word = 0; word < ParticipantTable.Capacity / 64; word++)
        {
            var bits = Volatile.Read(ref entry->Holders[word]);
            while (bits != 0)
            {
                var bit = BitOperations.TrailingZeroCount(bits);
                bits &= bits - 1;
                if (counts((word * 64) + bit))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Returns whether the participant holds a segment that this process holds too. Reads without the lock.</summary>
    public bool IsHeldBy(SegmentId id, int slot) => this[id.Index]->IsHeldBy(slot);

    public int InFlightOf(SegmentId id) => IsCurrent(id) ? Volatile.Read(ref this[id.Index]->InFlight) : 0;

    public int CountLive(SegmentKind kind)
    {
        var count = 0;
        for (var index = 1; index < _memory.Header->SegmentsUsed; index++)
        {
            count += this[index]->State != (int)SegmentState.Free && this[index]->Kind == (int)kind ? 1 : 0;
        }

        return count;
    }

    /// <summary>Returns whether the segment has not been freed.</summary>
    public bool IsCurrent(SegmentId id) =>
        id.Index > 0
        && id.Index < Volatile.Read(ref _memory.Header->SegmentCapacity)
        && this[id.Index]->State != (int)SegmentState.Free
        && this[id.Index]->Generation == id.Generation;

    /// <summary>
    /// Returns the same, read under the lock: a process that is freeing the segment, whose parts are freed before it, has finished.
    /// </summary>
    public bool IsStillCurrent(SegmentId id)
    {
        Enter();
        var current = IsCurrent(id);
        Exit();
        return current;
    }

    private bool FreeIfUnheld(int index)
    {
        AssertLocked();
        var entry = this[index];
        if (entry->Owner != 0 || entry->InFlight > 0 || entry->HasHolders)
        {
            return false;
        }

        if (entry->HasParts != 0)
        {
            for (var part = 1; part < _memory.Header->SegmentsUsed; part++)
            {
                if (this[part]->State != (int)SegmentState.Free && this[part]->Owner == index && this[part]->OwnerGeneration == entry->Generation)
                {
                    _entries.Free(part);
                }
            }
        }

        KillPoints.Pass(KillPoint.PartsFreed);
        _entries.Free(index);
        return true;
    }

    /// <summary>
    /// Completes what a dead owner of the table lock left: releases the holds of the dead and frees unheld segments. An entry is judged by its own
    /// fields alone, so a half-done release, free or death is completed here, and a half-done creation of a living process is left alone.
    /// </summary>
    private void Repair()
    {
        for (var slot = 0; slot < ParticipantTable.Capacity; slot++)
        {
            var state = (ParticipantState)_participants[slot]->State;
            if (state is ParticipantState.Dead or ParticipantState.Free && slot != _participants.Self.Slot)
            {
                ReleaseAll(slot);
            }
        }

        KillPoints.Pass(KillPoint.TableHalfRepaired);
        for (var index = 1; index < _memory.Header->SegmentsUsed; index++)
        {
            if (this[index]->State != (int)SegmentState.Free)
            {
                FreeIfUnheld(index);
            }
        }
    }

    [Conditional("DEBUG")]
    private void AssertLocked() =>
        Debug.Assert(OwnerLock.IsOwnedBy(TableLock, _participants.SelfWord), "The segment table is changed without the table lock.");
}
