using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>Dialogs that the system opens when a process crashes.</summary>
internal static class CrashDialogs
{
    /// <summary>
    /// Disables the dialogs for this process and its children: a process that crashes ends at once, and its parent is notified, without a click by a
    /// user.
    /// </summary>
    public static void Disable()
    {
        if (OperatingSystem.IsWindows())
        {
            OwnProcess.CrashQuietly();
        }
    }
}
