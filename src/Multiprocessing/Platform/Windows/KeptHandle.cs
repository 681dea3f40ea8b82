using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Windows;

/// <summary>A handle of ours copied into another process, which does not know of it: so that what it means stays as long as that process.</summary>
[SupportedOSPlatform("windows")]
internal static partial class KeptHandle
{
    private const uint CloseSource = 1;
    private const uint SameAccess = 2;

    /// <summary>Tells the handle's value in the keeper, 0 where there is none, or it is gone. Returns an error's number if it lives and may not be given one.</summary>
    public static int Give(MemoryKeeper keeper, OwnedHandle handle, out nint given)
    {
        given = 0;
        if (keeper.ProcessId == 0)
        {
            return 0;
        }

        using var process = NtProcesses.OpenToGive(keeper, out var error);
        return error != 0 || process.IsInvalid || DuplicateHandle(-1, handle.Value, process.Value, out given, 0, 0, SameAccess) != 0 ? error : Marshal.GetLastPInvokeError();
    }

    /// <summary>Closes what <see cref="Give"/> gave; only one process may do this, and only once, for the value may mean something else afterwards.</summary>
    public static void TakeBack(MemoryKeeper keeper, nint given)
    {
        using var process = NtProcesses.OpenToGive(keeper, out _);
        if (!process.IsInvalid)
        {
            _ = DuplicateHandle(process.Value, given, 0, out _, 0, 0, CloseSource);
        }
    }

    [LibraryImport("kernel32", EntryPoint = "DuplicateHandle", SetLastError = true)]
    private static partial int DuplicateHandle(nint sourceProcess, nint source, nint targetProcess, out nint target, uint access, int inherit, uint options);
}
