namespace Multiprocessing;

/// <summary>
/// A barrier in the process of a manager. A call whose wait times out or is cancelled does not count as arrived. A client that ends while it waits
/// breaks the barrier.
/// </summary>
/// <inheritdoc cref="IManagedObject" path="/remarks"/>
/// <example>
/// <code>
/// using var manager = ProcessManager.Start();
/// using IManagedBarrier start = manager.Barrier(participantCount: 2);
/// using var child = ChildProcess.Run(() => start.SignalAndWait());
/// start.SignalAndWait(); // both go on together
/// </code>
/// </example>
public interface IManagedBarrier : IManagedObject
{
    /// <summary>Gets the number of participants.</summary>
    int ParticipantCount { get; }

    /// <summary>Gets the number of participants that have not arrived in this phase.</summary>
    int ParticipantsRemaining { get; }

    /// <summary>Gets the number of completed phases.</summary>
    long CurrentPhaseNumber { get; }

    /// <summary>Gets whether the barrier is broken.</summary>
    bool IsBroken { get; }

    /// <summary>Waits until all participants have arrived.</summary>
    /// <param name="cancellationToken">Ends the wait; the call does not count as arrived.</param>
    /// <returns>A number from 0 to the number of participants less one, different for each participant of a phase.</returns>
    /// <exception cref="BrokenBarrierException">The barrier is broken, or was reset during the wait.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled before the others arrived.</exception>
    int SignalAndWait(CancellationToken cancellationToken = default);

    /// <summary>Waits until all participants have arrived, up to a time limit.</summary>
    /// <param name="timeout">The longest wait: <see cref="TimeSpan.Zero"/> for none, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <param name="cancellationToken">Ends the wait; the call does not count as arrived.</param>
    /// <returns>Whether all arrived in time.</returns>
    /// <inheritdoc cref="SignalAndWait(CancellationToken)"/>
    bool SignalAndWait(TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="SignalAndWait(CancellationToken)"/>
    ValueTask<int> SignalAndWaitAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc cref="SignalAndWait(TimeSpan, CancellationToken)"/>
    ValueTask<bool> SignalAndWaitAsync(TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Breaks the barrier: calls that wait and later calls throw.</summary>
    void Abort();

    /// <summary>Makes the barrier usable again. Calls that wait throw.</summary>
    void Reset();
}
