using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Windows;

/// <summary>This process's own end.</summary>
[SupportedOSPlatform("windows")]
internal static partial class OwnProcess
{
    /// <summary>Ends it at once, as if it had died by the signal.</summary>
    public static void DieBy(int signal) => _ = TerminateProcess(-1, SignalCodes.Of(signal));

    [LibraryImport("kernel32", EntryPoint = "TerminateProcess")]
    private static partial int TerminateProcess(nint process, uint code);
}
