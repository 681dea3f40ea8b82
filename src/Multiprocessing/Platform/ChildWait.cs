using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>Waits for the children of this library without affecting other children of the process.</summary>
internal static class ChildWait
{
    /// <summary>
    /// Returns a source that becomes ready when the process ends, or <see langword="null"/> if the system has none. The process need not be a child.
    /// </summary>
    public static WaitSource? TryOpenExit(int processId) =>
        Facilities.UseLinux ? PidFd.TryOpen(processId) : OperatingSystem.IsWindows() ? ProcessEnd.TryOpen(processId) : null;

    /// <summary>Returns whether the child has ended. Its number is not reused before it is reaped.</summary>
    public static bool HasEnded(int processId) => OperatingSystem.IsWindows() ? StartedChildren.HasEnded(processId) : ChildStatus.HasEnded(processId);

    /// <summary>Returns how the watched process ended, also if other code has reaped it; empty if the system does not keep the status.</summary>
    public static WaitStatus StatusOf(WaitSource exit) =>
        OperatingSystem.IsLinux() && exit is DescriptorEnd descriptor ? PidFd.StatusOf(descriptor.Number) : default;

    /// <summary>Reaps the child. The status is empty if other code of this process (a waitpid(-1), SIGCHLD ignored) was faster.</summary>
    public static bool TryReap(int processId, out WaitStatus status) =>
        OperatingSystem.IsWindows() ? StartedChildren.TryReap(processId, out status) : ChildStatus.TryReap(processId, out status);
}
