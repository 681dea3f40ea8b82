using System.Diagnostics;
using System.Diagnostics.Tracing;
using Multiprocessing.Platform.Posix;

namespace Multiprocessing.Platform;

/// <summary>
/// Ends a process behind its exit handlers, without the rest of the runtime's own shutdown. That wakes the threads of the finalizer and of the
/// debugger and waits for each, runs the destructors of the runtime and unmaps its memory: milliseconds for what the system does in any case.
/// </summary>
internal static class ShortExit
{
    private static string[]? _files;

    /// <summary>
    /// In the temp directory of the moment of <see cref="Prepare"/>: the runtime created them at its start, and the program may change the variable.
    /// </summary>
    private static string[] Files => _files ??= DiagnosticFiles.PathsOf(Environment.ProcessId, ProcessIdentity.StartTimeOf(Environment.ProcessId));

    /// <summary>Runs once what <see cref="Take"/> needs, whose first use is slow.</summary>
    public static void Prepare()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Files;
            _ = NeedsShutdown();
            _ = StandardStreams.Flush();
        }
    }

    /// <summary>
    /// Ends this process with <see cref="Environment.ExitCode"/>. Returns if another part of the runtime has something to write first. Called as the
    /// last exit handler. Killed in the middle: all of the program's code has run, and the parent removes the files.
    /// </summary>
    public static void Take()
    {
        if (OperatingSystem.IsWindows() || NeedsShutdown())
        {
            return;
        }

        // Native libraries may have text in the buffers of the C library.
        _ = StandardStreams.Flush();
        foreach (var file in Files)
        {
            SharedMapping.Delete(file); // what the runtime would remove itself
        }

        PosixSignals.Exit(Environment.ExitCode);
    }

    /// <summary>
    /// A debugger or a profiler expects the shutdown, a recording of events is written to its end by it, and a terminal that the console has changed
    /// is restored by it.
    /// </summary>
    private static bool NeedsShutdown()
    {
        foreach (var source in EventSource.GetSources())
        {
            if (source.IsEnabled())
            {
                return true;
            }
        }

        return Debugger.IsAttached || Environment.GetEnvironmentVariable("CORECLR_ENABLE_PROFILING") is "1" || StandardStreams.IsInputTerminal;
    }
}
