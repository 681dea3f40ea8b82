using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Windows;

/// <summary>A copy of a handle in another process, which does not know of it: the object exists as long as that process.</summary>
[SupportedOSPlatform("windows")]
internal static partial class KeptHandle
{
    private const uint CloseSource = 1;
    private const uint SameAccess = 2;

    /// <summary>
    /// Copies the handle. <paramref name="given"/> is its value in the keeper, or 0 if there is no keeper or it has ended. Returns an error number if
    /// the keeper runs and cannot receive the handle.
    /// </summary>
    public static int Give(MemoryKeeper keeper, OwnedHandle handle, out nint given)
    {
        given = 0;
        if (keeper.ProcessId == 0)
        {
            return 0;
        }

        using var process = NtProcesses.OpenToGive(keeper, out var error);
        return error != 0 || process.IsInvalid || DuplicateHandle(-1, handle.Value, process.Value, out given, 0, 0, SameAccess) != 0
            ? error
            : Marshal.GetLastPInvokeError();
    }

    /// <summary>
    /// Closes the copy that <see cref="Give"/> made. Only one process may do this, and only once: afterwards the value may belong to another object.
    /// </summary>
    public static void TakeBack(MemoryKeeper keeper, nint given)
    {
        using var process = NtProcesses.OpenToGive(keeper, out _);
        if (!process.IsInvalid)
        {
            _ = DuplicateHandle(process.Value, given, 0, out _, 0, 0, CloseSource);
        }
    }

    [LibraryImport("kernel32", EntryPoint = "DuplicateHandle", SetLastError = true)]
    private static partial int DuplicateHandle(
        nint sourceProcess, nint source, nint targetProcess, out nint target, uint access, int inherit, uint options);
}
