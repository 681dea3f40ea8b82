using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Ends the child on request, by its parent or by a signal.</summary>
internal sealed class ChildStopper(FrameWriter writer)
{
    // The runtime calls handlers on a thread that it starts for the signal. If none was called within this time, the body blocks or ignores the
    // signal.
    private static readonly TimeSpan SignalTimeout = TimeSpan.FromSeconds(1);

    private int _isAsked;
    private int _signal;
    private volatile bool _isAskedByParent;
    private volatile bool _bodyHasEnded;
    private LibraryTimer? _deadline;
    private LibraryTimer? _signalTimer;

    /// <summary>The time that a body with a token has after a signal. The parent measures the time of its own requests.</summary>
    public TimeSpan Grace { get; set; }

    /// <summary>
    /// Handles a request of the parent. A body may have its own handlers for SIGTERM (a generic host has), so the request becomes that signal, and
    /// this library's handler calls <see cref="Stop"/>. On a system without signals it is called at once.
    /// </summary>
    /// <param name="signal">The signal that the request replaces, or 0.</param>
    public void StopForParent(int signal)
    {
        _isAskedByParent = signal == 0;
        if (CurrentProcess.IsStoppingObserved)
        {
            Stop(signal, isHandled: true);
        }

        if (!Signals.TryRaise(Signals.Terminate))
        {
            Stop(signal, isHandled: false);
            return;
        }

        _signalTimer = LastResort.NewTimer(EntryPoint.StopTimer, SignalTimeout, () => Stop(signal, isHandled: true), ChildRuntime.Die);
    }

    /// <summary>
    /// Stops the body. The first call cancels <see cref="CurrentProcess.Stopping"/>. If no code has read that token and no handler of the body has
    /// cancelled the signal, the process exits at once.
    /// </summary>
    /// <param name="signal">The signal that was received, or 0 for a request of the parent.</param>
    /// <param name="isHandled">A handler of the body has cancelled the signal, or may have: then the body has the grace.</param>
    public void Stop(int signal, bool isHandled)
    {
        signal = _isAskedByParent ? 0 : signal;
        var isFirst = Interlocked.Exchange(ref _isAsked, 1) == 0;
        if (isFirst)
        {
            _signal = signal;
        }

        if (!isHandled && !CurrentProcess.IsStoppingObserved)
        {
            ReportStopping();
            Environment.Exit(ChildExitCodes.Terminated);
        }

        if (!isFirst)
        {
            return;
        }

        if (_bodyHasEnded)
        {
            ReportStopping(); // foreground threads still run
        }

        if (signal != 0 && Grace != Timeout.InfiniteTimeSpan)
        {
            _deadline = LastResort.NewTimer(EntryPoint.StopTimer, Grace, () => Signals.DieBy(signal), ChildRuntime.Die);
        }

        // Callbacks on the token are code of the program and may block. This thread must continue to listen.
        LastResort.Queue(
            EntryPoint.StopRequest, this, static _ => CurrentProcess.RequestStop(), static (_, exception) => ChildRuntime.Die(exception));
    }

    /// <summary>The body has returned. The process lives as long as a foreground thread does.</summary>
    public void BodyHasEnded() => _bodyHasEnded = true;

    public void ReportStopping() => _ = writer.TrySend(FrameKind.Stopping, [(byte)_signal], Timeout.InfiniteTimeSpan);
}
