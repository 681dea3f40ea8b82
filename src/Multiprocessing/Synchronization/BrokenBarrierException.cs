namespace Multiprocessing;

/// <summary>Why a barrier is broken.</summary>
internal enum BarrierBreak
{
    None,
    Died,
    Aborted,
}

/// <summary>
/// The exception that is thrown when a phase of a <see cref="ProcessBarrier"/> cannot end: a participant died, <see cref="ProcessBarrier.Abort"/> was
/// called, or <see cref="ProcessBarrier.Reset"/> was called during a wait.
/// </summary>
/// <remarks>
/// When a participant died, the <see cref="Exception.InnerException"/> is a <see cref="ProcessDiedException"/> that describes its death.
/// </remarks>
/// <example>
/// <code>
/// using var barrier = new ProcessBarrier(participantCount: 2);
/// using var child = ChildProcess.Run(() => barrier.Abort());
/// try
/// {
///     barrier.SignalAndWait();
/// }
/// catch (BrokenBarrierException exception)
/// {
///     Console.WriteLine(exception.Message);
///     barrier.Reset(); // the barrier can be used again
/// }
/// </code>
/// </example>
public sealed class BrokenBarrierException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Why the barrier is broken, and how to proceed.</param>
    /// <param name="processId">The participant that died, or the process that aborted or reset the barrier.</param>
    /// <param name="exitStatus">How the participant ended; <see langword="null"/> when the barrier was aborted or reset.</param>
    public BrokenBarrierException(string message, int processId = 0, ExitStatus? exitStatus = null)
        : base(message, exitStatus is null ? null : new ProcessDiedException($"Process {processId} ended: {exitStatus}.", processId, "", exitStatus))
    {
        ProcessId = processId;
        ExitStatus = exitStatus;
    }

    /// <summary>
    /// Gets the number of the participant that died, or of the process that aborted or reset the barrier; 0 if its number is not known any more.
    /// </summary>
    public int ProcessId { get; }

    /// <summary>Gets how the participant ended; <see langword="null"/> when the barrier was aborted or reset.</summary>
    public ExitStatus? ExitStatus { get; }
}
