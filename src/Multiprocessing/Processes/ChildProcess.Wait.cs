namespace Multiprocessing;

// Waiting for the end of the process.
public partial class ChildProcess
{
    /// <summary>Ready when <see cref="Join()"/> returns at once.</summary>
    IWaitable IProcessWaitable.Readiness
    {
        get
        {
            _ = StartedLink;
            return new MilestoneWaitable(_supervisor.End);
        }
    }

    /// <summary>Waits until the process has ended and its whole output was delivered. Does not throw if the process failed.</summary>
    /// <remarks>
    /// When it returns, <see cref="ExitStatus"/>, <see cref="Completion"/> and the result are complete. To throw if the process failed, call
    /// <see cref="Wait()"/> instead. Inside a callback for the process's own output it only waits for the process: the output is delivered after the
    /// callback has returned.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    public void Join() => _ = Join(Timeout.InfiniteTimeSpan);

    /// <summary>Waits until the process has ended, but no longer than <paramref name="timeout"/>.</summary>
    /// <param name="timeout">
    /// The longest time to wait. <see cref="TimeSpan.Zero"/> checks without waiting; <see cref="Timeout.InfiniteTimeSpan"/> waits without limit.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait, not the process.</param>
    /// <returns><see langword="true"/> if the process has ended; <see langword="false"/> if the time elapsed first.</returns>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public bool Join(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        _ = StartedLink;
        return _supervisor.End.AsTask().Wait(timeout, cancellationToken);
    }

    /// <summary>
    /// Waits until the process has ended, as <see cref="Join()"/> does, and throws if its body did not run to its end: the body's own exception, not
    /// wrapped, or <see cref="ProcessDiedException"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    /// <exception cref="ProcessDiedException">The process was killed, crashed, or exited on its own.</exception>
    /// <exception cref="ProcessStartException">The process did not reach its body.</exception>
    public void Wait() => _ = Wait(Timeout.InfiniteTimeSpan);

    /// <summary>
    /// Waits until the process has ended, but no longer than <paramref name="timeout"/>, and throws if its body did not run to its end: the body's
    /// own exception, not wrapped, or <see cref="ProcessDiedException"/>.
    /// </summary>
    /// <param name="timeout">
    /// The longest time to wait. <see cref="TimeSpan.Zero"/> checks without waiting; <see cref="Timeout.InfiniteTimeSpan"/> waits without limit.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait, not the process.</param>
    /// <returns>
    /// <see langword="true"/> if the process has ended and its body ran to its end; <see langword="false"/> if the time elapsed first.
    /// </returns>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ProcessDiedException">The process was killed, crashed, or exited on its own.</exception>
    /// <exception cref="ProcessStartException">The process did not reach its body.</exception>
    public bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (!Join(timeout, cancellationToken))
        {
            return false;
        }

        Completion.GetAwaiter().GetResult();
        return true;
    }

    /// <summary>Waits until the process has ended, without blocking a thread.</summary>
    /// <param name="cancellationToken">Cancels the wait, not the process.</param>
    /// <returns>A task that completes when the process has ended; successfully even if the process failed.</returns>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    public Task JoinAsync(CancellationToken cancellationToken = default)
    {
        _ = StartedLink;
        return _supervisor.End.AsTask(cancellationToken);
    }
}
