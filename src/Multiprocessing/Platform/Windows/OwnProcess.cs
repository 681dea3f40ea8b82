using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Windows;

/// <summary>Ends this process.</summary>
[SupportedOSPlatform("windows")]
internal static partial class OwnProcess
{
    private const uint FailCriticalErrors = 1;
    private const uint NoFaultErrorBox = 2;

    /// <summary>Ends this process at once, as if the signal had killed it.</summary>
    public static void DieBy(int signal) => _ = TerminateProcess(-1, SignalCodes.Of(signal));

    /// <inheritdoc cref="CrashDialogs.Disable"/>
    public static void CrashQuietly() => _ = SetErrorMode(GetErrorMode() | FailCriticalErrors | NoFaultErrorBox);

    [LibraryImport("kernel32", EntryPoint = "GetErrorMode")]
    private static partial uint GetErrorMode();

    [LibraryImport("kernel32", EntryPoint = "SetErrorMode")]
    private static partial uint SetErrorMode(uint mode);

    [LibraryImport("kernel32", EntryPoint = "TerminateProcess")]
    private static partial int TerminateProcess(nint process, uint code);
}
