namespace Multiprocessing;

/// <summary>The result of entering a lock: whether its last owner died.</summary>
/// <example>
/// <code>
/// using var gate = new ProcessLock();
/// using var child = ChildProcess.Run(() =>
/// {
///     gate.Enter();
///     Environment.FailFast("The process dies while it owns the lock.");
/// });
/// child.Join();
/// EnterResult result = gate.Enter();
/// Console.WriteLine(result.WasAbandoned); // True
/// Console.WriteLine(result.AbandonedByProcessId == child.Id); // True
/// gate.Exit();
/// </code>
/// </example>
public readonly record struct EnterResult
{
    private const int Unknown = -1;

    private readonly int _dead;

    internal EnterResult(int dead) => _dead = dead;

    /// <summary>
    /// Gets whether the last owner's process ended, or disposed the lock, while it owned the lock: the data that the lock guards may be incomplete,
    /// and the new owner can repair it.
    /// </summary>
    public bool WasAbandoned => _dead != 0;

    /// <summary>Gets the number of the process that ended while it owned the lock; 0 if none did, or if the number is not known any more.</summary>
    public int AbandonedByProcessId => Math.Max(_dead, 0);

    /// <param name="processId">0 if the number is not known.</param>
    internal static EnterResult AbandonedBy(int processId) => new(processId > 0 ? processId : Unknown);

    /// <inheritdoc/>
    public override string ToString() =>
        !WasAbandoned ? "entered"
        : AbandonedByProcessId == 0 ? "entered after an owner that has exited"
        : $"entered after process {AbandonedByProcessId}, which ended as owner";
}
