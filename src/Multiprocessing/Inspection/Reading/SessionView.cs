using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The tables of another program's session as they were at one moment. It reads the session's file and maps nothing: the program is neither slowed
/// nor held, and a file that its owner removes or cuts off is an end of the file and no fault. No lock of the program is taken: a row that changes
/// while it is read may be half old, and each reader checks what it uses. Not thread-safe.
/// </summary>
internal sealed unsafe class SessionView : IDisposable
{
    private static readonly long LookedAtOffset = (long)Marshal.OffsetOf<SessionHeader>(nameof(SessionHeader.LookedAt));

    private readonly SafeFileHandle _file;
    private readonly SessionDirectory _directory;
    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(SessionMemory.SegmentsOffset + (256 * SegmentEntry.Size), pinned: true);
    private int _length;

    private SessionView(string path, SafeFileHandle file)
    {
        Path = path;
        _file = file;
        _directory = SessionDirectory.Open(path);
    }

    /// <summary>Gets the session's directory.</summary>
    public string Path { get; }

    /// <summary>Gets the pid of the root.</summary>
    public int RootProcessId => Header->RootProcessId;

    /// <summary>Gets whether the root runs.</summary>
    public bool IsRunning => ProcessIdentity.IsStaying(Header->RootProcessId, Header->RootStartTime);

    /// <summary>Gets the number of segment entries that were read, the unused one at the start included.</summary>
    public int SegmentCount => Math.Clamp(Header->SegmentsUsed, 0, Math.Max(0, (_length - SessionMemory.SegmentsOffset) / SegmentEntry.Size));

    public SessionHeader* Header => (SessionHeader*)Base;

    private byte* Base => (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0);

    /// <summary>Opens the session in a directory.</summary>
    /// <returns>Null if there is none, or if its layout is another one: then <paramref name="refusal"/> says so.</returns>
    public static SessionView? TryOpen(string path, out string? refusal)
    {
        refusal = null;
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(System.IO.Path.Combine(path, SessionDirectory.SessionFile), share: FileShare.ReadWrite | FileShare.Delete);
            var view = new SessionView(path, file);
            if (!view.Refresh())
            {
                refusal = $"The session in '{path}' has another layout than this version of the library reads.";
                view.Dispose();
                return null;
            }

            return view;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            return null; // it was removed, or is another user's
        }
    }

    /// <summary>Makes the processes of the session publish what only they know, for some seconds.</summary>
    public void Look(long now)
    {
        try
        {
            using var file = File.OpenHandle(
                System.IO.Path.Combine(Path, SessionDirectory.SessionFile), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.Write(file, new ReadOnlySpan<byte>(&now, sizeof(long)), LookedAtOffset);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The program ends at this moment.
        }
    }

    /// <summary>Reads the tables again.</summary>
    /// <returns>False if there is no complete session file.</returns>
    public bool Refresh()
    {
        _length = Read(_file, _bytes, 0);
        if (_length < SessionMemory.SegmentsOffset || !IsReadable())
        {
            return false;
        }

        // The header may claim more than the file has.
        var claimed = SessionMemory.SegmentsOffset + ((long)Math.Clamp(Header->SegmentsUsed, 0, SessionMemory.MaxSegments) * SegmentEntry.Size);
        var wanted = (int)Math.Min(claimed, RandomAccess.GetLength(_file));
        if (wanted > _bytes.Length)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(wanted + (256 * SegmentEntry.Size), pinned: true);
            _length = Read(_file, _bytes, 0);
        }

        return _length >= SessionMemory.SegmentsOffset && IsReadable();
    }

    public ParticipantSlot* Participant(int slot) => (ParticipantSlot*)(Base + SessionMemory.ParticipantsOffset) + slot;

    public SegmentEntry* Segment(int index) => (SegmentEntry*)(Base + SessionMemory.SegmentsOffset) + index;

    /// <summary>Returns the slots whose processes run.</summary>
    public List<int> LivingSlots() => ParticipantTable.Living(Participant(0));

    /// <summary>Returns the slot of a living process; null if the program has none with that pid.</summary>
    public int? FindLiving(int processId)
    {
        foreach (var slot in LivingSlots())
        {
            if (Participant(slot)->ProcessId == processId)
            {
                return slot;
            }
        }

        return null;
    }

    /// <summary>Returns the pid of the participant that a lock word names; null for none.</summary>
    public int? OwnerOf(int word)
    {
        if (word == 0)
        {
            return null;
        }

        var (slot, generation) = OwnerLock.OwnerOf(word);
        return (uint)slot < ParticipantTable.Capacity && (Participant(slot)->Generation & 0x7FFF) == generation
            ? Participant(slot)->ProcessId
            : null;
    }

    /// <summary>Reads a part of a segment's file, which is its beginning by default.</summary>
    /// <returns>The number of bytes; 0 if the segment was freed meanwhile.</returns>
    public int ReadSegment(int index, Span<byte> destination, long offset = 0)
    {
        var entry = Segment(index);
        var id = new SegmentId(index, entry->Generation);
        if (entry->InSecondDirectory != 0 && _directory.Second.FullPath is null)
        {
            return 0; // the row changed while it was read
        }

        try
        {
            var path = _directory.PathOf(id, entry->InSecondDirectory != 0);
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            return Read(file, destination, offset);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    public void Dispose() => _file.Dispose();

    private static int Read(SafeFileHandle file, Span<byte> destination, long offset)
    {
        var total = 0;
        while (total < destination.Length)
        {
            var count = RandomAccess.Read(file, destination[total..], offset + total);
            if (count <= 0)
            {
                break;
            }

            total += count;
        }

        return total;
    }

    private bool IsReadable() => Header->Magic == SessionHeader.ExpectedMagic
        && Header->LayoutVersion == SessionHeader.ExpectedVersion && Header->PointerSize == sizeof(void*);
}
