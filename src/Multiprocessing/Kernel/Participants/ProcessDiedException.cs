namespace Multiprocessing;

/// <summary>
/// A process ended before its work was finished: it was killed, crashed, or exited. The base class of all exceptions that report the death of a
/// process: <see cref="WorkerDiedException"/>, <see cref="ItemsLostException"/> and <see cref="QueueAbandonedException"/>. A
/// <see cref="BrokenBarrierException"/>, which has other causes too, has it as its inner exception.
/// </summary>
/// <example>
/// <code>
/// using var child = ChildProcess.Run(() => Environment.FailFast("The native library is broken."));
/// try
/// {
///     child.Wait();
/// }
/// catch (ProcessDiedException exception)
/// {
///     Console.WriteLine($"{exception.ProcessName} (pid {exception.ProcessId}): {exception.ExitStatus}");
///     Console.WriteLine(exception.StandardErrorTail); // the last lines that it wrote
/// }
/// </code>
/// </example>
public class ProcessDiedException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="ProcessDiedException"/> class with a message that describes the death.</summary>
    /// <param name="processId">The id of the process.</param>
    /// <param name="processName">The name of the process; empty if it is not known.</param>
    /// <param name="exitStatus">How the process ended; its <see cref="ExitStatus.Error"/> becomes the <see cref="Exception.InnerException"/>.</param>
    /// <param name="standardErrorTail">The end of its output on standard error.</param>
    /// <exception cref="ArgumentNullException"><paramref name="exitStatus"/> is <see langword="null"/>.</exception>
    public ProcessDiedException(int processId, string processName, ExitStatus exitStatus, string standardErrorTail = "")
        : this(Describe(processId, processName, exitStatus, standardErrorTail), processId, processName, exitStatus, standardErrorTail)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="ProcessDiedException"/> class.</summary>
    /// <param name="message">The message: what happened to which process, and the way out.</param>
    /// <param name="processId">The id of the process.</param>
    /// <param name="processName">The name of the process; empty if it is not known.</param>
    /// <param name="exitStatus">How the process ended; its <see cref="ExitStatus.Error"/> becomes the <see cref="Exception.InnerException"/>.</param>
    /// <param name="standardErrorTail">The end of its output on standard error.</param>
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

    /// <summary>Gets the id of the process.</summary>
    public int ProcessId { get; }

    /// <summary>Gets the name of the process; empty if it is not known.</summary>
    public string ProcessName { get; }

    /// <summary>Gets how the process ended.</summary>
    public ExitStatus ExitStatus { get; }

    /// <summary>
    /// Gets the last lines that the process wrote to standard error; empty if there were none, or if this process did not read them.
    /// </summary>
    public string StandardErrorTail { get; }

    /// <summary>
    /// Gets the first lines that the process wrote to standard error, at most 4 KiB; for a crash, the first lines that the runtime wrote about it,
    /// which name the cause. Empty if <see cref="StandardErrorTail"/> has all lines. The message contains both, with a mark where lines were left
    /// out.
    /// </summary>
    public string StandardErrorHead { get; init; } = "";

    /// <summary>
    /// Creates the exception for a process that crashed or was killed after its result had arrived, for example in an exit handler.
    /// </summary>
    internal static ProcessDiedException AfterBody(int processId, string processName, ExitStatus exitStatus, KeptOutput standardError) =>
        new(Describe(processId, processName, exitStatus, standardError.Whole, "did not end in good order after its body had "
            + "ended"), processId, processName, exitStatus, standardError);

    private protected static ExitStatus Required(ExitStatus exitStatus)
    {
        ArgumentNullException.ThrowIfNull(exitStatus);
        return exitStatus;
    }

    private static string Describe(int processId, string name, ExitStatus status, string tail, string what = "ended before its body did")
    {
        var text = $"Process '{name}' (pid {processId}) {what}: {Required(status)}.";
        return tail.Length == 0 ? text : $"{text} Its last output on standard error:{Environment.NewLine}{tail.TrimEnd()}";
    }
}
