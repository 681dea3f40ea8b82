using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A pool of worker processes: work that may crash, hang, leak or be cancelled. A worker's death concerns the one task that it ran; everything else goes on.
/// Workers start when there is work for them. All members may be used by several threads at once, and from a task's continuation.
/// </summary>
/// <example>
/// <code>
/// await using var pool = new ProcessPool(new() { Workers = 4 });
/// int answer = await pool.RunAsync((a, b) => a * b, 6, 7);
/// long[] squares = await pool.MapAsync(Enumerable.Range(0, 1_000), item => (long)item * item);
/// </code>
/// </example>
[DebuggerDisplay("{Name}: {ProcessIds.Count} of {Workers} workers")]
public partial class ProcessPool : IAsyncDisposable, IDisposable
{
    private readonly PoolCore _core;
    private readonly PendingLimit? _room;

    /// <summary>Creates a pool; no worker starts before there is work.</summary>
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
        _room = validated.MaxPending is { } most ? new PendingLimit(most) : null;
    }

    /// <summary>A pool that was forgotten ends its workers. Work that has not ended keeps it: it is forgotten when neither the program nor a task, map or stream refers to it.</summary>
    ~ProcessPool() => LastResort.Finalize(this, static pool => pool._core?.DisposeSoon());

    /// <summary>The name that errors and processes carry.</summary>
    public string Name => _core.Name;

    /// <summary>The most worker processes; see <see cref="ResizeAsync"/>. 0 in a pool that runs its tasks in this process (<see cref="ProcessPoolOptions.Workers"/>).</summary>
    public int Workers => _core.Workers;

    /// <summary>The ids of the worker processes that live now.</summary>
    public IReadOnlyList<int> ProcessIds => _core.ProcessIds;

    /// <summary>
    /// Where the pool's time went until now, by worker and by name of task, with percentiles; its <see cref="PoolInsights.ToString"/> is a table with conclusions. Always on. Works after the pool's end, too.
    /// </summary>
    /// <returns>A snapshot that does not change.</returns>
    public PoolInsights GetInsights() => _core.ToInsights();

    /// <summary>How many workers have a task in hand at this moment.</summary>
    public int BusyWorkers => _core.BusyWorkers;

    /// <summary>Changes how many workers there may be. More start when there is work; who is too many ends after the task that it runs.</summary>
    /// <param name="workers">How many.</param>
    /// <returns>A task that ends when no more workers live than that.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workers"/> is below 1, or more than a program may have.</exception>
    /// <exception cref="InvalidOperationException">The pool runs its tasks in this process (<see cref="ProcessPoolOptions.Workers"/> = 0).</exception>
    public Task ResizeAsync(int workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workers, ParticipantTable.Capacity - 2);
        if (_core.Options.IsInProcess)
        {
            throw new InvalidOperationException($"The pool '{Name}' runs its tasks in this process ({nameof(ProcessPoolOptions.Workers)} = 0) and cannot get worker processes. Create a pool with workers.");
        }

        return _core.ResizeAsync(workers, this);
    }

    /// <summary>
    /// Starts workers ahead of the tasks that need them, so that the first tasks do not wait for a start. Afterwards they end as all others do
    /// (<see cref="ProcessPoolOptions.IdleTimeout"/>); <see cref="ProcessPoolOptions.MinWorkers"/> keeps some alive.
    /// </summary>
    /// <param name="workers">How many; <see langword="null"/> for <see cref="Workers"/>.</param>
    /// <param name="cancellationToken">Ends the wait, and not the starts.</param>
    /// <returns>A task that completes when that many workers live and are ready (their initializer has run); it fails with what broke the pool, or with <see cref="ObjectDisposedException"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workers"/> is negative or above <see cref="Workers"/>.</exception>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    public Task WarmUpAsync(int? workers = null, CancellationToken cancellationToken = default)
    {
        var most = Math.Max(Workers, 1); // the thread of a pool without processes can be started ahead, too
        var wanted = workers ?? most;
        ArgumentOutOfRangeException.ThrowIfNegative(wanted, nameof(workers));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(wanted, most, nameof(workers));
        _ = _core.EndsInsideCallback();
        return _core.WarmUpAsync(wanted, this, cancellationToken);
    }

    /// <summary>
    /// Kills all workers at once, with everything below them; nothing of their tasks runs any more, no <see langword="finally"/>. A task that ran counts an attempt: it starts again if
    /// <see cref="ProcessPoolOptions.MaxAttempts"/> allows it, and otherwise fails with <see cref="WorkerDiedException"/>. Tasks that had not started wait for the new workers, which the pool starts as usual.
    /// The pool stays usable, and these deaths do not count for <see cref="ProcessPoolOptions.MaxDeathsPerMinute"/>.
    /// </summary>
    public void KillWorkers() => _core.KillWorkers();

    /// <summary>Takes no more tasks, finishes those that it has, and ends the workers.</summary>
    /// <param name="cancellationToken">Ends the wait, and not the tasks.</param>
    /// <returns>A task that ends when the last worker is gone, and what it wrote, reported and logged was handed to the program. Inside a callback for one of these it does not wait for the latter, which would be itself.</returns>
    /// <exception cref="InvalidOperationException">Called by the code of a type of which the pool writes or reads a value at this moment.</exception>
    public async Task ShutdownAsync(CancellationToken cancellationToken = default)
    {
        var isInsideCallback = _core.EndsInsideCallback();
        var ended = _core.ShutdownAsync();
        if (cancellationToken.CanBeCanceled)
        {
            var either = new AsyncWaiter();
            ended.WhenReached(either.Tell);
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
    /// Ends the pool: tasks that wait fail, those that run are told to stop, and what has not ended after <see cref="ProcessPoolOptions.CancellationGrace"/> is killed.
    /// </summary>
    /// <returns>A task that ends when the last worker is gone, and what it wrote, reported and logged was handed to the program. Inside a callback for one of these it does not wait for the latter, which would be itself.</returns>
    /// <exception cref="InvalidOperationException">Called by the code of a type of which the pool writes or reads a value at this moment.</exception>
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
    /// Ends the pool as <see cref="DisposeAsync"/> does, and blocks the calling thread until the last worker is gone: no longer than <see cref="ProcessPoolOptions.ShutdownGrace"/>, after which workers are killed.
    /// It resumes on no synchronization context, so a thread with one (a user interface) may call it.
    /// </summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult(); // what it awaits resumes on the library's own work, and needs neither a context nor a thread of the thread pool

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
            var inContext = TaskContext.Capture() is { } context ? new ContextCall(call, context, NameOf(body, options)) : call;
            var batch = new SingleTask<TResult>(inContext, hasResult, SettingsOf(body, options, null), cancellationToken);
            batch.Reports = batch.HasLinks ? _core.Reports : null;
            if (_room is not null)
            {
                RunWithRoom(batch, cancellationToken);
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

    /// <summary>Submits the task when there is room for it; then, or if it is cancelled before, its task ends.</summary>
    private void RunWithRoom<TResult>(SingleTask<TResult> batch, CancellationToken cancellationToken)
    {
        var room = _room!;
        if (room.Enter(Submit) is not { } place)
        {
            Submit();
            return;
        }

        if (cancellationToken.CanBeCanceled)
        {
            batch.Waiting = LastResort.OnCancelled(cancellationToken, batch, given =>
            {
                if (room.GiveUp(place))
                {
                    given.Withdraw(0);
                }
            });
            if (!room.IsWaiting(place))
            {
                batch.Waiting.Unregister(); // submitted or given up before it was there
            }
        }

        void Submit()
        {
            batch.Waiting.Unregister();
            batch.Left = room.Leave;
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
            // It may have ended already: then the registration finds nothing to cancel, and goes with the token.
            batch.Registration = LastResort.OnCancelled(cancellationToken, batch, cancelled => _core.Cancel(other => ReferenceEquals(other, cancelled), kills: true));
            if (batch.Task.IsCompleted)
            {
                batch.Registration.Unregister();
            }
        }
    }

    private static string NameOf(Delegate body, TaskOptions? options) => options?.Name ?? TaskNames.Short(body.Method);

    private protected TaskSettings SettingsOf(Delegate body, TaskOptions? options, SharedBody? shared)
    {
        var limit = options?.Timeout ?? _core.Options.Timeout ?? Timeout.InfiniteTimeSpan;
        if (limit <= TimeSpan.Zero && limit != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(options), limit, "A time limit is above zero.");
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
            Timeout = limit,
            TimeoutTicks = limit == Timeout.InfiniteTimeSpan || limit.TotalSeconds > 1e9 ? 0 : Math.Max(1, (long)(limit.TotalSeconds * Stopwatch.Frequency)),
            MaxAttempts = attempts,
            Body = shared,
        };
    }
}
