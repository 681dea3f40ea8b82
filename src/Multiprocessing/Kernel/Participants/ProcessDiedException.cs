namespace Multiprocessing;

/// <summary>
/// A process ended without finishing what it was to do: it was killed, crashed, or exited on its own. The base of all exceptions that report the death of a process:
/// <see cref="WorkerDiedException"/>, <see cref="ItemsLostException"/> and <see cref="QueueAbandonedException"/>. A <see cref="BrokenBarrierException"/>, which has other causes too, has it as its inner exception.
/// </summary>
public class ProcessDiedException : Exception
{
    /// <summary>Creates the exception with a message that describes the death.</summary>
    /// <param name="processId">The id that the process had.</param>
    /// <param name="processName">The name that the process had; empty if it is not known.</param>
    /// <param name="exitStatus">How the process ended; its <see cref="ExitStatus.Error"/> becomes the <see cref="Exception.InnerException"/>.</param>
    /// <param name="standardErrorTail">What it wrote to standard error before it ended.</param>
    /// <exception cref="ArgumentNullException"><paramref name="exitStatus"/> is <see langword="null"/>.</exception>
    public ProcessDiedException(int processId, string processName, ExitStatus exitStatus, string standardErrorTail = "")
        : this(Describe(processId, processName, exitStatus, standardErrorTail), processId, processName, exitStatus, standardErrorTail)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened, to which process, and the way out.</param>
    /// <param name="processId">The id that the process had.</param>
    /// <param name="processName">The name that the process had; empty if it is not known.</param>
    /// <param name="exitStatus">How the process ended; its <see cref="ExitStatus.Error"/> becomes the <see cref="Exception.InnerException"/>.</param>
    /// <param name="standardErrorTail">What it wrote to standard error before it ended.</param>
    /// <exception cref="ArgumentNullException"><paramref name="exitStatus"/> is <see langword="null"/>.</exception>
    public ProcessDiedException(string message, int processId, string processName, ExitStatus exitStatus, string standardErrorTail = "")
        : base(message, Required(exitStatus).Error)
    {
        ProcessId = processId;
        ProcessName = processName;
        ExitStatus = exitStatus;
        StandardErrorTail = standardErrorTail;
    }

    internal ProcessDiedException(int processId, string processName, ExitStatus exitStatus, KeptOutput standardError)
        : this(Describe(processId, processName, exitStatus, standardError.Whole), processId, processName, exitStatus, standardError)
    {
    }

    private protected ProcessDiedException(string message, int processId, string processName, ExitStatus exitStatus, KeptOutput standardError)
        : this(message, processId, processName, exitStatus, standardError.Tail)
    {
        StandardErrorHead = standardError.Head;
    }

    /// <summary>The id that the process had.</summary>
    public int ProcessId { get; }

    /// <summary>The name that the process had; empty if it is not known.</summary>
    public string ProcessName { get; }

    /// <summary>How it ended.</summary>
    public ExitStatus ExitStatus { get; }

    /// <summary>The last lines that it wrote to standard error, wherever they went; empty when there were none, or when this process did not read them.</summary>
    public string StandardErrorTail { get; }

    /// <summary>
    /// What it wrote to standard error first, at most 4 KiB; of a crash, what the runtime wrote about it first, where the cause stands. Empty when <see cref="StandardErrorTail"/> has all of it.
    /// The message has both, with a mark of what was left out between them.
    /// </summary>
    public string StandardErrorHead { get; init; } = "";

    /// <summary>The body had ended and its result had arrived; then the process crashed or was killed on its way out, for instance in an exit handler.</summary>
    internal static ProcessDiedException AfterBody(int processId, string processName, ExitStatus exitStatus, KeptOutput standardError) =>
        new(Describe(processId, processName, exitStatus, standardError.Whole, "did not end in good order after its body had ended"), processId, processName, exitStatus, standardError);

    private protected static ExitStatus Required(ExitStatus exitStatus)
    {
        ArgumentNullException.ThrowIfNull(exitStatus);
        return exitStatus;
    }

    private static string Describe(int processId, string name, ExitStatus status, string tail, string what = "ended before its body did")
    {
        var text = $"Process '{name}' (pid {processId}) {what}: {Required(status)}.";
        return tail.Length == 0 ? text : $"{text} Its last words on standard error:{Environment.NewLine}{tail.TrimEnd()}";
    }
}
