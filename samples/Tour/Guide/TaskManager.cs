using System.Diagnostics;
using System.Globalization;

namespace Tour;

/// <summary>Figures of this process and of threads, as a task manager shows them.</summary>
internal static class TaskManager
{
    /// <summary>
    /// Returns the operating system's number of the calling thread (not the managed one), or <see langword="null"/> if /proc does not report it.
    /// </summary>
    public static int? CurrentThreadId() => OperatingSystem.IsLinux() && new FileInfo("/proc/thread-self").LinkTarget is { } link
        ? int.Parse(Path.GetFileName(link), CultureInfo.InvariantCulture)
        : null;

    /// <summary>Returns the processor time of this process, for all threads together.</summary>
    public static TimeSpan ProcessorTime()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime;
    }

    /// <summary>Returns the processor time of a thread of this process.</summary>
    public static TimeSpan ProcessorTime(int threadId)
    {
        using var self = Process.GetCurrentProcess();
        return self.Threads.Cast<ProcessThread>().Single(thread => thread.Id == threadId).TotalProcessorTime;
    }

    /// <summary>
    /// Returns the processor on which a thread ran last, or "-" if the system does not report it: field 39 of its stat file (proc(5)), the 37th after
    /// the name, which may contain blanks.
    /// </summary>
    public static string LastProcessor(int processId, int threadId)
    {
        if (!OperatingSystem.IsLinux())
        {
            return "-";
        }

        var stat = File.ReadAllText($"/proc/{processId}/task/{threadId}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[36];
    }
}
