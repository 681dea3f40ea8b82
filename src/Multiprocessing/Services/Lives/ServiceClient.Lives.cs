namespace Multiprocessing;

// Starting, ending and starting again.
internal sealed partial class ServiceClient
{
    /// <summary>Starts the first life.</summary>
    /// <exception cref="ServiceDiedException">The process ended before the object was created.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LiveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                _givenUp = exception;
                Changed();
            }

            StatusPublisher.Remove(_status); // the program has not received it
            _completion.TrySetException(exception);
            _ = _completion.Task.Exception;
            throw;
        }
    }

    /// <summary>Ends the process in order and starts another. Calls that are made meanwhile wait or fail, as chosen.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        ServiceInstance instance;
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            ThrowIfOver("RestartAsync");
            if (_ready is not { } ready)
            {
                throw new InvalidOperationException($"Service '{Name}' is being started. Await that, and restart it then.");
            }

            instance = ready;
            _ready = null;
            _restart = over.Task; // a stop waits for it
            CountRestart();
        }

        try
        {
            await instance.StopAsync(_options.ShutdownGrace, cancellationToken).ConfigureAwait(false);
            await ReplaceAsync().ConfigureAwait(false);
        }
        finally
        {
            over.SetResult(); // how it has ended is for the caller of this method alone
        }
    }

    private async Task ReplaceAsync()
    {
        try
        {
            await LiveAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            GiveUp(exception);
            throw;
        }
    }

    /// <summary>Ends the process in order. Calls that are made from now on throw <see cref="ObjectDisposedException"/>.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        ServiceInstance? instance;
        lock (_gate)
        {
            _isStopping = true;
            instance = _latest;
            _ready = null;
            Changed();
        }

        if (instance is not null)
        {
            await instance.StopAsync(_options.ShutdownGrace, cancellationToken).ConfigureAwait(false);
        }

        Task restart;
        lock (_gate)
        {
            _isStopped = true;
            restart = _restart;
        }

        await restart.ConfigureAwait(false); // a process that was being started ends, too
        StatusPublisher.Remove(_status);
        _completion.TrySetResult();
    }

    /// <summary>A supervisor begins a life.</summary>
    public async Task<ServiceInstance> BeginLifeAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _isSupervised = true;
            _isStopping = false;
            _givenUp = null; // a supervisor may start a child again that it had given up
            if (_latest is not null)
            {
                CountRestart();
            }
        }

        StatusPublisher.Add(_status);
        return await LiveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A supervisor ends a life. Another one may follow, so calls wait for it, or fail, as chosen.</summary>
    public void EndLife(ServiceInstance instance)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_ready, instance))
            {
                _ready = null;
                Changed();
            }
        }
    }

    /// <summary>No life follows.</summary>
    public void EndForGood()
    {
        lock (_gate)
        {
            _ready = null;
            if (_latest is { WasAskedToStop: false } dead)
            {
                _givenUp = dead.Died("a member", wasSent: false);
            }
            else
            {
                _isStopping = true;
            }

            Changed();
        }

        StatusPublisher.Remove(_status);
    }

    /// <summary>
    /// Starts one process and waits until its object was created. A stop ends it: one that comes before the process is the latest has it killed at
    /// once, a later one asks it to end itself.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The service was stopped. Nothing of this life runs.</exception>
    private async Task<ServiceInstance> LiveAsync(CancellationToken cancellationToken)
    {
        ThrowIfStopping();
        var instance = ServiceInstance.Start(_start, Sends, _options);
        try
        {
            lock (_gate)
            {
                _latest = instance;
                ThrowIfStopping();
            }

            await instance.Ready.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            instance.Kill();
            await instance.Ended.ConfigureAwait(false);
            ThrowIfStopping(); // the stop has ended it
            throw;
        }

        Events.Renew(instance.Channel);
        bool isUnwanted;
        lock (_gate)
        {
            isUnwanted = _isStopping;
            if (!isUnwanted)
            {
                _ready = instance;
                Changed();
            }
        }

        if (isUnwanted)
        {
            await instance.Ended.ConfigureAwait(false); // the stop has found it as the latest, and gives it the grace to dispose its object
            ThrowIfStopping();
        }

        _ = WatchAsync(instance);
        return instance;
    }

    private void ThrowIfStopping()
    {
        lock (_gate)
        {
            if (_isStopping)
            {
                throw new ObjectDisposedException(Name, $"Service '{Name}' was stopped before it was started again.");
            }
        }
    }

    private async Task WatchAsync(ServiceInstance instance)
    {
        await instance.Ended.ConfigureAwait(false);
        LastResort.Run(
            EntryPoint.ServiceWork, Tuple.Create(this, instance), static pair => pair.Item1.OnEnded(pair.Item2),
            static (pair, _) => pair.Item1.OnEnded(pair.Item2));
    }

    /// <summary>A process that had created its object has ended.</summary>
    private void OnEnded(ServiceInstance instance)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_ready, instance))
            {
                return; // it was stopped
            }

            _ready = null;
            if (_isSupervised)
            {
                return; // the supervisor decides
            }
        }

        ServiceLog.Ended(Name, instance.ProcessId, instance.Status);
        switch (_options.Restart)
        {
            case RestartPolicy.Temporary:
                GiveUp(instance.Died("a member", wasSent: false));
                break;
            case RestartPolicy.Transient when instance.Status.IsSuccess:
                GiveUp(null);
                break;
            default:
                var reason = instance.Died("a member", wasSent: false);
                lock (_gate)
                {
                    _restart = RestartAsync(reason);
                }

                break;
        }
    }

    private async Task RestartAsync(Exception reason)
    {
        await Task.Yield(); // not under the gate
        for (var failures = 0; ; failures++)
        {
            if (!_limit.TryRestart())
            {
                GiveUp(reason);
                return;
            }

            try
            {
                if (failures != 0)
                {
                    // A start that fails at once is not repeated at once.
                    await PauseAsync(TimeSpan.FromMilliseconds(Math.Min(50 << Math.Min(failures, 6), 2000))).ConfigureAwait(false);
                }

                lock (_gate)
                {
                    if (_isStopping)
                    {
                        return;
                    }

                    CountRestart();
                }

                await LiveAsync(CancellationToken.None).ConfigureAwait(false);
                ServiceLog.Restarted(Name, ProcessId, RestartCount);
                return;
            }
            catch (Exception exception)
            {
                lock (_gate)
                {
                    if (_isStopping)
                    {
                        return; // it ended by the stop
                    }
                }

                ServiceLog.RestartFailed(exception, Name);
                reason = exception;
            }
        }
    }

    /// <summary>Waits, and not longer than until a stop.</summary>
    private async Task PauseAsync(TimeSpan pause)
    {
        Task stop;
        lock (_gate)
        {
            if (_isStopping)
            {
                return;
            }

            stop = _next.Task; // between two lives nothing else changes
        }

        await Task.WhenAny(Task.Delay(pause), stop).ConfigureAwait(false);
    }

    private void GiveUp(Exception? reason)
    {
        lock (_gate)
        {
            if (_isStopping)
            {
                return; // the service ends by its stop
            }

            _ready = null;
            _givenUp = reason ?? new InvalidOperationException($"Service '{Name}' has ended.");
            Changed();
        }

        if (reason is null)
        {
            StatusPublisher.Remove(_status);
            _completion.TrySetResult();
            return;
        }

        ServiceLog.GivenUp(reason, Name, RestartCount);
        _completion.TrySetException(reason);
        _ = _completion.Task.Exception;
    }
}
