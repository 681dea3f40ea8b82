using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Windows;

/// <summary>
/// The children of this process that are not reaped. As long as their handles are open, their numbers are not reused, as the number of a zombie is
/// not.
/// </summary>
[SupportedOSPlatform("windows")]
internal static partial class StartedChildren
{
    private static readonly ConcurrentDictionary<int, (OwnedHandle Process, Job Job)> Children = new();

    public static void Add(int processId, OwnedHandle process, Job job) => Children[processId] = (process, job);

    public static bool HasEnded(int processId) => !Children.TryGetValue(processId, out var child) || !NtProcesses.IsRunning(child.Process);

    /// <summary>Ends the process with everything that it started.</summary>
    public static bool Kill(int processId, int signal) =>
        Children.TryGetValue(processId, out var child) && child.Job.Terminate(SignalCodes.Of(signal));

    /// <inheritdoc cref="ChildWait.TryReap"/>
    public static bool TryReap(int processId, out WaitStatus status)
    {
        status = default;
        if (!Children.TryGetValue(processId, out var child))
        {
            return true;
        }

        if (NtProcesses.IsRunning(child.Process))
        {
            return false;
        }

        if (Children.TryRemove(processId, out child))
        {
            status = GetExitCodeProcess(child.Process.Value, out var code) != 0 ? SignalCodes.StatusOf(code) : default;
            child.Process.Dispose();
            child.Job.Dispose();
        }

        return true;
    }

    public static void SetPriority(int processId, uint priorityClass)
    {
        if (Children.TryGetValue(processId, out var child))
        {
            Win32.Check(SetPriorityClass(child.Process.Value, priorityClass));
        }
    }

    [LibraryImport("kernel32", EntryPoint = "GetExitCodeProcess")]
    private static partial int GetExitCodeProcess(nint process, out uint code);

    [LibraryImport("kernel32", EntryPoint = "SetPriorityClass", SetLastError = true)]
    private static partial int SetPriorityClass(nint process, uint priorityClass);
}
