using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A pool of worker processes, for tasks that may crash, hang, leak or be cancelled. The death of a worker affects only the task that it ran; all
/// other tasks continue. Workers start when tasks need them. All members are thread-safe, and may be called from a task's continuation.
/// </summary>
/// <example>
/// <code>
/// await using var pool = new ProcessPool(new() { Workers = 4 });
/// int answer = await pool.RunAsync((a, b) => a * b, 6, 7);
/// long[] squares = await pool.MapAsync(Enumerable.Range(0, 1_000), item => (long)item * item);
/// </code>
/// </example>
[DebuggerDisplay("{Name}: {ProcessIds.Count} of {Workers} workers")]
public partial class ProcessPool : IProcessPool, IDisposable
{
    private readonly PoolCore _core;
    private readonly PendingLimit? _pendingLimit;

    /// <summary>
    /// Initializes a new instance. No worker starts before a task needs it, except those of <see cref="ProcessPoolOptions.MinWorkers"/>.
    /// </summary>
    /// <param name="options">Number of workers, limits, time-outs; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="NotSerializableException">The initializer cannot cross to a worker.</exception>
    public ProcessPool(ProcessPoolOptions? options = null)
        : this((options ?? new ProcessPoolOptions()).ToValidated(), null)
    {
    }

    private protected ProcessPool(ProcessPoolOptions validated, WorkerInitializer? initializer)
    {
        LaunchPlan.ThrowIfNative(); // without workers too: a task is serialized all the same
        _core = new PoolCore(validated, initializer ?? (validated.Initializer is { } first ? new ActionInitializer(first) : null));
        _core.Begin();
        _pendingLimit = validated.MaxPending is { } max ? new PendingLimit(max) : null;
    }

    /// <summary>
    /// Ends the workers of a pool that was not disposed. Tasks that have not ended keep their pool: it is finalized when neither the program nor a
    /// task, map or stream refers to it.
    /// </summary>
    ~ProcessPool() => LastResort.Finalize(this, static pool => pool._core?.DisposeSoon());

    /// <summary>
    /// Gets a value that indicates whether single tasks bring the trace and the culture of a caller beyond this process, and do not get those of the
    /// code that adds them.
    /// </summary>
    internal bool TasksBringContext { get; init; }

    /// <summary>Gets the name that errors and processes carry.</summary>
    public string Name => _core.Name;

    /// <summary>
    /// Gets the maximum number of worker processes; see <see cref="ResizeAsync"/>. It is 0 in a pool that runs its tasks in this process
    /// (<see cref="ProcessPoolOptions.Workers"/>).
    /// </summary>
    public int Workers => _core.Workers;

    /// <summary>Gets a value that indicates whether the pool takes tasks.</summary>
    public ProcessPoolStatus Status => _core.Status;

    /// <summary>
    /// Gets the error with which all calls fail if <see cref="Status"/> is <see cref="ProcessPoolStatus.Broken"/>; otherwise <see langword="null"/>.
    /// </summary>
    public Exception? Failure => _core.BrokenBy;

    /// <summary>Gets the ids of the worker processes that are alive now.</summary>
    public IReadOnlyList<int> ProcessIds => _core.ProcessIds;

    /// <summary>
    /// Gets statistics of where the pool's time was spent until now, by worker and by name of task, with percentiles.
    /// <see cref="PoolInsights.ToString"/> returns a table with conclusions. Always on; also available after the pool's end.
    /// </summary>
    /// <returns>A snapshot that does not change.</returns>
    public PoolInsights GetInsights() => _core.ToInsights();

    /// <summary>Gets the number of workers that have tasks at this moment.</summary>
    public int BusyWorkers => _core.BusyWorkers;

    /// <summary>Changes the maximum number of workers. More start when tasks need them; surplus workers end after the task that they run.</summary>
    /// <param name="workers">The new maximum.</param>
    /// <returns>A task that completes when no more workers than that are alive.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workers"/> is below 1, or more than a session can have.</exception>
    /// <exception cref="InvalidOperationException">
    /// The pool runs its tasks in this process (<see cref="ProcessPoolOptions.Workers"/> = 0).
    /// </exception>
    public Task ResizeAsync(int workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workers, ParticipantTable.Capacity - 2);
        if (_core.Options.IsInProcess)
        {
            throw new InvalidOperationException($"The pool '{Name}' runs its tasks in this process ({nameof(ProcessPoolOptions.Workers)} = 0) "
                + "and cannot get worker processes. Create a pool with workers.");
        }

        return _core.ResizeAsync(workers, this);
    }

    /// <summary>
    /// Starts workers before tasks need them, so that the first tasks do not wait for a start. Afterwards these workers end like all others
    /// (<see cref="ProcessPoolOptions.IdleTimeout"/>); <see cref="ProcessPoolOptions.MinWorkers"/> keeps some alive.
    /// </summary>
    /// <param name="workers">The number of workers; <see langword="null"/> for <see cref="Workers"/>.</param>
    /// <param name="cancellationToken">Cancels the wait, but not the starts.</param>
    /// <returns>
    /// A task that completes when that many workers are ready (their initializer has run). It fails with the error that broke the pool, or with
    /// <see cref="ObjectDisposedException"/>.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workers"/> is negative or above <see cref="Workers"/>.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task WarmUpAsync(int? workers = null, CancellationToken cancellationToken = default)
    {
        var max = Math.Max(Workers, 1); // a pool without processes can start its thread early, too
        var wanted = workers ?? max;
        ArgumentOutOfRangeException.ThrowIfNegative(wanted, nameof(workers));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wanted, max, nameof(workers));
        _ = _core.EndsInsideCallback();
        return _core.WarmUpAsync(wanted, this, cancellationToken);
    }

    /// <summary>
    /// Serializes a value once, for all tasks. Each worker rebuilds it once, when the first task with it arrives there, and a task receives only a
    /// handle. Use it for what many tasks read, such as a model or a table. The input may be used by other pools and outlives this one.
    /// </summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value. Tasks do not see later changes of it, and do not change their copy.</param>
    /// <returns>The handle, to capture in bodies or to pass as an argument. Dispose it after the last task was submitted.</returns>
    /// <exception cref="NotSerializableException">Something in the value cannot cross to a worker.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the value.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public SharedInput<T> Share<T>(T value)
    {
        _core.ThrowIfEnded();
        return SharedInput<T>.Create(value);
    }

    /// <summary>
    /// Kills all workers at once, with their descendants. No code of their tasks runs any more, not even a <see langword="finally"/> block. A task
    /// that ran has used up an attempt: it starts again if
    /// <see cref="ProcessPoolOptions.MaxAttempts"/> allows it, and otherwise fails with <see cref="WorkerDiedException"/>. Tasks that had not started
    /// wait for new workers, which the pool starts as usual. The pool stays usable, and these deaths do not count towards
    /// <see cref="ProcessPoolOptions.MaxDeathsPerMinute"/>.
    /// </summary>
    public void KillWorkers() => _core.KillWorkers();

    /// <summary>Refuses further tasks, finishes those that the pool has, and ends the workers.</summary>
    /// <param name="cancellationToken">Cancels the wait, but not the tasks.</param>
    /// <returns>
    /// A task that completes when the last worker has exited and the program has received what the workers wrote, reported and logged. Called inside
    /// a callback that receives one of these, it does not wait for that delivery, which would be waiting for itself.
    /// </returns>
    /// <exception cref="InvalidOperationException">The caller is the code of a type whose value the pool writes or reads at this moment.</exception>
    public async Task ShutdownAsync(CancellationToken cancellationToken = default)
    {
        var isInsideCallback = _core.EndsInsideCallback();
        var ended = _core.ShutdownAsync();
        if (cancellationToken.CanBeCanceled)
        {
            var either = new AsyncWaiter();
            ended.WhenReached(either.Notify);
            _ = await either.WaitAsync(Deadline.Never, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await ended;
        }

        if (!isInsideCallback)
        {
            _ = await _core.LastOutputDelivered().ConfigureAwait(false);
            await _core.LastReportsDelivered().ConfigureAwait(false);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Ends the pool: tasks that wait fail, the tokens of those that run are cancelled, and a worker whose task has not ended after
    /// <see cref="ProcessPoolOptions.CancellationGrace"/> is killed.
    /// </summary>
    /// <returns>
    /// A task that completes when the last worker has exited and the program has received what the workers wrote, reported and logged. Called inside
    /// a callback that receives one of these, it does not wait for that delivery, which would be waiting for itself.
    /// </returns>
    /// <exception cref="InvalidOperationException">The caller is the code of a type whose value the pool writes or reads at this moment.</exception>
    public async ValueTask DisposeAsync()
    {
        var isInsideCallback = _core.EndsInsideCallback();
        GC.SuppressFinalize(this);
        await _core.DisposeAsync();
        if (!isInsideCallback)
        {
            _ = await _core.LastOutputDelivered().ConfigureAwait(false);
            await _core.LastReportsDelivered().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Ends the pool like <see cref="DisposeAsync"/>, and blocks the calling thread until the last worker has exited: not longer than
    /// <see cref="ProcessPoolOptions.ShutdownGrace"/>, after which workers are killed. It resumes on no synchronization context, so a thread that has
    /// one (of a user interface) may call it.
    /// </summary>
    public void Dispose()
    {
        // The awaited milestones resume on the library's own work items, which need neither a context nor a thread of the thread pool.
        DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({_core.ProcessIds.Length} of {Workers} workers)";

    internal PoolCore Core => _core;

    private protected static T Required<T>(T body)
        where T : Delegate
    {
        ArgumentNullException.ThrowIfNull(body);
        return body;
    }

    /// <summary>Adds a task without a result.</summary>
    private protected Task Run(ChildCall call, Delegate body, TaskOptions? options, CancellationToken cancellationToken) =>
        Run<bool>(call, hasResult: false, body, options, cancellationToken);

    /// <summary>Adds a task with a result.</summary>
    private protected Task<TResult> Run<TResult>(ChildCall call, Delegate body, TaskOptions? options, CancellationToken cancellationToken) =>
        Run<TResult>(call, hasResult: true, body, options, cancellationToken);

    private Task<TResult> Run<TResult>(ChildCall call, bool hasResult, Delegate body, TaskOptions? options, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<TResult>(cancellationToken);
        }

        try
        {
            _core.ThrowIfEnded();
            var inContext = !TasksBringContext && TaskContext.Capture() is { } context ? new ContextCall(call, context, NameOf(body, options)) : call;
            var batch = new SingleTask<TResult>(inContext, hasResult, SettingsOf(body, options, null), cancellationToken);
            batch.Reports = batch.HasLinks ? _core.Reports : null;
            if (_pendingLimit is not null)
            {
                RunWithinLimit(batch, cancellationToken);
                return batch.Task;
            }

            var spins = _core.CallerSpin.Opened(batch);
            batch.CallerSpin = _core.CallerSpin;
            Add(batch, cancellationToken);
            if (spins && !batch.Task.IsCompleted)
            {
                _core.CallerSpin.SpinFor(batch.Task);
            }

            return batch.Task;
        }
        catch (Exception exception)
        {
            return Task.FromException<TResult>(exception);
        }
    }

    /// <summary>Submits the task when the limit allows it, or ends it if it is cancelled before.</summary>
    private void RunWithinLimit<TResult>(SingleTask<TResult> batch, CancellationToken cancellationToken)
    {
        var limit = _pendingLimit!;
        if (limit.Enter(Submit) is not { } place)
        {
            Submit();
            return;
        }

        if (cancellationToken.CanBeCanceled)
        {
            batch.Waiting = LastResort.OnCancelled(cancellationToken, batch, given =>
            {
                if (limit.GiveUp(place))
                {
                    given.Withdraw(0);
                }
            });
            if (!limit.IsWaiting(place))
            {
                batch.Waiting.Unregister(); // submitted or given up before it was there
            }
        }

        void Submit()
        {
            batch.Waiting.Unregister();
            batch.Left = limit.Leave;
            try
            {
                Add(batch, cancellationToken);
            }
            catch (Exception exception)
            {
                batch.OnError(0, exception); // the pool was ended meanwhile
            }
        }
    }

    private void Add<TResult>(SingleTask<TResult> batch, CancellationToken cancellationToken)
    {
        _core.Submit(batch);
        if (cancellationToken.CanBeCanceled)
        {
            // It may have ended already: then the registration finds nothing to cancel, and ends with the token.
            batch.Registration = LastResort.OnCancelled(
                cancellationToken,
                batch,
                cancelled => _core.Cancel(other => ReferenceEquals(other, cancelled), kills: true));
            if (batch.Task.IsCompleted)
            {
                batch.Registration.Unregister();
            }
        }
    }

    /// <summary>Ends the tasks whose <see cref="TaskOptions.Withdrawal"/> is wanted and that no worker has started.</summary>
    internal void WithdrawUnstarted() => _core.WithdrawUnstarted();

    private static string NameOf(Delegate body, TaskOptions? options) => options?.Name ?? TaskNames.Short(body.Method);

    private protected TaskSettings SettingsOf(Delegate body, TaskOptions? options, SharedBody? shared)
    {
        var limit = options?.Timeout ?? _core.Options.Timeout ?? Timeout.InfiniteTimeSpan;
        if (limit <= TimeSpan.Zero && limit != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(options), limit, "Timeout must be positive, or infinite.");
        }

        var attempts = options?.MaxAttempts ?? _core.Options.MaxAttempts;
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1, nameof(TaskOptions.MaxAttempts));
        var (statistics, pace) = _core.TaskStatistics.Of(options?.Name, body.Method);
        return new TaskSettings
        {
            Statistics = statistics,
            Pace = pace,
            Pool = this,
            Priority = options?.Priority ?? 0,
            Withdrawal = options?.Withdrawal,
            Timeout = limit,
            TimeoutTicks = limit == Timeout.InfiniteTimeSpan || limit.TotalSeconds > 1e9
                ? 0
                : Math.Max(1, (long)(limit.TotalSeconds * Stopwatch.Frequency)),
            MaxAttempts = attempts,
            Body = shared,
        };
    }
}
