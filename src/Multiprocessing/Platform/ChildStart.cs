using System.ComponentModel;
using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>
/// Starts a process in a group of its own, with standard input closed, which inherits only the named handles. System.Diagnostics.Process cannot
/// create a process group, cannot pass a handle to the child, and does not distinguish a signal from an exit code.
/// </summary>
internal static class ChildStart
{
    /// <summary>Starts the process and returns its id.</summary>
    /// <exception cref="Win32Exception">The system refused the start; the code is the system's.</exception>
    public static int Start(SpawnRequest request) =>
        OperatingSystem.IsWindows() ? CreateProcess.Start(request)
        : request.Processors is null
            ? PosixSpawn.Start(request)
            : OperatingSystem.IsLinux()
                ? ProcessorMask.Use(request.Processors, () => PosixSpawn.Start(request))
                : throw Unsupported.Here("Binding a process to processors");

    /// <summary>Returns the file name of an executable on this system.</summary>
    public static string FileNameOf(string program) => OperatingSystem.IsWindows() ? program + ".exe" : program;

    /// <summary>Sets the niceness of the process: from -20 (scheduled first) to 19 (scheduled last).</summary>
    /// <exception cref="Win32Exception">The system refused the change; the code is the system's.</exception>
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
