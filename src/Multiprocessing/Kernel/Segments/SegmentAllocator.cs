using System.Diagnostics;

namespace Multiprocessing;

/// <summary>Takes and frees entries of the segment table, under the table lock. Has the free entries, and not the holders of the others.</summary>
internal sealed unsafe class SegmentAllocator(SessionMemory memory, ParticipantTable participants, SegmentFiles files)
{
    /// <summary>
    /// Takes a free entry for a segment that this process holds, or, if it is a part of <paramref name="owner"/>, is about to link. The state is
    /// stored last: killed before, the entry is free and its new fields have no meaning.
    /// </summary>
    public SegmentId Allocate(SegmentKind kind, long size, SegmentId owner, long nameHash)
    {
        AssertInvariants();
        var header = memory.Header;
        var index = Math.Max(1, header->FirstFree);
        while (index < header->SegmentsUsed && memory.Segments[index].State != (int)SegmentState.Free)
        {
            index++;
        }

        // Killed right after this: the entry is free, and none below it is.
        header->FirstFree = index;
        if (index >= header->SegmentCapacity)
        {
            memory.GrowSegments();
        }

        var entry = memory.Segments + index;
        entry->Generation = entry->Generation == 0 ? header->FirstGeneration + 1 : entry->Generation + 1;
        entry->Kind = (int)kind;
        entry->InSecondDirectory = 0;
        entry->Bytes = size;
        entry->Owner = owner.Index;
        entry->OwnerGeneration = owner.Generation;
        entry->InFlight = 0;
        entry->HasParts = 0;
        entry->Position = -1;
        entry->NameHash = nameHash;
        new Span<ulong>(entry->Holders, ParticipantTable.Capacity / 64).Clear();
        if (owner.IsNone)
        {
            entry->Linker = 0;
            entry->Hold(participants.Self.Slot);
        }
        else
        {
            entry->Linker = participants.SelfWord;
            memory.Segments[owner.Index].HasParts = 1;
        }

        header->SegmentsUsed = Math.Max(header->SegmentsUsed, index + 1);
        KillPoints.Pass(KillPoint.EntryFilled);
        Volatile.Write(ref entry->State, (int)SegmentState.Creating);
        KillPoints.Pass(KillPoint.EntryTaken);
        return new SegmentId(index, entry->Generation);
    }

    /// <summary>Frees an entry. The file is deleted first: killed in between, the entry still says which file to delete.</summary>
    public void Free(int index)
    {
        AssertInvariants();
        var entry = memory.Segments + index;
        files.Delete(index, entry);
        KillPoints.Pass(KillPoint.FileDeleted);
        memory.Header->FirstFree = Math.Min(memory.Header->FirstFree, index);
        Volatile.Write(ref entry->State, (int)SegmentState.Free);
        KillPoints.Pass(KillPoint.EntryFreed);
    }

    /// <summary>
    /// Every entry that was ever used has memory behind it, and no entry below <see cref="SessionHeader.FirstFree"/> is free. Only the last one below
    /// it is checked: the table may be long.
    /// </summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        var header = memory.Header;
        Debug.Assert(OwnerLock.IsOwnedBy(&header->TableLock, participants.SelfWord), "An entry is taken or freed without the table lock.");
        Debug.Assert(
            header->SegmentsUsed >= 1 && header->SegmentsUsed <= header->SegmentCapacity,
            "An entry without memory behind it counts as used.");
        Debug.Assert(header->FirstFree <= header->SegmentsUsed, "The search for a free entry begins behind the used ones.");
        Debug.Assert(
            header->FirstFree <= 1 || memory.Segments[header->FirstFree - 1].State != (int)SegmentState.Free,
            "An entry below the first free one is free.");
    }
}
