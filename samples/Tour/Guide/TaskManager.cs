using System.Diagnostics;
using System.Globalization;

namespace Tour;

/// <summary>What a task manager knows of this process and of threads.</summary>
internal static class TaskManager
{
    /// <summary>The operating system's number of the calling thread (the managed one is another), or <see langword="null"/> where /proc does not tell it.</summary>
    public static int? CurrentThreadId() => OperatingSystem.IsLinux() && new FileInfo("/proc/thread-self").LinkTarget is { } link
        ? int.Parse(Path.GetFileName(link), CultureInfo.InvariantCulture)
        : null;

    /// <summary>Processor time of this process, all threads together.</summary>
    public static TimeSpan ProcessorTime()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime;
    }

    /// <summary>Processor time of a thread of this process.</summary>
    public static TimeSpan ProcessorTime(int threadId)
    {
        using var self = Process.GetCurrentProcess();
        return self.Threads.Cast<ProcessThread>().Single(thread => thread.Id == threadId).TotalProcessorTime;
    }

    /// <summary>The processor that a thread ran on last, or "-" where the system does not tell it: field 39 of its stat file (proc(5)), the 37th after the name, which may hold blanks.</summary>
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
