namespace Multiprocessing;

/// <summary>How a lock was entered.</summary>
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
    /// The process that held the lock before ended, or let go of it, while it held it: what the lock guards may be half done, and whoever holds it now can repair it.
    /// </summary>
    public bool WasAbandoned => _dead != 0;

    /// <summary>The process that ended while it held the lock; 0 if none did, or if its number is not known any more.</summary>
    public int AbandonedByProcessId => Math.Max(_dead, 0);

    /// <param name="processId">0 for one whose number nobody knows.</param>
    internal static EnterResult AbandonedBy(int processId) => new(processId > 0 ? processId : Unknown);

    /// <inheritdoc/>
    public override string ToString() =>
        !WasAbandoned ? "entered" : AbandonedByProcessId == 0 ? "entered after an owner that is gone" : $"entered after process {AbandonedByProcessId}, which ended as owner";
}
