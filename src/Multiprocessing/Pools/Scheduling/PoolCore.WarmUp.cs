namespace Multiprocessing;

/// <summary>Workers that start before there is work for them, and all workers killed at once.</summary>
internal sealed unsafe partial class PoolCore
{
    private readonly List<(int Workers, TaskCompletionSource Done, object Pool)> _warmUps = [];

    /// <summary>How many workers live although there is no work for them.</summary>
    private int LeastWorkers => _isShuttingDown ? 0 : Math.Min(_warmUps.Count == 0 ? Options.MinWorkers : Math.Max(Options.MinWorkers, _warmUps.Max(static warmUp => warmUp.Workers)), _workers);

    /// <summary>Starts the workers that are kept. Called once, after the constructor.</summary>
    public void Begin()
    {
        if (Options.MinWorkers > 0)
        {
            Post(static () => { }); // the step that follows starts them
        }
    }

    public Task WarmUpAsync(int workers, object pool, CancellationToken cancellationToken)
    {
        ThrowIfEnded();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            if (_isShuttingDown || _broken is not null)
            {
                done.TrySetException(_broken ?? Disposed());
            }
            else
            {
                _warmUps.Add((workers, done, pool));
            }
        });
        if (cancellationToken.CanBeCanceled)
        {
            var registration = LastResort.OnCancelled(cancellationToken, done, done => done.TrySetCanceled(cancellationToken));
            _ = done.Task.ContinueWith(static (_, state) => ((CancellationTokenRegistration)state!).Unregister(), registration, TaskScheduler.Default);
        }

        return done.Task;
    }

    public void KillWorkers() => Post(() =>
    {
        foreach (var member in _members)
        {
            if (!member.IsKilled)
            {
                member.IsKilledByCaller = true;
                KillNow(member, KillReason.None);
            }
        }
    });

    /// <summary>At each step: starts what is missing of the workers that are kept, and completes warm-ups.</summary>
    private void KeepLeast()
    {
        if (_warmUps.Count == 0 && Options.MinWorkers == 0)
        {
            return;
        }

        if (_isShuttingDown || _broken is not null)
        {
            FailWarmUps();
            return;
        }

        if (Living < LeastWorkers)
        {
            StartMissing();
        }

        if (_warmUps.Count > 0)
        {
            var ready = _members.Count(static member => member.TakesTasks);
            _warmUps.RemoveAll(warmUp => Math.Min(warmUp.Workers, _workers) <= ready && warmUp.Done.TrySetResult());
        }
    }

    private void FailWarmUps()
    {
        foreach (var (_, done, _) in _warmUps)
        {
            done.TrySetException(_broken ?? Disposed());
        }

        _warmUps.Clear();
    }
}
