using System.Diagnostics;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The files of a session's segments: where each one lies, and its mapping into this process.</summary>
internal sealed unsafe class SegmentFiles(SessionMemory memory, SessionDirectory directory)
{
    /// <summary>
    /// Creates and maps the file of an entry in state <see cref="SegmentState.Creating"/>; in the second directory if the first has no room.
    /// </summary>
    public byte* Create(SegmentId id, SegmentEntry* entry)
    {
        Debug.Assert(entry->State == (int)SegmentState.Creating, "The file of an entry that is free or in use is created.");

        // A session of named objects has no root: its memory is kept by its holders alone.
        var keeper = directory.HasRoot ? new MemoryKeeper(memory.Header->RootProcessId, memory.Header->RootStartTime) : default;
        var path = directory.PathOf(id, isInSecond: false);
        var error = Mappings.Create(path, entry->Bytes, keeper, out var address);
        if (error == MappedFile.NoSpace && directory.Second.TryPrepare(entry->Bytes))
        {
            path = directory.PathOf(id, isInSecond: true);
            entry->InSecondDirectory = 1;
            error = Mappings.Create(path, entry->Bytes, keeper, out address);
        }

        return error == 0 ? address : throw SharedMemoryErrors.For(error, path, entry->Bytes);
    }

    /// <summary>Maps the file of a segment.</summary>
    /// <returns>Null if there is no such file any more.</returns>
    public byte* Open(SegmentId id, long size, bool isInSecond)
    {
        var path = directory.PathOf(id, isInSecond);
        return Mappings.Open(path, size, out var address) switch
        {
            0 => address,
            MappedFile.NoEntry => null,
            var error => throw SharedMemoryErrors.For(error, path, size),
        };
    }

    /// <summary>Deletes the file of an entry. Deleting it again does nothing.</summary>
    public void Delete(int index, SegmentEntry* entry)
    {
        var id = new SegmentId(index, entry->Generation);
        MappedFile.Delete(directory.PathOf(id, isInSecond: false));
        if (entry->InSecondDirectory != 0)
        {
            MappedFile.Delete(directory.PathOf(id, isInSecond: true));
        }
    }
}
