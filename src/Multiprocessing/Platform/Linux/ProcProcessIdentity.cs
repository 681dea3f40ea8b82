using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Linux;

/// <summary>
/// Identifies a process by pid and start time (field 22 of /proc/pid/stat, clock ticks since boot), so that a reused pid is not mistaken for it.
/// </summary>
[SupportedOSPlatform("linux")]
internal static unsafe partial class ProcProcessIdentity
{
    private const int ReadOnlyCloseOnExec = 0x80000;
    private const int SignalKill = 9;
    private const int NoSuchProcess = 3;
    private const int ExitingFlag = 0x4; // PF_EXITING, include/linux/sched.h

    /// <summary>
    /// The number of the pid namespace, the one in <c>pid:[4026531836]</c>. Two namespaces that exist at the same time have different numbers. Empty
    /// if /proc is not mounted.
    /// </summary>
    public static string Namespace { get; } = string.Concat((new FileInfo("/proc/self/ns/pid").LinkTarget ?? "").Where(char.IsAsciiDigit));

    /// <summary>
    /// Returns whether the process exists and has not ended. A process that has ended and was not reaped (a zombie) has ended. If the answer is
    /// unknown, it is true: a wrong "true" makes a waiter wait, a wrong "false" lets two processes into one critical section.
    /// <para>
    /// A death is proven by what the kernel reports for the pid itself: no such process, ended, or another start time. A file that is missing in
    /// /proc proves nothing: /proc may not be mounted, hide other processes (hidepid), or show another pid namespace.
    /// </para>
    /// </summary>
    public static bool IsRunning(int processId, long startTime)
    {
        if (processId <= 0 || (Kill(processId, 0) != 0 && Marshal.GetLastPInvokeError() == NoSuchProcess))
        {
            return false;
        }

        return TryRead(processId, out var stat) ? IsSame(stat, startTime) : !PidFd.HasEnded(processId);
    }

    /// <summary>
    /// Returns whether the process runs (<see cref="IsRunning"/>) and has not begun to exit. A process closes its descriptors some time before it
    /// counts as ended: callers that noticed a closed socket use this method. Not for locks: another thread of an exiting process may still work for
    /// a moment.
    /// </summary>
    public static bool IsStaying(int processId, long startTime) =>
        IsRunning(processId, startTime) && !(TryRead(processId, out var stat) && (stat.Flags & ExitingFlag) != 0);

    /// <summary>Returns the start time, also of a zombie, or 0 if there is no such process or it is unknown.</summary>
    public static long StartTimeOf(int processId) => TryRead(processId, out var stat) ? stat.StartTime : 0;

    /// <summary>
    /// Sends SIGKILL if the pid still belongs to the process, and to its group if it leads one: programs that it started are in that group, and after
    /// its death they cannot be identified any more. Between the check and the signal the pid can only be reused if the process is reaped in between.
    /// </summary>
    public static void KillIfRunning(int processId, long startTime)
    {
        if (startTime == 0 || processId <= 1 || processId == Environment.ProcessId || !TryRead(processId, out var stat) || !IsSame(stat, startTime))
        {
            return;
        }

        // It may exit in between: ESRCH is a success.
        if (stat.LeadsGroup)
        {
            _ = Kill(-processId, SignalKill);
        }

        _ = Kill(processId, SignalKill);
    }

    private static bool IsSame(in Stat stat, long startTime) =>
        stat.State is not ('Z' or 'X' or 'x') && (startTime == 0 || stat.StartTime == startTime);

    /// <summary>False if /proc does not report it: there is no such process, or no /proc of this pid namespace and no other way to it.</summary>
    private static bool TryRead(int processId, out Stat stat)
    {
        if (processId == Environment.ProcessId)
        {
            return TryRead("/proc/self/stat\0"u8, out stat); // whatever number this process has in /proc
        }

        stat = default;
        var number = ProcMount.NumberOf(processId);
        return number > 0 && TryRead(ProcMount.Path("/proc/"u8, number, "/stat"u8), out stat);
    }

    private static bool TryRead(ReadOnlySpan<byte> path, out Stat stat)
    {
        stat = default;
        Span<byte> buffer = stackalloc byte[1024];
        int file;
        fixed (byte* start = path)
        {
            file = Open(start, ReadOnlyCloseOnExec);
        }

        if (file < 0)
        {
            return false;
        }

        int read;
        fixed (byte* start = buffer)
        {
            read = (int)Read(file, start, buffer.Length);
        }

        _ = Close(file);
        if (read <= 0 || !Utf8Parser.TryParse(buffer[..read], out int number, out _))
        {
            return false; // the process ended between open and read: ESRCH
        }

        // "pid (name) S ppid ...": the name may contain spaces and brackets, so the fields are counted from the last bracket, after which field 3
        // begins.
        var rest = buffer[..read];
        var at = rest.LastIndexOf((byte)')') + 2;
        if (at < 2 || at >= rest.Length)
        {
            return false;
        }

        rest = rest[at..];
        stat.State = (char)rest[0];
        if (!TrySkip(ref rest, 2) || !Utf8Parser.TryParse(rest, out int group, out _)
            || !TrySkip(ref rest, 4) || !Utf8Parser.TryParse(rest, out stat.Flags, out _)
            || !TrySkip(ref rest, 13) || !Utf8Parser.TryParse(rest, out stat.StartTime, out _))
        {
            return false;
        }

        stat.LeadsGroup = group == number; // both numbered by /proc
        return true;
    }

    private static bool TrySkip(ref Span<byte> line, int fields)
    {
        for (; fields > 0; fields--)
        {
            var space = line.IndexOf((byte)' ');
            if (space < 0)
            {
                return false;
            }

            line = line[(space + 1)..];
        }

        return true;
    }

    // Plain descriptors and no SafeHandle: this runs in the slow paths of waits, and a descriptor is closed a few lines below.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);

    /// <summary>From the fields 1, 3, 5, 9 and 22 of /proc/pid/stat (proc_pid_stat(5)).</summary>
    private struct Stat
    {
        public char State;
        public bool LeadsGroup;
        public uint Flags;
        public long StartTime;
    }
}
