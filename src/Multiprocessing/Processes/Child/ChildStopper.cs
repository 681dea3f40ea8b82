using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>How a child goes when it is asked to, by its parent or by a signal.</summary>
internal sealed class ChildStopper(FrameWriter writer)
{
    // The runtime calls handlers on a thread that it starts for the signal. If none was called by then, the body has blocked or ignores the signal itself.
    private static readonly TimeSpan PatienceWithSignal = TimeSpan.FromSeconds(1);

    private int _isAsked;
    private int _signal;
    private volatile bool _isAskedByParent;
    private volatile bool _bodyHasEnded;
    private LibraryTimer? _deadline;
    private LibraryTimer? _patience;

    /// <summary>How long a body that listens may take after a signal; the parent keeps the time of its own requests.</summary>
    public TimeSpan Grace { get; set; }

    /// <summary>
    /// The parent asks. A body may have handlers of its own for SIGTERM (a generic host has), so the request becomes that signal, and <see cref="Stop"/> is called by this library's handler. Where
    /// there are no signals it is called at once.
    /// </summary>
    /// <param name="signal">The signal in whose place the parent asks, or 0.</param>
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

        _patience = LastResort.NewTimer(EntryPoint.StopTimer, PatienceWithSignal, () => Stop(signal, isHandled: true), ChildRuntime.Die);
    }

    /// <summary>
    /// Asked for the first time: cancels <see cref="CurrentProcess.Stopping"/>, or goes at once where nobody ever read it and no handler of the body cancelled the signal.
    /// </summary>
    /// <param name="signal">The signal that asked, or 0 for the parent's own request.</param>
    /// <param name="isHandled">A handler of the body has taken the signal on itself, or may have: then the body has the grace.</param>
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
            ReportStopping(); // its foreground threads run still
        }

        if (signal != 0 && Grace != Timeout.InfiniteTimeSpan)
        {
            _deadline = LastResort.NewTimer(EntryPoint.StopTimer, Grace, () => Signals.DieBy(signal), ChildRuntime.Die);
        }

        // Callbacks registered on the token are the user's: they may block, and this thread must go on listening.
        LastResort.Queue(EntryPoint.StopRequest, this, static _ => CurrentProcess.RequestStop(), static (_, exception) => ChildRuntime.Die(exception));
    }

    /// <summary>The body has returned. The process lives as long as a foreground thread does.</summary>
    public void BodyHasEnded() => _bodyHasEnded = true;

    public void ReportStopping() => _ = writer.TrySend(FrameKind.Stopping, [(byte)_signal], Timeout.InfiniteTimeSpan);
}
