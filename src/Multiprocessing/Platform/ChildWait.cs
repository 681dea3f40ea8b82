using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>Waiting for one child without touching anybody else's.</summary>
internal static class ChildWait
{
    /// <summary>Becomes ready when the process, which need not be a child, ends; <see langword="null"/> where the system has no such thing.</summary>
    public static WaitSource? TryOpenExit(int processId) =>
        Means.UseLinux ? PidFd.TryOpen(processId) : OperatingSystem.IsWindows() ? ProcessEnd.TryOpen(processId) : null;

    /// <summary>Whether the child has ended; its number cannot be reused before it is reaped.</summary>
    public static bool HasEnded(int processId) => OperatingSystem.IsWindows() ? StartedChildren.HasEnded(processId) : ChildStatus.HasEnded(processId);

    /// <summary>How the process ended whose exit is watched, whoever reaped it; empty where the system does not keep that.</summary>
    public static WaitStatus StatusOf(WaitSource exit) => OperatingSystem.IsLinux() && exit is DescriptorEnd descriptor ? PidFd.StatusOf(descriptor.Number) : default;

    /// <summary>Reaps the child. The status is empty when somebody else in this process (a waitpid(-1), SIGCHLD ignored) was faster.</summary>
    public static bool TryReap(int processId, out WaitStatus status) =>
        OperatingSystem.IsWindows() ? StartedChildren.TryReap(processId, out status) : ChildStatus.TryReap(processId, out status);
}
