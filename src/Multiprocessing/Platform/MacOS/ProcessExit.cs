using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Multiprocessing.Platform.Posix;

namespace Multiprocessing.Platform.MacOS;

/// <summary>kqueue(2) with EVFILT_PROC and NOTE_EXIT: the end of any process, child or not.</summary>
[SupportedOSPlatform("macos")]
internal static unsafe partial class ProcessExit
{
    private const short ProcessFilter = -5;
    private const ushort AddOnce = 0x1 | 0x10;
    private const uint NoteExit = 0x80000000;

    /// <summary>Waits until the process has ended, or the time has elapsed.</summary>
    public static void Wait(int processId, int milliseconds)
    {
        using var queue = new Descriptor(KQueue());
        var change = new KEvent { Process = processId, Filter = ProcessFilter, Flags = AddOnce, Notes = NoteExit };
        KEvent happened;
        var time = new TimeSpec { Seconds = milliseconds / 1000, Nanoseconds = milliseconds % 1000 * 1_000_000 };

        // The kernel refuses a process that has ended already (ESRCH), which is its end too.
        _ = Wait(queue.Number, &change, 1, &happened, 1, &time);
    }

    [LibraryImport("libSystem", EntryPoint = "kqueue")]
    private static partial int KQueue();

    [LibraryImport("libSystem", EntryPoint = "kevent")]
    private static partial int Wait(int queue, KEvent* changes, int changeCount, KEvent* events, int eventCount, TimeSpec* timeout);

    private struct KEvent
    {
        public nint Process;
        public short Filter;
        public ushort Flags;
        public uint Notes;
        public nint Data;
        public nint UserData;
    }

    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
