namespace Multiprocessing;

/// <summary>
/// A pool whose workers are on the nodes of a cluster (<see cref="MultiprocessingNodeExtensions"/>). It has each form of <c>RunAsync</c>,
/// <c>MapAsync</c>, <c>StreamAsync</c> and <c>ForEachAsync</c> that <see cref="ProcessPool"/> has, and not what belongs to workers of this machine,
/// such as <see cref="ProcessPool.Share"/> or <see cref="ProcessPool.ResizeAsync"/>. Arguments and results are copied to the other machine. Tasks
/// wait in the caller's process and are given to nodes whose workers are free. All members are thread-safe.
/// </summary>
/// <remarks>
/// A task of a node that dies or is cut off fails with <see cref="NodeLostException"/>, or is started again on another node if
/// <see cref="ClusterPoolOptions.MaxAttempts"/> allows it. Attempts are numbered, and a late reply of an earlier one is dropped, so each call has one
/// result. If the caller's process dies, the nodes cancel its tasks, and kill those that do not end.
/// </remarks>
/// <example>
/// <code>
/// await using IProcessPool pool = await ClusterPool.ConnectAsync(options =>
/// {
///     options.Cluster = "images";
///     options.Membership.UseLocalhost();
/// });
/// long[] squares = await pool.MapAsync(Enumerable.Range(0, 1_000), item => (long)item * item);
/// </code>
/// </example>
public sealed partial class ClusterPool : IProcessPool, IDisposable
{
    private readonly ClusterConnection _connection;
    private readonly ClusterPoolOptions _options;
    private readonly ClusterProgress _progress;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _disposing = new();
    private volatile Task? _connecting;
    private Task? _ended;
    private volatile bool _isEnding;

    /// <summary>Creates a pool that is not connected: its first task connects it, or <see cref="StartAsync"/>.</summary>
    internal ClusterPool(ClusterPoolOptions options)
    {
        _options = options;
        _connection = new ClusterConnection(options);
        _progress = new ClusterProgress(options.Name, _connection.Scheduler, _connection.Reports.Delivery);
        ClusterMetrics.Add(this, options);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <summary>Gets the number of workers of all nodes that the pool uses at this moment.</summary>
    public int Workers => _progress.Workers;

    /// <summary>Gets the names of the nodes that the pool uses at this moment.</summary>
    public IReadOnlyList<string> NodeNames => [.. _connection.Scheduler.Nodes.Select(static node => node.Node.Name)];

    /// <inheritdoc/>
    public ProcessPoolStatus Status =>
        Failure is not null ? ProcessPoolStatus.Broken
        : _ended is { IsCompleted: true } ? ProcessPoolStatus.Ended
        : _isEnding ? ProcessPoolStatus.Ending
        : ProcessPoolStatus.Running;

    /// <inheritdoc/>
    public Exception? Failure => _connection.Failure;

    /// <summary>Gets the number of tasks that nodes have, and the number of those that wait for one.</summary>
    internal (int Running, int Waiting) Counts => _connection.Scheduler.Counts;

    /// <summary>Gets the nodes with the number of the tasks that each has.</summary>
    internal (NodeDescription Node, int Tasks)[] TasksByNode => _connection.Scheduler.Nodes;

    internal ClusterConnection Connection => _connection;

    /// <summary>Gets the pool as the reports of its calls show it.</summary>
    internal ClusterProgress Progress => _progress;

    /// <summary>Joins a cluster as a caller, which runs no tasks itself.</summary>
    /// <param name="configure">Sets the options; the membership is required.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A pool with at least one node.</returns>
    /// <exception cref="ClusterException">No node was found within the time, or all nodes have another build.</exception>
    /// <exception cref="InvalidOperationException">No membership was selected.</exception>
    public static async Task<ClusterPool> ConnectAsync(Action<ClusterPoolOptions> configure, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new ClusterPoolOptions();
        configure(options);
        options.Validate();
        var pool = new ClusterPool(options);
        try
        {
            await pool.StartAsync(cancellationToken).ConfigureAwait(false);
            return pool;
        }
        catch
        {
            await pool.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Joins the cluster and waits for the first node, once. If that fails, the pool is broken.</summary>
    /// <exception cref="ClusterException">No node was found within the time, or all nodes have another build.</exception>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isEnding, this);
        }

        await Connect().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="NotSerializableException">The call cannot leave this machine; the message names the path to the object.</exception>
    public Task<TResult> RunAsync<TResult>(PoolCall<TResult> call, TaskOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        var name = options?.Name ?? call.Name;
        return Submit<TResult>(call.Call, call.HasResult, name, TaskContext.CaptureForOtherMachine(), options, cancellationToken, cancellationToken);
    }

    /// <summary>
    /// Gets statistics of the tasks as the caller sees them, by name. The workers are those of the nodes, whose own pools count them
    /// (<see cref="ReadClusterAsync"/>).
    /// </summary>
    /// <returns>A snapshot that does not change. Its text contains only what the caller knows.</returns>
    /// <remarks>
    /// <see cref="PoolInsights.WorkerTime"/> is the time for which the pool had the workers of its nodes, also while they ran tasks of other callers.
    /// The times of work are those of tasks that have ended; they contain reading the argument and writing the result.
    /// <see cref="PoolInsights.WorkersDied"/> counts the workers that died with a task of this pool, by themselves or with their node, or that were
    /// killed for its time limit. A lost node counts as one of <see cref="TaskInsights.WorkerDeaths"/> for each task that it had.
    /// <para>
    /// A caller does not know the single workers, their starts, their ends in good order, and the times of serializing. So
    /// <see cref="PoolInsights.Workers"/>, <see cref="PoolInsights.StartUpTime"/> and <see cref="TaskInsights.SerializingTime"/> are empty, and
    /// <see cref="PoolInsights.WorkersStarted"/>, <see cref="PoolInsights.WorkersEnded"/> and <see cref="PoolInsights.SerializingTime"/> are 0.
    /// </para>
    /// </remarks>
    public PoolInsights GetInsights()
    {
        var scheduler = _connection.Scheduler;
        var nodes = scheduler.Nodes;
        return scheduler.Statistics.ToInsights(
            Name, nodes.Length, nodes.Sum(static node => node.Node.Workers), scheduler.WaitingCount);
    }

    /// <summary>
    /// Asks all members of the cluster what they do, nodes and callers, also those that this pool does not use; for example for
    /// <c>DashboardOptions.Cluster</c>. It needs no further member, unlike a <see cref="ClusterMonitor"/>. One that does not answer within 2 seconds
    /// is <see cref="ClusterMemberState.Silent"/>.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A snapshot that does not change.</returns>
    /// <exception cref="ClusterException">
    /// The pool is broken: it found no node, or the other members have declared this one dead, because they could not reach it.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The pool ends.</exception>
    public async Task<ClusterSnapshot> ReadClusterAsync(CancellationToken cancellationToken = default)
    {
        await StartAsync(cancellationToken).ConfigureAwait(false);
        return Failure is null
            ? await _connection.Status.ReadAsync(cancellationToken).ConfigureAwait(false)
            : throw new ClusterException($"The pool '{Name}' is no member of the cluster any more: {Failure.Message}", Failure);
    }

    /// <inheritdoc/>
    public async Task ShutdownAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            _isEnding = true;
        }

        await _connection.Scheduler.FinishAsync(new ObjectDisposedException(nameof(ClusterPool), $"The pool '{Name}' was shut down."))
            .WaitAsync(cancellationToken).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Ends the pool: tasks that have not ended fail with <see cref="ObjectDisposedException"/>, and the nodes cancel those that run.
    /// </summary>
    /// <returns>A task that completes when this process has left the cluster.</returns>
    public async ValueTask DisposeAsync()
    {
        Task ended;
        lock (_gate)
        {
            _isEnding = true;
            ended = _ended ??= Task.Run(EndAsync, CancellationToken.None);
        }

        await ended.ConfigureAwait(false);
    }

    /// <summary>
    /// Ends the pool like <see cref="DisposeAsync"/>, and blocks the calling thread until this process has left the cluster. It resumes on no
    /// synchronization context.
    /// </summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Workers} workers on {NodeNames.Count} nodes)";

    /// <summary>
    /// Begins to connect, if nothing has done so before: each task has a connection that brings it to a node or fails it, also if the pool is shut
    /// down meanwhile.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The pool ends, and has not been connected.</exception>
    private Task Connect()
    {
        if (_connecting is { } connecting)
        {
            return connecting;
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_connecting is null && _isEnding, this);
            return _connecting ??= Background.Start(ConnectOnceAsync);
        }
    }

    private async Task ConnectOnceAsync()
    {
        try
        {
            await _connection.StartAsync(_disposing.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!_disposing.IsCancellationRequested)
        {
            _connection.Fail(exception); // tasks that were submitted meanwhile fail with it, too
            throw;
        }
    }

    private async Task EndAsync()
    {
        ClusterMetrics.Remove(this);
        await _disposing.CancelAsync().ConfigureAwait(false);
        await (_connecting ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _disposing.Dispose();
    }

    /// <param name="call">The call.</param>
    /// <param name="hasResult">The body returns a value.</param>
    /// <param name="name">The name of the task.</param>
    /// <param name="context">What the task takes along of the caller's surroundings.</param>
    /// <param name="options">Its options.</param>
    /// <param name="own">The token that the body may have captured: it becomes the token of the task.</param>
    /// <param name="cancellationToken">Cancels the task.</param>
    /// <param name="body">The body, if it crosses by itself.</param>
    /// <param name="size">Learns the size of arguments and results.</param>
    internal Task<TResult> Submit<TResult>(
        ChildCall call, bool hasResult, string name, TaskContext context, TaskOptions? options, CancellationToken own,
        CancellationToken cancellationToken, CarriedBody? body = null, TypicalSize? size = null)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<TResult>(cancellationToken);
        }

        try
        {
            if (name.Length > Frames.MaxName)
            {
                throw new ArgumentException(
                    $"The name of the task has {name.Length:N0} characters; a cluster takes at most {Frames.MaxName:N0}.", nameof(options));
            }

            Connect();
            var (bytes, links) = ClusterWork.ToBytes(new ContextCall(call, context, name), own);
            var task = new ClusterTask<TResult>(_connection.Scheduler.NextId(), name, bytes, hasResult, SettingOf(options), cancellationToken)
            {
                Body = body,
                Size = size,
                Links = links,
                Reports = links.Length > 0 ? _connection.Reports.Delivery : null,
            };
            size?.Learn(bytes.Length);
            _connection.Scheduler.Submit(task);
            ClusterMetrics.Sent(bytes.Length);
            return task.Task;
        }
        catch (Exception exception)
        {
            return Task.FromException<TResult>(exception);
        }
    }

    private TaskSetting SettingOf(TaskOptions? options)
    {
        var limit = options?.Timeout ?? _options.Timeout ?? Timeout.InfiniteTimeSpan;
        if (limit <= TimeSpan.Zero && limit != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(options), limit, "Timeout must be positive, or infinite.");
        }

        var attempts = options?.MaxAttempts ?? _options.MaxAttempts;
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1, nameof(TaskOptions.MaxAttempts));
        return new TaskSetting(options?.Priority ?? 0, limit, attempts);
    }
}
