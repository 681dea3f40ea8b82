namespace Multiprocessing;

// The lives of children: start, run, end, stop.
internal sealed partial class SupervisorCore
{
    /// <summary>Under the gate.</summary>
    private void Start(ChildEntry entry)
    {
        var life = ++entry.Life;
        var starting = new CancellationTokenSource();
        entry.State = SupervisedChildState.Starting;
        entry.Since = _clock.Now;
        entry.Starting = starting;
        entry.KilledFor = null;
        Later(
            () => LastResort.Queue(
                EntryPoint.SupervisorWork,
                this,
                core => _ = core.LiveAsync(entry, life, starting.Token),
                (core, exception) => core.OnEnded(entry, life, new ChildEnd(exception))),
            exception => OnEnded(entry, life, new ChildEnd(exception)));
    }

    /// <summary>One life of a child. Not under the gate.</summary>
    private async Task LiveAsync(ChildEntry entry, int life, CancellationToken cancellationToken)
    {
        ChildEnd end;
        try
        {
            await entry.Child.StartAsync(cancellationToken).ConfigureAwait(false);
            OnRunning(entry, life);
            end = await entry.Child.Ended.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            end = new ChildEnd(exception); // code of the program that creates the child, or a start that the system refused
        }

        try
        {
            OnEnded(entry, life, end);
        }
        catch (Exception exception)
        {
            LastResort.Caught(EntryPoint.SupervisorWork, this, exception, static (core, exception) => core.Fail(exception));
        }
    }

    private void OnRunning(ChildEntry entry, int life) => Change(() =>
    {
        if (entry.Life != life || entry.State is not SupervisedChildState.Starting)
        {
            if (entry.Life == life && entry.State is SupervisedChildState.Stopping)
            {
                OnRunningTooLate(entry);
            }

            return;
        }

        entry.State = SupervisedChildState.Running;
        entry.HasRun = true;
        entry.Since = _clock.Now;
        entry.Starting = null;
        entry.IsReported = true;
        var (restarts, processId) = (entry.Restarts, entry.Child.ProcessId);
        TimeSpan? duration = entry.EndedAt == 0 ? null : _clock.Since(entry.EndedAt);
        entry.EndedAt = 0;
        if (entry.Options.HealthProbe is not null)
        {
            entry.Prober = new HealthProber(
                entry.Options, _clock, (failures, exception) => OnProbeFailed(entry, life, failures, exception));
            Later(entry.Prober.Schedule);
        }

        Report(() =>
        {
            SupervisionMetrics.ChildRuns(Name, entry.Name, duration);
            SupervisionLog.Started(Name, entry.Name, processId, restarts);
        });
    });

    /// <summary>The start was cancelled and has succeeded all the same. Under the gate.</summary>
    private void OnRunningTooLate(ChildEntry entry)
    {
        entry.Starting = null; // from now on it is killed as a life and not as a start
        Stop(entry);
        if (_isKilling)
        {
            Kill(entry); // its own grace may have no end
        }
    }

    private void OnEnded(ChildEntry entry, int life, ChildEnd end) => Change(() =>
    {
        if (entry.Life != life || !entry.IsActive)
        {
            return;
        }

        var hasRun = entry.IsReported;
        entry.IsReported = false;
        var wasStopping = entry.State is SupervisedChildState.Stopping;
        if (entry.KilledFor is { } reason)
        {
            end = end with { Failure = reason };
        }

        if (entry.Prober is { } prober)
        {
            entry.Prober = null;
            Later(prober.Dispose);
        }

        entry.Starting = null;
        entry.Since = _clock.Now;
        if (hasRun)
        {
            Report(() => SupervisionMetrics.ChildRunsNoMore(Name, entry.Name));
        }

        if (wasStopping)
        {
            entry.State = SupervisedChildState.Stopped;
            Report(() => SupervisionLog.Stopped(Name, entry.Name, end.Text));
            return;
        }

        entry.LastEnd = end;
        OnDied(entry, end, hasRun);
    });

    /// <summary>Asks a child that runs to end. Under the gate.</summary>
    private void Stop(ChildEntry entry)
    {
        entry.State = SupervisedChildState.Stopping;
        if (entry.Prober is { } prober)
        {
            entry.Prober = null;
            Later(prober.Dispose);
        }

        Later(
            () => LastResort.Queue(
                EntryPoint.SupervisorWork, this, core => _ = core.StopAsync(entry), (_, _) => entry.Child.Kill()),
            _ => entry.Child.Kill());
    }

    /// <summary>Under the gate.</summary>
    private void Kill(ChildEntry entry) =>
        Later(() => LastResort.Queue(EntryPoint.SupervisorWork, entry.Child, static child => child.Kill(), static (child, _) => child.Kill()));

    private async Task StopAsync(ChildEntry entry)
    {
        try
        {
            await entry.Child.StopAsync(entry.Options.ShutdownGrace).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            SupervisionLog.StopFailed(Name, entry.Name, exception);
            LastResort.Run(EntryPoint.SupervisorWork, entry, static entry => entry.Child.Kill());
        }
    }

    /// <summary>Ends a start at once. Under the gate.</summary>
    private void CancelStart(ChildEntry entry)
    {
        entry.State = SupervisedChildState.Stopping;
        if (entry.Starting is { } starting)
        {
            Later(() => LastResort.Queue(
                EntryPoint.SupervisorWork, starting, static starting => starting.Cancel(), (_, _) => entry.Child.Kill()));
        }
    }

    /// <summary>
    /// Stops the last of these children that runs, and waits for its end before the next: the order is the reverse of the start. Under the gate.
    /// </summary>
    /// <returns>True if none runs any more.</returns>
    private bool StopLast(IReadOnlyList<ChildEntry> entries)
    {
        for (var i = entries.Count - 1; i >= 0; i--)
        {
            var entry = entries[i];
            switch (entry.State)
            {
                case SupervisedChildState.Running:
                    Stop(entry);
                    return false;
                case SupervisedChildState.Starting:
                    CancelStart(entry);
                    return false;
                case SupervisedChildState.Stopping:
                    return false;
                case SupervisedChildState.Waiting or SupervisedChildState.BackingOff:
                    entry.Timer?.Dispose();
                    entry.State = SupervisedChildState.Stopped;
                    break;
            }
        }

        return true;
    }
}
