using Multiprocessing.Platform;

namespace Multiprocessing;

// Stopping and killing the process.
public partial class ChildProcess
{
    /// <summary>The longest time that a process may take to exit after its body has ended, when it is disposed.</summary>
    private static readonly TimeSpan MaxExitTime = TimeSpan.FromSeconds(5);

    /// <summary>A child whose socket is full does not read: the request is dropped after this time.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Asks the process to stop (<see cref="CurrentProcess.Stopping"/> is cancelled there) and returns. If it has not exited after
    /// <see cref="ChildProcessOptions.TerminationGrace"/>, it is killed with everything below it.
    /// </summary>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    public void Terminate() => Terminate(_options.TerminationGrace);

    /// <summary>
    /// Asks the process to stop and returns. If it has not exited after <paramref name="grace"/>, it is killed with everything below it.
    /// </summary>
    /// <param name="grace">
    /// The time that it may take. <see cref="TimeSpan.Zero"/> kills at once; <see cref="Timeout.InfiniteTimeSpan"/> never kills.
    /// </param>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    public void Terminate(TimeSpan grace)
    {
        var link = StartedLink;
        if (!IsAlive)
        {
            return;
        }

        _ = link.Writer.TrySend(FrameKind.Stop, [], RequestTimeout); // the grace begins even if the child does not receive the request
        _supervisor.KillAfter(grace);
    }

    /// <summary>
    /// Kills the process and everything below it at once. No more code runs in it: no <see langword="finally"/> block and no exit handler.
    /// </summary>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    public void Kill()
    {
        _ = StartedLink;
        _supervisor.Kill();
    }

    /// <summary>
    /// Sends SIGINT, as Ctrl-C does: <see cref="CurrentProcess.Stopping"/> is cancelled in the child, which exits at once if no code there uses that
    /// token.
    /// </summary>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    public void Interrupt()
    {
        var link = StartedLink;
        if (!link.Signal(Signals.Interrupt) && IsAlive)
        {
            // The system has no signals: the request is sent over the channel.
            _ = link.Writer.TrySend(FrameKind.Stop, [Signals.Interrupt], RequestTimeout);
        }
    }

    /// <summary>
    /// Reads the figures of the process, as a task manager does. After its end: its last processor time, without memory and threads.
    /// </summary>
    /// <returns>State, processor time, memory and threads at this moment.</returns>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    public ProcessStatistics GetStatistics() => _supervisor.GetStatistics(StartedLink);

    /// <summary>
    /// Kills the process if it still runs, waits for its end, and frees its resources. A process whose body has ended may take
    /// <see cref="ChildProcessOptions.TerminationGrace"/>, at most 5 seconds, to exit by itself.
    /// </summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Asks the process to stop if it still runs, kills it after the grace, and waits for its end.</summary>
    /// <returns>A task that completes when the process has ended.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_link is not null)
        {
            Terminate();
            await _supervisor.End;
        }

        Dispose();
    }

    /// <summary>Kills the process and waits for its end.</summary>
    /// <param name="disposing"><see langword="true"/> if called from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || _link is null)
        {
            return;
        }

        if (IsAlive && _supervisor.HasResult)
        {
            // The result arrived before the exit: exit handlers have as much time as a body that is asked to stop.
            var grace = _options.TerminationGrace;
            _supervisor.KillAfter(grace < MaxExitTime && grace != Timeout.InfiniteTimeSpan ? grace : MaxExitTime);
        }
        else if (IsAlive)
        {
            Kill();
        }

        Join();
    }
}
