using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Which segments there are, who holds them, and when they go. All changes are made under the table lock, and each leaves the table such that
/// <see cref="Repair"/>, which whoever takes the lock over from a dead process runs first, brings it to a state in which only unheld segments are gone.
/// </summary>
internal sealed unsafe class SegmentTable(SessionMemory memory, ParticipantTable participants, SessionDirectory directory)
{
    public SegmentEntry* this[int index] => memory.Segments + index;

    public void Enter()
    {
        switch (OwnerLock.Enter(&memory.Header->TableLock, participants, Deadline.Now, stoppedAfter: WaitTimings.StoppedOwnerOfTable))
        {
            case OwnerLock.Result.Recovered:
                Repair();
                break;
            case OwnerLock.Result.TimedOut:
                throw new TimeoutException(
                    $"The table of shared objects has been locked for {WaitTimings.StoppedOwnerOfTable.TotalSeconds:0} s by {OwnerLock.Describe(&memory.Header->TableLock, participants)}, "
                    + "which lives and does not move. Is it stopped (SIGSTOP, a debugger)?");
        }
    }

    public void Exit() => OwnerLock.Exit(&memory.Header->TableLock);

    /// <summary>
    /// Takes an entry for a new segment and its file, and maps it. Held by this process, or, as a part of <paramref name="owner"/>, in its hand. Killed before the
    /// entry is live: the hold goes with this process, and an unheld entry is freed with its file, whether there is one or not.
    /// </summary>
    public Segment Create(SegmentKind kind, long size, SegmentId owner, long nameHash = 0)
    {
        size = (size + 4095) & ~4095L;
        var id = Allocate(kind, size, owner, nameHash);
        try
        {
            // Named objects have no root: they are there for who has them.
            var keeper = directory.HasRoot ? new MemoryKeeper(memory.Header->RootProcessId, memory.Header->RootStartTime) : default;
            var path = directory.PathOf(0, id.Index, id.Generation);
            var error = Mappings.Create(path, size, keeper, out var address);
            if (error == MappedFile.NoSpace && directory.Secondary is not null && TryPrepareSecondary(size))
            {
                path = directory.PathOf(1, id.Index, id.Generation);
                this[id.Index]->Place = 1;
                error = Mappings.Create(path, size, keeper, out address);
            }

            if (error != 0)
            {
                throw SharedMemoryErrors.For(error, path, size);
            }

            KillPoints.Pass(KillPoint.SegmentMade);
            Volatile.Write(ref this[id.Index]->State, (int)SegmentState.Live);
            KillPoints.Pass(KillPoint.SegmentLive);
            return new Segment(id, address, size, collectEagerly: owner.IsNone);
        }
        catch
        {
            Enter();
            FreeEntry(id.Index);
            Exit();
            throw;
        }
    }

    /// <summary>False where the temp directory cannot be used; then there is no room.</summary>
    private bool TryPrepareSecondary(long size)
    {
        try
        {
            directory.PrepareSecondary(size);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            MultiprocessingLogging.WarnOperator("Multiprocessing.SharedMemory", $"The temp directory cannot be used for shared memory: {exception.Message}");
            return false;
        }
    }

    /// <summary>Maps a segment that exists. With <paramref name="hold"/> this process becomes a holder first, so it cannot go meanwhile.</summary>
    /// <returns>Null if the segment does not exist any more.</returns>
    public Segment? Open(SegmentId id, bool hold)
    {
        if (id.Index <= 0 || id.Index >= Volatile.Read(ref memory.Header->SegmentCapacity))
        {
            return null;
        }

        var entry = this[id.Index];
        Enter();
        var exists = entry->State == (int)SegmentState.Live && entry->Generation == id.Generation;
        var size = entry->Bytes;
        var place = entry->Place;
        if (exists && hold)
        {
            entry->Holders[participants.Self.Slot / 64] |= Bit(participants.Self.Slot);
            KillPoints.Pass(KillPoint.SegmentHeld);
        }

        Exit();
        if (!exists)
        {
            return null;
        }

        KillPoints.Pass(KillPoint.SegmentFound);
        var path = directory.PathOf(place, id.Index, id.Generation);
        var error = Mappings.Open(path, size, out var address);
        if (error == 0)
        {
            KillPoints.Pass(KillPoint.SegmentMapped);
            return new Segment(id, address, size, collectEagerly: hold);
        }

        if (hold)
        {
            Release(id, participants.Self.Slot);
        }

        return error == MappedFile.NoEntry ? null : throw SharedMemoryErrors.For(error, path, size);
    }

    /// <summary>Takes the participant's hold away and frees the segment if it was the last one.</summary>
    public void Release(SegmentId id, int slot)
    {
        Enter();
        if (IsCurrent(id))
        {
            this[id.Index]->Holders[slot / 64] &= ~Bit(slot);
            KillPoints.Pass(KillPoint.HoldReleased);
            FreeIfUnheld(id.Index);
        }

        Exit();
    }

    /// <summary>A handle of the segment lies in a message (+1), or was taken out of it by somebody who holds the segment now (-1).</summary>
    public bool Travel(SegmentId id, int change)
    {
        Enter();
        var current = IsCurrent(id);
        if (current)
        {
            this[id.Index]->Travelling = Math.Max(0, this[id.Index]->Travelling + change);
            KillPoints.Pass(KillPoint.TravelChanged);
            FreeIfUnheld(id.Index);
        }

        Exit();
        KillPoints.Pass(KillPoint.TravelUnlocked);
        return current;
    }

    /// <summary>Frees a part (a drained ring) that nobody can reach any more.</summary>
    public void FreePart(SegmentId id)
    {
        Enter();
        if (IsCurrent(id))
        {
            FreeEntry(id.Index);
        }

        Exit();
    }

    /// <summary>
    /// Under the lock: takes every hold of a participant away. Returns the segments that it held and that others hold on to, so that who waits in them can be woken.
    /// </summary>
    public Pile<SegmentId> ReleaseAll(int slot)
    {
        var stillHeld = new Pile<SegmentId>();
        var used = memory.Header->SegmentsUsed;
        for (var index = 1; index < used; index++)
        {
            var entry = this[index];
            if (entry->State == (int)SegmentState.Free || (entry->Holders[slot / 64] & Bit(slot)) == 0)
            {
                continue;
            }

            entry->Holders[slot / 64] &= ~Bit(slot);
            KillPoints.Pass(KillPoint.HoldOfLeaverReleased);
            if (!FreeIfUnheld(index))
            {
                stillHeld.Add(new SegmentId(index, entry->Generation));
            }
        }

        return stillHeld;
    }

    /// <summary>Frees the parts of <paramref name="owner"/> for which <paramref name="isLeftover"/> says so; nobody living may have them in hand.</summary>
    public void CollectParts(SegmentId owner, Func<SegmentId, long, bool> isLeftover)
    {
        Enter();
        var used = memory.Header->SegmentsUsed;
        for (var index = 1; index < used; index++)
        {
            var entry = this[index];
            if (entry->State != (int)SegmentState.Free
                && entry->Owner == owner.Index
                && entry->OwnerGeneration == owner.Generation
                && (entry->InHand == 0 || !participants.IsAliveWord(entry->InHand))
                && isLeftover(new SegmentId(index, entry->Generation), entry->Position))
            {
                FreeEntry(index);
                KillPoints.Pass(KillPoint.LeftoverCollected);
            }
        }

        Exit();
    }

    /// <summary>Whether a participant for whom <paramref name="counts"/> holds has the segment. A look without the lock: exact at some moment during the call for each holder.</summary>
    public bool AnyHolder(SegmentId id, Func<int, bool> counts)
    {
        var entry = this[id.Index];
        for (var word = 0; word < ParticipantTable.Capacity / 64; word++)
        {
            var bits = Volatile.Read(ref entry->Holders[word]);
            while (bits != 0)
            {
                var bit = System.Numerics.BitOperations.TrailingZeroCount(bits);
                bits &= bits - 1;
                if (counts((word * 64) + bit))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>A look without the lock at a segment that this process holds.</summary>
    public bool IsHeldBy(SegmentId id, int slot) => (Volatile.Read(ref this[id.Index]->Holders[slot / 64]) & Bit(slot)) != 0;

    public int TravellingOf(SegmentId id) => IsCurrent(id) ? Volatile.Read(ref this[id.Index]->Travelling) : 0;

    public int CountLive(SegmentKind kind)
    {
        var count = 0;
        for (var index = 1; index < memory.Header->SegmentsUsed; index++)
        {
            count += this[index]->State != (int)SegmentState.Free && this[index]->Kind == (int)kind ? 1 : 0;
        }

        return count;
    }

    private static ulong Bit(int slot) => 1UL << (slot % 64);

    /// <summary>The segment has not been freed.</summary>
    public bool IsCurrent(SegmentId id) =>
        id.Index > 0
        && id.Index < Volatile.Read(ref memory.Header->SegmentCapacity)
        && this[id.Index]->State != (int)SegmentState.Free
        && this[id.Index]->Generation == id.Generation;

    /// <summary>The same, under the lock: whoever is freeing the segment, whose parts go before it, has done so.</summary>
    public bool IsStillCurrent(SegmentId id)
    {
        Enter();
        var current = IsCurrent(id);
        Exit();
        return current;
    }

    /// <summary>The state goes last: killed before, the entry is free and its new fields are nobody's.</summary>
    private SegmentId Allocate(SegmentKind kind, long size, SegmentId owner, long nameHash)
    {
        Enter();
        try
        {
            var header = memory.Header;
            if (!owner.IsNone && !IsCurrent(owner))
            {
                throw new ObjectDisposedException(null, "The shared object was disposed in this process while a call was inside it.");
            }

            var index = Math.Max(1, header->FirstFree);
            while (index < header->SegmentsUsed && this[index]->State != (int)SegmentState.Free)
            {
                index++;
            }

            // Killed right after this: the entry is free, and none below it is.
            header->FirstFree = index;
            if (index >= header->SegmentCapacity)
            {
                memory.GrowSegments();
            }

            var entry = this[index];
            entry->Generation = entry->Generation == 0 ? header->FirstGeneration + 1 : entry->Generation + 1;
            entry->Kind = (int)kind;
            entry->Place = 0;
            entry->Bytes = size;
            entry->Owner = owner.Index;
            entry->OwnerGeneration = owner.Generation;
            entry->Travelling = 0;
            entry->HasParts = 0;
            entry->Position = -1;
            entry->NameHash = nameHash;
            new Span<ulong>(entry->Holders, ParticipantTable.Capacity / 64).Clear();
            if (owner.IsNone)
            {
                entry->InHand = 0;
                entry->Holders[participants.Self.Slot / 64] = Bit(participants.Self.Slot);
            }
            else
            {
                entry->InHand = participants.SelfWord;
                this[owner.Index]->HasParts = 1;
            }

            header->SegmentsUsed = Math.Max(header->SegmentsUsed, index + 1);
            KillPoints.Pass(KillPoint.EntryFilled);
            Volatile.Write(ref entry->State, (int)SegmentState.Creating);
            KillPoints.Pass(KillPoint.EntryTaken);
            return new SegmentId(index, entry->Generation);
        }
        finally
        {
            Exit();
        }
    }

    private bool FreeIfUnheld(int index)
    {
        var entry = this[index];
        if (entry->Owner != 0 || entry->Travelling > 0 || new ReadOnlySpan<ulong>(entry->Holders, ParticipantTable.Capacity / 64).ContainsAnyExcept(0UL))
        {
            return false;
        }

        if (entry->HasParts != 0)
        {
            for (var part = 1; part < memory.Header->SegmentsUsed; part++)
            {
                if (this[part]->State != (int)SegmentState.Free && this[part]->Owner == index && this[part]->OwnerGeneration == entry->Generation)
                {
                    FreeEntry(part);
                }
            }
        }

        KillPoints.Pass(KillPoint.PartsFreed);
        FreeEntry(index);
        return true;
    }

    /// <summary>The file first: killed in between, the entry still says what there is to delete, and deleting what is gone does nothing.</summary>
    private void FreeEntry(int index)
    {
        var entry = this[index];
        MappedFile.Delete(directory.PathOf(0, index, entry->Generation));
        if (entry->Place != 0)
        {
            MappedFile.Delete(directory.PathOf(1, index, entry->Generation));
        }

        KillPoints.Pass(KillPoint.FileDeleted);
        memory.Header->FirstFree = Math.Min(memory.Header->FirstFree, index);
        Volatile.Write(ref entry->State, (int)SegmentState.Free);
        KillPoints.Pass(KillPoint.EntryFreed);
    }

    /// <summary>
    /// The last owner of the table lock died inside: whatever it was about, holds of the dead go and unheld segments are freed. An entry is judged by its own
    /// fields alone, so a half-done release, free or death is finished here, and a half-done creation of a living process is untouched.
    /// </summary>
    private void Repair()
    {
        for (var slot = 0; slot < ParticipantTable.Capacity; slot++)
        {
            var state = (ParticipantState)participants[slot]->State;
            if (state is ParticipantState.Dead or ParticipantState.Free && slot != participants.Self.Slot)
            {
                ReleaseAll(slot);
            }
        }

        KillPoints.Pass(KillPoint.TableHalfRepaired);
        for (var index = 1; index < memory.Header->SegmentsUsed; index++)
        {
            if (this[index]->State != (int)SegmentState.Free)
            {
                FreeIfUnheld(index);
            }
        }
    }
}
