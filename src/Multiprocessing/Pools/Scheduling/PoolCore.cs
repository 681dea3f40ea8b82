using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// The scheduler of a pool: creates its parts, says in which order a step runs them, and is what <see cref="ProcessPool"/> calls. Owns no state of
/// its own but the numbers of bodies. Each part owns its state, under the loop's gate; the parts call each other downwards only:
/// <code>
/// CallerSpin, Dispatcher, TaskCancellation, WorkerLimits
///     WorkerStarter
///         WorkerDeaths
///             ReplyHandler
///                 StartFailures, WorkerReports
///                     PoolEnding
///                         FleetSize, PoolIntake
///                             WorkerFleet
///                                 PoolEvents, PoolStatistics, PendingTasks, PoolState
///                                     PoolLoop, PoolBell
/// </code>
/// The loop alone calls up: it asks this class for a step.
/// </summary>
internal sealed class PoolCore : IProgressPool
{
    private static int _pools;

    private readonly PoolLoop _loop;
    private readonly PoolState _state;
    private readonly PendingTasks _pending = new();
    private readonly PoolStatistics _statistics;
    private readonly PoolIntake _intake;
    private readonly WorkerFleet _fleet;
    private readonly FleetSize _size;
    private readonly PoolEnding _ending;
    private readonly ReplyHandler _replies;
    private readonly WorkerStarter _starter;
    private readonly WorkerLimits _limits;
    private readonly Dispatcher _dispatcher;
    private readonly TaskCancellation _cancellation;
    private readonly PoolStatus _status;
    private int _lastBody;

    public PoolCore(ProcessPoolOptions options, WorkerInitializer? initializer)
    {
        Options = options;
        Name = string.IsNullOrEmpty(options.Name) ? $"Pool-{Interlocked.Increment(ref _pools)}" : options.Name;
        if (initializer is not null)
        {
            ThrowUnlessSerializable(initializer);
        }

        _loop = new PoolLoop(this);
        _state = new PoolState(_loop, Name);
        _statistics = new PoolStatistics(Name, _loop);
        var events = new PoolEvents(Name, _state, Reports);
        _intake = new PoolIntake(_loop, _state, _pending);
        _fleet = new WorkerFleet(Name, _loop, _state, _pending, events, options);
        _size = new FleetSize(_loop, _state, _fleet, options);
        _ending = new PoolEnding(Name, _loop, _state, _pending, _intake, _fleet, _size, events, options);
        var failures = new StartFailures(Name, _loop, _state, _fleet, _ending, events, options, hasInitializer: initializer is not null);
        _status = new PoolStatus(this);
        _replies = new ReplyHandler(_loop, _fleet, new WorkerReports(Name, _loop, _fleet, Reports), failures, _ending, _statistics, _status.Log);
        var deaths = new WorkerDeaths(Name, _loop, _state, _pending, _fleet, _replies, failures, _ending, _statistics, events, _status.Log);
        _starter = new WorkerStarter(Name, _loop, _state, _pending, _fleet, _size, failures, deaths, _ending, options, initializer);
        _limits = new WorkerLimits(_loop, _pending, _fleet, _size, _starter, events, options);
        _cancellation = new TaskCancellation(_loop, _pending, _fleet, options);
        _dispatcher = new Dispatcher(_loop, _pending, _fleet, _starter, events, options);
        CallerSpin = new CallerSpin(_loop);
        _loop.Start();
        PoolList.Add(this);
        StatusPublisher.Add(_status);
        _state.Closed.WhenReached(() =>
        {
            PoolList.Retire(this);
            StatusPublisher.Remove(_status);
        });
    }

    public ProcessPoolOptions Options { get; }

    public string Name { get; }

    /// <summary>The maximum number of worker processes; 0 in a pool that runs its tasks in this process.</summary>
    public int Workers => Options.IsInProcess ? 0 : _size.Max;

    /// <summary>Delivers to the program what tasks report while they run.</summary>
    public ReportDelivery Reports { get; } = new();

    public CallerSpin CallerSpin { get; }

    /// <summary>What is counted for each name of tasks.</summary>
    public TaskStatisticsTable TaskStatistics => _statistics.Tasks;

    /// <summary>The ids of the processes of workers that live.</summary>
    public int[] ProcessIds
    {
        get
        {
            using (_loop.Enter())
            {
                return Options.IsInProcess ? [] : _fleet.ProcessIds();
            }
        }
    }

    /// <summary>How many workers have tasks.</summary>
    public int BusyWorkers
    {
        get
        {
            using (_loop.Enter())
            {
                return _fleet.Busy;
            }
        }
    }

    /// <summary>How far the pool is.</summary>
    public ProcessPoolStatus Status => _state.Status;

    /// <summary>How many workers have died until now.</summary>
    public int WorkersDied => _statistics.WorkersDied;

    /// <summary>Reached, under the gate, when the pool is broken or over.</summary>
    internal Milestone Failed => _state.Failed;

    /// <summary>The error that broke the pool; read after <see cref="Failed"/>.</summary>
    internal Exception? BrokenBy => _state.BrokenBy;

    /// <summary>The pool is over. From any thread.</summary>
    internal bool IsOver => _state.IsOver;

    /// <summary>A worker has replies that were not read. Under the gate.</summary>
    internal bool HasReplies => _fleet.HasReplies;

    public int NextBody() => Interlocked.Increment(ref _lastBody);

    /// <summary>Returns the last lines that each worker has printed, by its number; those that have printed none are not in it.</summary>
    public Dictionary<int, string> LastOutput()
    {
        List<(int Number, WorkerHost Host)> hosts = [];
        using (_loop.Enter())
        {
            foreach (var worker in _fleet.Workers)
            {
                if (worker.Host is { } host)
                {
                    hosts.Add((worker.Number, host));
                }
            }
        }

        return hosts.Select(static worker => (worker.Number, Text: worker.Host.LastOutput)).Where(static worker => worker.Text.Length != 0)
            .ToDictionary(static worker => worker.Number, static worker => worker.Text);
    }

    public PoolInsights ToInsights() => _statistics.ToInsights(_fleet, _pending, _size.Max);

    /// <summary>What the metrics report. From any thread, without the gate.</summary>
    public PoolFigures ToFigures() => _statistics.ToFigures(_fleet, _pending);

    /// <summary>The workers that are alive, and how many have died until now.</summary>
    public (IReadOnlyList<WorkerInsights> Living, int Died) LivingWorkers() => _statistics.LivingWorkers(_fleet);

    /// <summary>
    /// At the pool's end: waits until the program has taken what tasks have reported, but not longer than the grace. Not to be awaited in a callback,
    /// which would wait for itself.
    /// </summary>
    public ValueTask LastReportsDelivered() => Reports.FlushAsync(Options.ShutdownGrace);

    /// <summary>The same for the output of the workers. <see langword="false"/> if the program did not take it in time.</summary>
    public ValueTask<bool> LastOutputDelivered() => _ending.OutputDelivered.WaitAsync(Options.ShutdownGrace);

    /// <summary>
    /// The calling code is a callback of the pool (progress, a log record, a worker's output), or was started by one. Then it is about to wait for
    /// the pool's end, and limits on what waits for the program are lifted.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The calling code runs while the pool writes or reads a value: the pool does nothing before it returns.
    /// </exception>
    public bool EndsInsideCallback()
    {
        if (_loop.IsHeld)
        {
            throw new InvalidOperationException(
                $"The pool '{Name}' writes or reads a value of a task at this moment, by code of the value's own type, "
                + "which asks for the pool's end here and would wait for itself. "
                + "End the pool where its results arrive.");
        }

        List<WorkerHost> hosts;
        using (_loop.Enter())
        {
            hosts = [.. _ending.Delivering];
            _fleet.AddHosts(hosts);
        }

        var isInside = CallbackScope.IsInside(Reports);
        if (isInside)
        {
            Reports.LiftLimit();
        }

        foreach (var host in hosts)
        {
            isInside |= host.WaitsInsideCallback();
        }

        return isInside;
    }

    /// <summary>Starts the workers that are kept. Called once, after the constructor.</summary>
    public void Begin()
    {
        if (Options.MinWorkers > 0)
        {
            _loop.Post(static () => { }); // the step that follows starts them
        }
    }

    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public void ThrowIfEnded() => _state.ThrowIfEnded();

    /// <summary>Adds tasks.</summary>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public void Submit(TaskBatch batch)
    {
        _state.ThrowIfEnded();
        batch.SubmittedAt = Stopwatch.GetTimestamp();
        _loop.Submit(batch);
    }

    /// <summary>Runs an action under the gate.</summary>
    public void Post(Action action) => _loop.Post(action);

    /// <summary>Ends tasks that no caller waits for any more; see <see cref="TaskCancellation.Cancel"/>.</summary>
    public void Cancel(Func<TaskBatch, bool> which, bool kills) => _loop.Post(() => _cancellation.Cancel(which, kills));

    /// <summary>Ends tasks that are to be withdrawn and were not started.</summary>
    public void WithdrawUnstarted() => _loop.Post(() => _cancellation.EndUnstarted(static batch => batch.Settings.Withdrawal is { IsWanted: true }));

    /// <summary>Ends the task that a worker runs; see <see cref="TaskCancellation.CancelRunning"/>.</summary>
    public void CancelRunning(int worker, long tasksDone) => _loop.Post(() => _cancellation.CancelRunning(worker, tasksDone));

    public Task ResizeAsync(int workers, object pool)
    {
        _state.ThrowIfEnded();
        _ = EndsInsideCallback();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(() => _size.Resize(workers, done, pool));
        return done.Task;
    }

    public Task WarmUpAsync(int workers, object pool, CancellationToken cancellationToken)
    {
        _state.ThrowIfEnded();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(() => _size.WarmUp(workers, done, pool));
        if (cancellationToken.CanBeCanceled)
        {
            var registration = LastResort.OnCancelled(cancellationToken, done, done => done.TrySetCanceled(cancellationToken));
            _ = done.Task.ContinueWith(
                static (_, state) => ((CancellationTokenRegistration)state!).Unregister(),
                registration, TaskScheduler.Default);
        }

        return done.Task;
    }

    public void KillWorkers() => _loop.Post(_fleet.KillAllForCaller);

    /// <summary>Refuses further tasks, finishes those that the pool has, and ends the workers.</summary>
    public Milestone ShutdownAsync()
    {
        _state.RefuseTasks();
        _loop.Post(_state.ShutDown);
        return _state.Closed;
    }

    /// <summary>Ends everything within the grace.</summary>
    public Milestone DisposeAsync()
    {
        _state.RefuseTasks();
        _loop.Post(_ending.Dispose);
        return _state.Closed;
    }

    /// <summary>For the finalizer, whose thread takes no step.</summary>
    public void DisposeSoon()
    {
        _state.RefuseTasks();
        _loop.Enqueue(_ending.Dispose);
    }

    /// <summary>
    /// One step, under the gate: empties the inbox, reads replies, assigns tasks, starts workers, and does what is due by the clock.
    /// </summary>
    /// <returns><see langword="true"/> if anything was done.</returns>
    internal bool Step(long now)
    {
        AssertInvariants();
        if (_state.IsOver)
        {
            _intake.Drain();
            return false;
        }

        var progress = _intake.Drain();
        for (var i = _fleet.Count - 1; i >= 0; i--)
        {
            progress |= _replies.Read(_fleet.Workers[i]);
        }

        progress |= _dispatcher.Dispatch();
        if (_size.IsBelowLeast)
        {
            _starter.StartMissing();
        }

        _size.CompleteWaiting();
        _limits.Check(now); // after the tasks were assigned: their times are the nearest
        _ending.FinishIfOver();
        return progress;
    }

    /// <summary>A step has thrown. Under the gate.</summary>
    internal void OnStepFailed(Exception exception) => _ending.OnStepFailed(exception);

    /// <summary>The loop's thread has failed outside of a step: there will be no more of them. Under the gate.</summary>
    internal void OnThreadFailed(Exception exception) =>
        _ending.EndNow(
            new PoolBrokenException($"The pool '{Name}' gave up, because its thread failed: {ExceptionText.Message(exception)}", exception));

    /// <summary>How many workers have tasks. Under the gate.</summary>
    internal int CountBusy() => _fleet.Busy;

    /// <summary>An initializer that cannot cross fails the call that gave it, and not the first worker.</summary>
    private static void ThrowUnlessSerializable(WorkerInitializer initializer)
    {
        using var message = MessageBuffer.Rent();
        message.SenderKeepsReferences = true;
        ValueSerializer.Serialize(message, initializer, "initializer");
    }

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        _loop.AssertHeld();
        _state.AssertInvariants();
        _pending.AssertInvariants();
        _fleet.AssertInvariants();
        _size.AssertInvariants();
        _dispatcher.AssertInvariants();
    }
}
