using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.MacOS;

/// <summary>proc_pidinfo and proc_listallpids (libproc.h, sys/proc_info.h).</summary>
[SupportedOSPlatform("macos")]
internal static unsafe partial class Libproc
{
    private const int BsdInfo = 3;
    private const int TaskInfo = 4;
    private const ulong MaybeEnded = 1; // also finds a process that has ended and was not reaped
    private const uint Exiting = 4; // PROC_FLAG_INEXIT

    public enum Status : uint
    {
        Starting = 1,
        Running,
        Sleeping,
        Stopped,
        Zombie,
    }

    /// <summary>Returns the process, or <see langword="null"/> if there is none with that number or it belongs to another user.</summary>
    public static Process? TryRead(int processId)
    {
        ProcBsdInfo info;
        return ProcPidInfo(processId, BsdInfo, MaybeEnded, &info, sizeof(ProcBsdInfo)) == sizeof(ProcBsdInfo)
            ? new Process(
                processId,
                (int)info.Parent,
                (int)info.Group,
                (Status)info.Status,
                (info.Flags & Exiting) != 0,
                ((long)info.StartSeconds * 1_000_000) + (long)info.StartMicroseconds)
            : null;
    }

    /// <summary>Returns resident bytes, time in user and in kernel mode, and threads.</summary>
    public static (long Resident, TimeSpan User, TimeSpan Kernel, int Threads) ReadTask(int processId)
    {
        ProcTaskInfo info;
        return ProcPidInfo(processId, TaskInfo, 0, &info, sizeof(ProcTaskInfo)) == sizeof(ProcTaskInfo)
            ? ((long)info.Resident, MachTime.ToTimeSpan(info.User), MachTime.ToTimeSpan(info.Kernel), info.Threads)
            : default;
    }

    public static int[] All()
    {
        var ids = new int[ListAllPids(null, 0) + 64];
        fixed (int* first = ids)
        {
            var count = ListAllPids(first, ids.Length * sizeof(int));
            return ids[..Math.Clamp(count, 0, ids.Length)];
        }
    }

    [LibraryImport("libproc", EntryPoint = "proc_pidinfo")]
    private static partial int ProcPidInfo(int processId, int flavor, ulong argument, void* buffer, int size);

    [LibraryImport("libproc", EntryPoint = "proc_listallpids")]
    private static partial int ListAllPids(int* ids, int size);

    /// <summary>A process. The start time is in microseconds since 1970.</summary>
    public sealed record Process(int Id, int Parent, int Group, Status Status, bool IsExiting, long StartTime);

    [StructLayout(LayoutKind.Explicit, Size = 136)]
    private struct ProcBsdInfo
    {
        [FieldOffset(0)]
        public uint Flags;

        [FieldOffset(4)]
        public uint Status;

        [FieldOffset(16)]
        public uint Parent;

        [FieldOffset(100)]
        public uint Group;

        [FieldOffset(120)]
        public ulong StartSeconds;

        [FieldOffset(128)]
        public ulong StartMicroseconds;
    }

    [StructLayout(LayoutKind.Explicit, Size = 96)]
    private struct ProcTaskInfo
    {
        [FieldOffset(8)]
        public ulong Resident;

        [FieldOffset(16)]
        public ulong User;

        [FieldOffset(24)]
        public ulong Kernel;

        [FieldOffset(84)]
        public int Threads;
    }
}
