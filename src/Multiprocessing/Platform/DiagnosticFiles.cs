using System.Globalization;

namespace Multiprocessing.Platform;

/// <summary>
/// The three files in the temp directory through which debuggers and dotnet-trace find a .NET process. The runtime creates them at its start and
/// removes them at a normal exit, so a killed process leaves them behind (dotnet/runtime, ds-ipc-pal-socket.c and twowaypipe.cpp).
/// </summary>
internal static class DiagnosticFiles
{
    /// <summary>Removes the files of a dead process, if there are any.</summary>
    /// <param name="processId">The number of the process.</param>
    /// <param name="startTime">Its start time, which the runtime uses to distinguish processes with the same number.</param>
    /// <param name="directory">The temp directory with which it was started; <see langword="null"/> for the one of this process.</param>
    public static void Delete(int processId, long startTime, string? directory = null)
    {
        foreach (var path in PathsOf(processId, startTime, directory))
        {
            Delete(path);
        }
    }

    /// <summary>Returns where the files of a process are: there are none on Windows, whose pipes leave nothing behind.</summary>
    /// <param name="processId">The number of the process.</param>
    /// <param name="startTime">Its start time.</param>
    /// <param name="directory">The temp directory with which it was started; <see langword="null"/> for the one of this process.</param>
    public static string[] PathsOf(int processId, long startTime, string? directory = null)
    {
        if (OperatingSystem.IsWindows())
        {
            return [];
        }

        if (OperatingSystem.IsMacOS())
        {
            startTime /= 1_000_000; // on macOS the runtime uses seconds
        }

        var id = string.Create(CultureInfo.InvariantCulture, $"{processId}-{startTime}");
        directory ??= Path.GetTempPath();
        return
        [
            Path.Combine(directory, $"dotnet-diagnostic-{id}-socket"),
            Path.Combine(directory, $"clr-debug-pipe-{id}-in"),
            Path.Combine(directory, $"clr-debug-pipe-{id}-out"),
        ];
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file belongs to another user, or the directory is read-only: the process could not have created it there.
        }
    }
}
