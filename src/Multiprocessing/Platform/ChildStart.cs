using System.ComponentModel;
using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>
/// Starts a process in a group of its own, with standard input closed and only the named handles.
/// System.Diagnostics.Process can neither make a process group nor pass a handle on, and tells a signal from an exit code no better than a shell.
/// </summary>
internal static class ChildStart
{
    /// <summary>Starts the process and returns its id.</summary>
    /// <exception cref="Win32Exception">The system refused; the code is its own.</exception>
    public static int Start(SpawnRequest request) =>
        OperatingSystem.IsWindows() ? CreateProcess.Start(request)
        : request.Processors is null
            ? PosixSpawn.Start(request)
            : OperatingSystem.IsLinux()
                ? ProcessorMask.Use(request.Processors, () => PosixSpawn.Start(request))
                : throw Unsupported.Here("Binding a process to processors");

    /// <summary>What the program's file is called.</summary>
    public static string FileNameOf(string program) => OperatingSystem.IsWindows() ? program + ".exe" : program;

    /// <summary>Sets how willingly the process gives way to others: 19 is the most, -20 the least.</summary>
    /// <exception cref="Win32Exception">The system refused; the code is its own.</exception>
    public static void SetNice(int processId, int nice)
    {
        if (OperatingSystem.IsWindows())
        {
            PriorityClass.Set(processId, nice);
        }
        else
        {
            Priority.SetNice(processId, nice);
        }
    }
}
