using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The mapped session file: header, participants, segment entries. The address space for all entries is mapped at once. The memory behind them grows
/// in steps, so a session begins with about 100 KiB.
/// </summary>
internal sealed unsafe class SessionMemory
{
    public const int MaxSegments = 1 << 16;
    public const int ParticipantsOffset = SessionHeader.Size;
    public const int SegmentsOffset = ParticipantsOffset + (ParticipantTable.Capacity * ParticipantSlot.Size);
    private const int GrowthStep = 256;
    private const long MapSize = SegmentsOffset + ((long)MaxSegments * SegmentEntry.Size);

    private readonly byte* _base;
    private string _path;

    private SessionMemory(byte* address, string path)
    {
        _base = address;
        _path = path;
    }

    ~SessionMemory() => MappedFile.Unmap(_base, MapSize);

    public SessionHeader* Header => (SessionHeader*)_base;

    public ParticipantSlot* Participants => (ParticipantSlot*)(_base + ParticipantsOffset);

    public SegmentEntry* Segments => (SegmentEntry*)(_base + SegmentsOffset);

    public static string LayoutHere => Describe(SessionHeader.ExpectedVersion, sizeof(void*), ParksHere);

    private static int ParksHere => Facilities.ParksSleepers ? 1 : 0;

    public static SessionMemory Create(string path, int rootProcessId, long rootStartTime)
    {
        var size = SegmentsOffset + (GrowthStep * SegmentEntry.Size);
        var error = MappedFile.Create(path, size, MapSize, keeper: default, out var address);
        if (error != 0)
        {
            throw SharedMemoryErrors.For(error, path, size);
        }

        var memory = new SessionMemory(address, path);
        var header = memory.Header;
        header->LayoutVersion = SessionHeader.ExpectedVersion;
        header->PointerSize = sizeof(void*);
        header->ParksSleepers = ParksHere;
        header->RootProcessId = rootProcessId;
        header->RootStartTime = rootStartTime;
        header->SegmentCapacity = GrowthStep;

        // Entry 0 is never used: 0 means "none" in every word that names a segment.
        header->SegmentsUsed = 1;
        Volatile.Write(ref header->Magic, SessionHeader.ExpectedMagic);
        return memory;
    }

    public static SessionMemory Open(string path)
    {
        var error = MappedFile.OpenExisting(path, MapSize, out var address, leastSize: SegmentsOffset);
        if (error == MappedFile.NoEntry)
        {
            throw new InvalidOperationException($"There is no session at '{path}': its root has ended, or has not created it.");
        }

        if (error != 0)
        {
            throw SharedMemoryErrors.For(error, path, MapSize);
        }

        var memory = new SessionMemory(address, path);
        var header = memory.Header;
        if (Volatile.Read(ref header->Magic) != SessionHeader.ExpectedMagic
            || header->LayoutVersion != SessionHeader.ExpectedVersion
            || header->PointerSize != sizeof(void*)
            || header->ParksSleepers != ParksHere)
        {
            throw new InvalidOperationException(
                $"The session at '{path}' has {Describe(header->LayoutVersion, header->PointerSize, header->ParksSleepers)}; this process has "
                + $"{LayoutHere}. "
                + "All processes of a session must run the same build and sleep in the same way.");
        }

        return memory;
    }

    /// <summary>Describes the layout of an existing file, for messages.</summary>
    public static string LayoutOf(string path)
    {
        if (MappedFile.OpenExisting(path, SessionHeader.Size, out var address, leastSize: SessionHeader.Size) != 0)
        {
            return "no session file";
        }

        var header = (SessionHeader*)address;
        var layout = Describe(header->LayoutVersion, header->PointerSize, header->ParksSleepers);
        MappedFile.Unmap(address, SessionHeader.Size);
        return layout;
    }

    private static string Describe(int layout, int pointerSize, int parksSleepers) =>
        $"layout {layout} with {pointerSize * 8}-bit pointers{(parksSleepers == 0 ? "" : $", sleepers in a table ({Facilities.ForceVariable})")}";

    /// <summary>Notes that the file was renamed.</summary>
    public void MoveTo(string path)
    {
        _path = path;
        MappedFile.Move(_base, path);
    }

    /// <summary>
    /// Allocates the memory behind more entries, under the table lock. Killed before the capacity is raised: the memory is allocated again, which
    /// does nothing.
    /// </summary>
    public void GrowSegments()
    {
        var header = Header;
        var capacity = header->SegmentCapacity;
        if (capacity >= MaxSegments)
        {
            throw new InvalidOperationException($"The session has {MaxSegments} shared objects, which is the maximum. Dispose queues, locks and "
                + "arrays that are no longer used.");
        }

        var from = SegmentsOffset + ((long)capacity * SegmentEntry.Size);
        var to = from + (GrowthStep * SegmentEntry.Size);
        var error = MappedFile.Grow(_path, from, to);
        if (error != 0)
        {
            throw SharedMemoryErrors.For(error, _path, to - from);
        }

        KillPoints.Pass(KillPoint.TableMemoryAllocated);
        Volatile.Write(ref header->SegmentCapacity, capacity + GrowthStep);
    }
}
