namespace Multiprocessing;

/// <summary>A process ended without finishing its body: it was killed, crashed, or left with an exit code.</summary>
public class ProcessDiedException : Exception
{
    internal ProcessDiedException(int processId, string processName, ExitStatus exitStatus, string standardErrorTail)
        : this(processId, processName, exitStatus, standardErrorTail, Describe(processId, processName, exitStatus, standardErrorTail))
    {
    }

    private protected ProcessDiedException(int processId, string processName, ExitStatus exitStatus, string standardErrorTail, string message)
        : base(message, exitStatus.Error)
    {
        ProcessId = processId;
        ProcessName = processName;
        ExitStatus = exitStatus;
        StandardErrorTail = standardErrorTail;
    }

    /// <summary>The id that the process had.</summary>
    public int ProcessId { get; }

    /// <summary>The name that the process had.</summary>
    public string ProcessName { get; }

    /// <summary>How it ended.</summary>
    public ExitStatus ExitStatus { get; }

    /// <summary>The last lines that it wrote to standard error, at most 4 KiB, wherever they went; empty when there were none.</summary>
    public string StandardErrorTail { get; }

    private static string Describe(int processId, string name, ExitStatus status, string tail)
    {
        var text = $"Process '{name}' (pid {processId}) ended before its body did: {status}.";
        return tail.Length == 0 ? text : $"{text} Its last words on standard error:{Environment.NewLine}{tail.TrimEnd()}";
    }
}
