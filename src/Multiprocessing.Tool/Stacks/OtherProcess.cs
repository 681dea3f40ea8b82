namespace Multiprocessing.Tool.Stacks;

/// <summary>Another process as the operating system shows it.</summary>
internal static class OtherProcess
{
    /// <exception cref="CommandException">There is no such process.</exception>
    public static void ThrowIfMissing(int processId)
    {
        if (!Exists(processId))
        {
            throw new CommandException(ExitCodes.NotFound, $"There is no process {processId}.");
        }
    }

    /// <summary>Returns whether there is such a process that has not ended; one that its parent has not reaped yet has ended.</summary>
    public static bool IsRunning(int processId) => Exists(processId) && StateOf(processId) is not ('Z' or 'X');

    /// <summary>Returns a sentence with a reason why a runtime does not answer, or an empty text.</summary>
    public static string ReasonForSilence(int processId) => StateOf(processId) switch
    {
        'T' or 't' => " The process is stopped (SIGSTOP or a debugger): continue it with 'kill -CONT " + processId + "'.",
        'Z' => " The process has ended, and its parent has not reaped it yet.",
        'D' => " The process waits in the kernel and cannot be interrupted (a disk or a network file system that does not answer).",
        _ => " Its runtime may be starting, collecting garbage, or stopped by a debugger. A longer --timeout may help.",
    };

    private static bool Exists(int processId)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(processId);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Returns the letter of proc(5), or '?'.</summary>
    private static char StateOf(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return '?';
        }
    }
}
