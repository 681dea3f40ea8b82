using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Linux;

/// <summary>A process named so that a reused pid is not taken for it: by pid and start time (field 22 of /proc/pid/stat, clock ticks since boot).</summary>
internal static unsafe partial class ProcessIdentity
{
    private const int ReadOnlyCloseOnExec = 0x80000;
    private const int SignalKill = 9;
    private const int NoSuchProcess = 3;
    private const int NoSuchFile = 2;

    private enum Look
    {
        Found,
        Gone,

        /// <summary>The answer could not be had (out of descriptors, /proc not mounted).</summary>
        Unknown,
    }

    /// <summary>
    /// The process exists and has not ended; one that has ended and was not reaped yet (a zombie) has ended. Where the answer cannot be had it is yes:
    /// a wrong yes makes somebody wait, a wrong no lets two processes into one critical section.
    /// </summary>
    public static bool IsRunning(int processId, long startTime)
    {
        if (processId <= 0 || (Kill(processId, 0) != 0 && Marshal.GetLastPInvokeError() == NoSuchProcess))
        {
            return false;
        }

        return TryRead(processId, out var state, out var started) switch
        {
            Look.Found => state is not ('Z' or 'X' or 'x') && (startTime == 0 || started == startTime),
            Look.Gone => false,
            _ => true,
        };
    }

    /// <summary>The start time, also of a zombie, or 0 if there is no such process.</summary>
    public static long StartTimeOf(int processId) => TryRead(processId, out _, out var started) is Look.Found ? started : 0;

    /// <summary>Sends SIGKILL if the pid still is that process. Between the look and the signal the pid could only be reused if the process was reaped in between.</summary>
    public static void KillIfRunning(int processId, long startTime)
    {
        if (startTime != 0 && processId != Environment.ProcessId && IsRunning(processId, startTime))
        {
            // It may end by itself in between: ESRCH is what was wanted.
            _ = Kill(processId, SignalKill);
        }
    }

    private static Look TryRead(int processId, out char state, out long startTime)
    {
        state = default;
        startTime = 0;
        Span<byte> buffer = stackalloc byte[1024];
        int read;
        var file = Open($"/proc/{processId}/stat", ReadOnlyCloseOnExec);
        if (file < 0)
        {
            return Marshal.GetLastPInvokeError() == NoSuchFile ? Look.Gone : Look.Unknown;
        }

        fixed (byte* start = buffer)
        {
            read = (int)Read(file, start, buffer.Length);
        }

        _ = Close(file);
        if (read <= 0)
        {
            // The process went between open and read: ESRCH.
            return Look.Gone;
        }

        // "pid (name) S ppid ...": the name may hold spaces and brackets, so count from the last bracket; state is field 3, the start time field 22.
        var line = buffer[..read];
        var at = line.LastIndexOf((byte)')') + 2;
        if (at < 2 || at >= line.Length)
        {
            return Look.Unknown;
        }

        state = (char)line[at];
        for (var field = 3; field < 22; field++)
        {
            var next = line[at..].IndexOf((byte)' ');
            if (next < 0)
            {
                return Look.Unknown;
            }

            at += next + 1;
        }

        return Utf8Parser.TryParse(line[at..], out startTime, out _) ? Look.Found : Look.Unknown;
    }

    // Plain descriptors and no SafeHandle: this runs in waits' slow paths, and what is opened is closed a few lines below.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
