namespace Multiprocessing;

/// <summary>
/// A pool whose workers are on the nodes of a cluster (<see cref="MultiprocessingNodeExtensions"/>). It has the methods of <see cref="ProcessPool"/>;
/// arguments and results are copied to the other machine. Tasks wait in the caller's process and are given to nodes whose workers are free. All
/// members are thread-safe.
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
/// long[] sizes = await pool.MapAsync(Directory.GetFiles("images"), file => new FileInfo(file).Length);
/// </code>
/// </example>
public sealed partial class ClusterPool : IProcessPool
{
    private readonly ClusterConnection _connection;
    private readonly ClusterPoolOptions _options;
    private readonly Lock _gate = new();
    private Task? _ended;
    private volatile bool _isEnding;

    private ClusterPool(ClusterPoolOptions options)
    {
        _options = options;
        _connection = new ClusterConnection(options);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <summary>Gets the number of workers of all nodes that the pool uses at this moment.</summary>
    public int Workers => _connection.Scheduler.Nodes.Sum(static node => node.Workers);

    /// <summary>Gets the names of the nodes that the pool uses at this moment.</summary>
    public IReadOnlyList<string> NodeNames => [.. _connection.Scheduler.Nodes.Select(static node => node.Name)];

    /// <inheritdoc/>
    public ProcessPoolStatus Status =>
        Failure is not null ? ProcessPoolStatus.Broken
        : _ended is { IsCompleted: true } ? ProcessPoolStatus.Ended
        : _isEnding ? ProcessPoolStatus.Ending
        : ProcessPoolStatus.Running;

    /// <inheritdoc/>
    public Exception? Failure => _connection.Failure;

    /// <summary>Gets the member, for tests.</summary>
    internal ClusterConnection Connection => _connection;

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
            await pool._connection.StartAsync(cancellationToken).ConfigureAwait(false);
            return pool;
        }
        catch
        {
            await pool.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="NotSerializableException">The call cannot leave this machine; the message names the path to the object.</exception>
    public Task<TResult> RunAsync<TResult>(PoolCall<TResult> call, TaskOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        var name = options?.Name ?? call.Name;
        return Submit<TResult>(call.Call, call.HasResult, name, TaskContext.CaptureForOtherMachine(), options, cancellationToken);
    }

    /// <summary>
    /// Gets statistics of the tasks as the caller sees them, by name. The workers are those of the nodes, whose own pools count them.
    /// </summary>
    /// <returns>A snapshot that does not change.</returns>
    public PoolInsights GetInsights() => _connection.Scheduler.Statistics.ToInsights(Name, Workers, _connection.Scheduler.WaitingCount);

    /// <inheritdoc/>
    public async Task ShutdownAsync(CancellationToken cancellationToken = default)
    {
        _isEnding = true;
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
            ended = _ended ??= _connection.DisposeAsync().AsTask();
        }

        await ended.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Workers} workers on {NodeNames.Count} nodes)";

    private Task<TResult> Submit<TResult>(
        ChildCall call, bool hasResult, string name, TaskContext context, TaskOptions? options, CancellationToken cancellationToken,
        CarriedBody? body = null)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<TResult>(cancellationToken);
        }

        try
        {
            var (bytes, links) = ClusterWork.ToBytes(new ContextCall(call, context, name), cancellationToken);
            var task = new ClusterTask<TResult>(_connection.Scheduler.NextId(), name, bytes, hasResult, SettingOf(options), cancellationToken)
            {
                Body = body,
                Links = links,
                Reports = links.Length > 0 ? _connection.Reports.Delivery : null,
            };
            _connection.Scheduler.Submit(task);
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
