using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing.Platform.Windows;

/// <summary>Processes by number and creation time, and their figures.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class NtProcesses
{
    private const uint Terminate = 0x1;
    private const uint DuplicateHandles = 0x40;
    private const uint QueryLimited = 0x1000;
    private const uint Synchronize = 0x100000;
    private const uint SnapProcesses = 2;

    /// <inheritdoc cref="ProcessIdentity.IsRunning"/>
    public static bool IsRunning(int processId, long startTime)
    {
        using var process = Open(processId, QueryLimited | Synchronize);
        if (process.IsInvalid)
        {
            // A process of another user cannot be opened: a wrong yes is harmless.
            return processId > 0 && Marshal.GetLastPInvokeError() != Win32.InvalidParameter;
        }

        // A creation time that the system does not report is no proof of another process: Wine 8 reports none now and then.
        return IsRunning(process) && (startTime == 0 || StartTimeOf(process) is var created && (created == 0 || created == startTime));
    }

    /// <summary>Returns the creation time in units of 100 ns since 1601, or 0.</summary>
    public static long StartTimeOf(int processId)
    {
        using var process = Open(processId, QueryLimited);
        return process.IsInvalid ? 0 : StartTimeOf(process);
    }

    /// <inheritdoc cref="ProcessIdentity.KillIfRunning"/>
    public static void KillIfRunning(int processId, long startTime)
    {
        using var process = Open(processId, QueryLimited | Synchronize | Terminate);
        if (startTime != 0 && processId != Environment.ProcessId && !process.IsInvalid && StartTimeOf(process) == startTime)
        {
            // The processes that it started die with its job.
            _ = TerminateProcess(process.Value, SignalCodes.Of(Signals.Kill));
        }
    }

    public static SafeWaitHandle OpenToWait(int processId) => new(OpenProcess(Synchronize, 0, (uint)processId), ownsHandle: true);

    /// <summary>Opens the keeper to copy handles into it. Returns an invalid handle, and no error, if it has ended.</summary>
    public static OwnedHandle OpenToGive(MemoryKeeper keeper, out int error)
    {
        var process = Open(keeper.ProcessId, DuplicateHandles | QueryLimited);
        error = process.IsInvalid && Marshal.GetLastPInvokeError() is not Win32.InvalidParameter and var number ? number : 0;
        if (!process.IsInvalid && StartTimeOf(process) != keeper.StartTime)
        {
            process.Dispose();
            return new OwnedHandle(0);
        }

        return process;
    }

    public static bool IsRunning(OwnedHandle process) => Win32.WaitForSingleObject(process.Value, 0) != 0;

    public static ProcStat? TryReadStat(int processId)
    {
        using var process = Open(processId, QueryLimited | Synchronize);
        long created, exited, kernel, user;
        if (process.IsInvalid || GetProcessTimes(process.Value, &created, &exited, &kernel, &user) == 0)
        {
            return null;
        }

        var entry = Snapshot().FirstOrDefault(candidate => candidate.ProcessId == processId);
        return new ProcStat(
            processId, IsRunning(process) ? '?' : 'Z', (int)entry.ParentId, new TimeSpan(user), new TimeSpan(kernel), (int)entry.Threads,
            (ulong)created, Memory(process).WorkingSet);
    }

    public static long PeakResidentBytes(int processId)
    {
        using var process = Open(processId, QueryLimited);
        return process.IsInvalid ? 0 : Memory(process).Peak;
    }

    /// <inheritdoc cref="ProcessTable.Descendants"/>
    public static IReadOnlyList<ProcStat> Descendants(int ancestor)
    {
        var children = Snapshot().ToLookup(entry => (int)entry.ParentId);
        var found = new List<ProcStat>();
        var pending = new Queue<(int Id, long Started)>([(ancestor, StartTimeOf(ancestor))]);
        while (pending.TryDequeue(out var parent))
        {
            foreach (var child in children[parent.Id])
            {
                // The number of a parent may have been reused: a child is not older than its parent.
                if (TryReadStat((int)child.ProcessId) is { } stat && (long)stat.StartTicks >= parent.Started && child.ProcessId != parent.Id)
                {
                    found.Add(stat);
                    pending.Enqueue((stat.ProcessId, (long)stat.StartTicks));
                }
            }
        }

        return found;
    }

    private static OwnedHandle Open(int processId, uint access) => new(OpenProcess(access, 0, (uint)processId));

    private static long StartTimeOf(OwnedHandle process)
    {
        long created, exited, kernel, user;
        return GetProcessTimes(process.Value, &created, &exited, &kernel, &user) != 0 ? created : 0;
    }

    private static (long WorkingSet, long Peak) Memory(OwnedHandle process)
    {
        var counters = new MemoryCounters { Size = (uint)sizeof(MemoryCounters) };
        return GetProcessMemoryInfo(process.Value, &counters, counters.Size) != 0
            ? ((long)counters.WorkingSet, (long)counters.PeakWorkingSet)
            : default;
    }

    private static List<(uint ProcessId, uint ParentId, uint Threads)> Snapshot()
    {
        var found = new List<(uint, uint, uint)>();
        using var snapshot = new OwnedHandle(CreateToolhelp32Snapshot(SnapProcesses, 0));
        var entry = new ProcessEntry { Size = (uint)sizeof(ProcessEntry) };
        for (var more = snapshot.IsInvalid ? 0 : Process32First(snapshot.Value, &entry); more != 0; more = Process32Next(snapshot.Value, &entry))
        {
            found.Add((entry.ProcessId, entry.ParentId, entry.Threads));
        }

        return found;
    }

    [LibraryImport("kernel32", EntryPoint = "OpenProcess", SetLastError = true)]
    private static partial nint OpenProcess(uint access, int inherit, uint processId);

    [LibraryImport("kernel32", EntryPoint = "GetProcessTimes")]
    private static partial int GetProcessTimes(nint process, long* created, long* exited, long* kernel, long* user);

    [LibraryImport("kernel32", EntryPoint = "TerminateProcess")]
    private static partial int TerminateProcess(nint process, uint code);

    [LibraryImport("kernel32", EntryPoint = "K32GetProcessMemoryInfo")]
    private static partial int GetProcessMemoryInfo(nint process, MemoryCounters* counters, uint size);

    [LibraryImport("kernel32", EntryPoint = "CreateToolhelp32Snapshot")]
    private static partial nint CreateToolhelp32Snapshot(uint flags, uint processId);

    [LibraryImport("kernel32", EntryPoint = "Process32FirstW")]
    private static partial int Process32First(nint snapshot, ProcessEntry* entry);

    [LibraryImport("kernel32", EntryPoint = "Process32NextW")]
    private static partial int Process32Next(nint snapshot, ProcessEntry* entry);

    private struct MemoryCounters
    {
        public uint Size;
        public uint PageFaults;
        public nuint PeakWorkingSet;
        public nuint WorkingSet;
        public nuint PeakPagedPool;
        public nuint PagedPool;
        public nuint PeakNonPagedPool;
        public nuint NonPagedPool;
        public nuint PageFile;
        public nuint PeakPageFile;
    }

    private struct ProcessEntry
    {
        public uint Size;
        public uint Usage;
        public uint ProcessId;
        public nuint HeapId;
        public uint ModuleId;
        public uint Threads;
        public uint ParentId;
        public int Priority;
        public uint Flags;
        public fixed char File[260];
    }
}
