using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>How a child goes when it is asked to, by its parent or by a signal.</summary>
internal sealed class ChildStopper(FrameWriter writer)
{
    private int _isAsked;
    private int _signal;
    private Timer? _deadline;

    /// <summary>How long a body that listens may take after a signal; the parent keeps the time of its own requests.</summary>
    public TimeSpan Grace { get; set; }

    /// <summary>Asked for the first time: cancels <see cref="CurrentProcess.Stopping"/>, or goes at once where nobody ever read it. Later requests change nothing.</summary>
    /// <param name="signal">The signal that asked, or 0 for the parent's own request.</param>
    public void Stop(int signal)
    {
        if (Interlocked.Exchange(ref _isAsked, 1) != 0)
        {
            return;
        }

        _signal = signal;
        if (!CurrentProcess.IsStoppingObserved)
        {
            ReportStopping();
            Environment.Exit(ChildExitCodes.Terminated);
        }

        if (signal != 0 && Grace != Timeout.InfiniteTimeSpan)
        {
            _deadline = LastResort.NewTimer(EntryPoint.StopTimer, Grace, () => Signals.DieBy(signal), ChildRuntime.Die);
        }

        // Callbacks registered on the token are the user's: they may block, and this thread must go on listening.
        LastResort.Queue(EntryPoint.StopRequest, this, static _ => CurrentProcess.RequestStop(), static (_, exception) => ChildRuntime.Die(exception));
    }

    public void ReportStopping() => _ = writer.TrySend(FrameKind.Stopping, [(byte)_signal], Timeout.InfiniteTimeSpan);
}
