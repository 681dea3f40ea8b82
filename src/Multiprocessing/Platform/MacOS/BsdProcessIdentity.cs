using System.Runtime.Versioning;
using Multiprocessing.Platform.Posix;

namespace Multiprocessing.Platform.MacOS;

/// <summary>Identifies a process by its number and the microsecond of its start.</summary>
[SupportedOSPlatform("macos")]
internal static class BsdProcessIdentity
{
    /// <inheritdoc cref="ProcessIdentity.IsRunning"/>
    public static bool IsRunning(int processId, long startTime)
    {
        if (processId <= 0 || !PosixSignals.Exists(processId))
        {
            return false;
        }

        // libproc does not report an existing process of another user: true is the harmless answer.
        return Libproc.TryRead(processId) is not { } process || IsSame(process, startTime);
    }

    /// <inheritdoc cref="ProcessIdentity.IsStaying"/>
    public static bool IsStaying(int processId, long startTime) =>
        IsRunning(processId, startTime) && Libproc.TryRead(processId) is not { IsExiting: true };

    public static long StartTimeOf(int processId) => Libproc.TryRead(processId)?.StartTime ?? 0;

    /// <inheritdoc cref="ProcessIdentity.KillIfRunning"/>
    public static void KillIfRunning(int processId, long startTime)
    {
        if (startTime == 0 || processId <= 1 || processId == Environment.ProcessId || Libproc.TryRead(processId) is not { } process
            || !IsSame(process, startTime))
        {
            return;
        }

        if (process.Group == processId)
        {
            _ = PosixSignals.SendToGroup(processId, Signals.Kill);
        }

        _ = PosixSignals.Send(processId, Signals.Kill);
    }

    private static bool IsSame(Libproc.Process process, long startTime) =>
        process.Status is not Libproc.Status.Zombie && (startTime == 0 || process.StartTime == startTime);
}
