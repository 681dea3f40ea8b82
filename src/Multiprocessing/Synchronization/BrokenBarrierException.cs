namespace Multiprocessing;

/// <summary>Why a barrier is broken.</summary>
internal enum BarrierBreak
{
    None,
    Died,
    Aborted,
}

/// <summary>A phase of a <see cref="ProcessBarrier"/> will not end: a participant died, somebody called <see cref="ProcessBarrier.Abort"/>, or <see cref="ProcessBarrier.Reset"/> while others waited.</summary>
public sealed class BrokenBarrierException : InvalidOperationException
{
    internal BrokenBarrierException(string message, int processId, ExitStatus? exitStatus)
        : base(message)
    {
        ProcessId = processId;
        ExitStatus = exitStatus;
    }

    /// <summary>The participant that died, or the process that aborted or reset the barrier; 0 if its number is not known any more.</summary>
    public int ProcessId { get; }

    /// <summary>How the participant ended; <see langword="null"/> when the barrier was aborted or reset.</summary>
    public ExitStatus? ExitStatus { get; }
}
