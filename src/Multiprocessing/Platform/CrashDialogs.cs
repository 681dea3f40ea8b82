using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform;

/// <summary>Windows that a system opens when a process crashes.</summary>
internal static class CrashDialogs
{
    /// <summary>None for this process: who crashes is gone at once, and its parent told, without somebody having to press a button. What it starts is like it.</summary>
    public static void Disable()
    {
        if (OperatingSystem.IsWindows())
        {
            OwnProcess.CrashQuietly();
        }
    }
}
