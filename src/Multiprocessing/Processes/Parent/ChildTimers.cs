namespace Multiprocessing;

/// <summary>Kills a child that does not reach its body in time, or does not exit within the grace.</summary>
internal sealed class ChildTimers(ChildSupervisor supervisor)
{
    private readonly Lock _gate = new();
    private LibraryTimer? _start;
    private LibraryTimer? _kill;

    /// <summary>The child was killed because it did not reach its body in time.</summary>
    public bool StartTimedOut { get; private set; }

    public void BeginStart(TimeSpan timeout)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            _start = LastResort.NewTimer(EntryPoint.StartTimer, timeout, OnStartTimeout, supervisor.OnLost);
        }
    }

    public void EndStart() => Interlocked.Exchange(ref _start, null)?.Dispose();

    /// <summary>Kills the child after the grace, which replaces an earlier one.</summary>
    public void KillAfter(TimeSpan grace)
    {
        if (grace == TimeSpan.Zero)
        {
            supervisor.Kill();
            return;
        }

        if (grace == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        lock (_gate)
        {
            _kill?.Dispose();
            _kill = supervisor.HasExited ? null : LastResort.NewTimer(EntryPoint.KillTimer, grace, supervisor.Kill, supervisor.OnLost);
        }
    }

    public void Stop()
    {
        EndStart();
        lock (_gate)
        {
            _kill?.Dispose();
            _kill = null;
        }
    }

    private void OnStartTimeout()
    {
        lock (_gate)
        {
            if (supervisor.IsStarted)
            {
                return;
            }

            StartTimedOut = true;
        }

        supervisor.Kill();
    }
}
