using System.Globalization;

namespace Multiprocessing.Platform;

/// <summary>
/// The three files in the temp directory by which debuggers and dotnet-trace find a .NET process: the runtime makes them at its start and removes
/// them at its orderly end, so each process that is killed leaves them for ever (dotnet/runtime, ds-ipc-pal-socket.c and twowaypipe.cpp).
/// </summary>
internal static class DiagnosticFiles
{
    /// <summary>Removes what the dead process left, if it left anything.</summary>
    /// <param name="processId">Its pid.</param>
    /// <param name="startTime">Its start time, by which the runtime tells processes of the same pid apart.</param>
    public static void Delete(int processId, long startTime)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // pipes there, which leave nothing
        }

        if (OperatingSystem.IsMacOS())
        {
            startTime /= 1_000_000; // there the runtime writes seconds
        }

        var id = string.Create(CultureInfo.InvariantCulture, $"{processId}-{startTime}");
        var directory = Path.GetTempPath();
        Delete(Path.Combine(directory, $"dotnet-diagnostic-{id}-socket"));
        Delete(Path.Combine(directory, $"clr-debug-pipe-{id}-in"));
        Delete(Path.Combine(directory, $"clr-debug-pipe-{id}-out"));
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not ours to delete, or the directory is read-only: the process could not have made it there either.
        }
    }
}
