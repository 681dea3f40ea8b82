namespace Multiprocessing;

/// <summary>Options of a <see cref="ProcessPool"/>. The constructor of the pool copies them: later changes have no effect.</summary>
/// <example>
/// <code>
/// var options = new ProcessPoolOptions
/// {
///     Workers = 8,
///     MaxTasksPerWorker = 100,             // then a new process replaces the worker
///     MaxWorkerMemory = 512L &lt;&lt; 20,        // 512 MiB
///     Timeout = TimeSpan.FromSeconds(30),  // a task that runs longer is killed
///     MaxAttempts = 2,                     // once more if a worker dies in a task
/// };
/// await using var pool = new ProcessPool(options);
/// </code>
/// </example>
public sealed class ProcessPoolOptions
{
    /// <summary>Gets or sets the name that errors and processes carry. The default value is <c>Pool-N</c>.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// Gets or sets the maximum number of worker processes. They start when tasks need them. The default value is
    /// <see cref="Environment.ProcessorCount"/>.
    /// <para>
    /// 0 is for debugging: tasks run in this process, one after the other on one thread, so that a breakpoint in a body is hit. Everything else is as
    /// with workers: the same serializer copies or refuses bodies, arguments and results, and the initializer, the worker's state, tokens, progress,
    /// loggers, exceptions, order and insights work alike. The difference is that a thread cannot be killed and shares the process: a task that
    /// exceeds its time limit or ignores its token has its token cancelled, fails after <see cref="CancellationGrace"/> with the same exception, and
    /// its thread continues until the body ends; statics, the current directory and the console are the program's; a crash ends the program; options
    /// of the process (<see cref="Process"/>) other than its initializer, and <see cref="MaxWorkerMemory"/>, have no effect. While a debugger is
    /// attached, time limits do not apply.
    /// </para>
    /// </summary>
    public int Workers { get; set; } = Environment.ProcessorCount;

    /// <summary>
    /// Gets or sets the number of workers that the pool starts at once and keeps: they start without waiting for tasks, stay when they are idle, and
    /// are replaced when they end. It must not exceed
    /// <see cref="Workers"/>. The default value is 0: workers start when tasks need them.
    /// </summary>
    public int MinWorkers { get; set; }

    /// <summary>Gets or sets the number of tasks after which a worker is replaced. The default value is <see langword="null"/>: no limit.</summary>
    public int? MaxTasksPerWorker { get; set; }

    /// <summary>
    /// Gets or sets the memory (working set) of a worker, in bytes, above which it is replaced after the task that it runs. The default value is
    /// <see langword="null"/>: no limit.
    /// </summary>
    public long? MaxWorkerMemory { get; set; }

    /// <summary>
    /// Gets or sets the age at which a worker is replaced, after the task that it runs. The default value is <see langword="null"/>: no limit.
    /// </summary>
    public TimeSpan? MaxWorkerAge { get; set; }

    /// <summary>
    /// Gets or sets the time after which a worker without a task ends. Another one starts when a task needs it. The default value is
    /// <see langword="null"/>: workers stay.
    /// </summary>
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>
    /// Gets or sets code that each worker runs before its first task. An exception that it throws ends the pool: all calls fail with it. The default
    /// value is <see langword="null"/>.
    /// </summary>
    public Action? Initializer { get; set; }

    /// <summary>
    /// Gets or sets the maximum number of tasks of <c>RunAsync</c> that wait or run. A further call waits, without blocking, before it adds its task.
    /// The default value is <see langword="null"/>: no limit.
    /// </summary>
    public int? MaxPending { get; set; }

    /// <summary>
    /// Gets or sets the maximum number of times a task is started, including retries after a worker died. The default value is 1: the task fails with
    /// the first death.
    /// </summary>
    public int MaxAttempts { get; set; } = 1;

    /// <summary>
    /// Gets or sets the time limit of a task. When it expires, the worker is killed and the task fails with <see cref="TimeoutException"/>. The
    /// default value is <see langword="null"/>: no limit.
    /// </summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>
    /// Gets or sets the time that a running task may continue after its cancellation; then its worker is killed. The default value is half a second;
    /// with <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> the worker is not killed.
    /// </summary>
    public TimeSpan CancellationGrace { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Gets or sets the time that <see cref="ProcessPool.DisposeAsync"/> gives workers, and tasks that observe their token, to end; then it kills the
    /// workers. The default value is 5 seconds.
    /// </summary>
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets or sets the number of starts in a row that may fail, because the system refuses them or the worker dies before it is ready. After that
    /// the pool gives up, and all calls fail with
    /// <see cref="PoolBrokenException"/>, which names the last cause. A worker that becomes ready resets the count. Each try waits longer than the
    /// one before, up to 5 seconds. Starts that fail together count as one; a start that a signal from outside ended counts for a twentieth. While
    /// another worker is ready, the pool does not give up and continues to try. The default value is 8: a pool without workers survives a shortage of
    /// descriptors, memory or processes of about ten seconds.
    /// </summary>
    public int MaxFailedStarts { get; set; } = 8;

    /// <summary>
    /// Gets or sets the maximum number of workers that may die within a minute; with one more the pool gives up with
    /// <see cref="PoolBrokenException"/>. The default value is <see langword="null"/>: no limit, because each death also uses up an attempt of a
    /// task.
    /// </summary>
    public int? MaxDeathsPerMinute { get; set; }

    /// <summary>
    /// Gets or sets the environment, output, processors and limits of the worker processes. The name in it is not used: a worker has the name of its
    /// pool and its number, such as <c>Pool-1:3</c>, also in a <see cref="ProcessOutput.Prefix"/>. The default value is <see langword="null"/>: the
    /// defaults of a child.
    /// </summary>
    public ChildProcessOptions? Process { get; set; }

    /// <summary>The only worker is a thread of this process.</summary>
    internal bool IsInProcess => Workers == 0;

    /// <summary>Checks the options as the constructor of a pool does, without creating one.</summary>
    /// <exception cref="ArgumentException">An option is not valid. The message names it.</exception>
    public void Validate() => ToValidated();

    /// <summary>A copy that no other code changes, checked.</summary>
    internal ProcessPoolOptions ToValidated()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Workers, nameof(Workers));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Workers, ParticipantTable.Capacity - 2, nameof(Workers));
        ChildProcessOptions.CheckInitializer(Initializer, nameof(Initializer));
        Check(MinWorkers >= 0 && MinWorkers <= Workers, MinWorkers, nameof(MinWorkers), "MinWorkers must be from 0 to Workers.");
        Check(MaxTasksPerWorker is null or > 0, MaxTasksPerWorker, nameof(MaxTasksPerWorker),
            "MaxTasksPerWorker must be positive, or null for no limit.");
        Check(MaxWorkerMemory is null or > 0, MaxWorkerMemory, nameof(MaxWorkerMemory),
            "MaxWorkerMemory must be a positive number of bytes, or null for no limit.");
        Check(MaxPending is null or > 0, MaxPending, nameof(MaxPending), "MaxPending must be positive, or null for no limit.");
        Check(MaxAttempts >= 1, MaxAttempts, nameof(MaxAttempts), "MaxAttempts must be at least 1.");
        Check(MaxFailedStarts >= 1, MaxFailedStarts, nameof(MaxFailedStarts), "MaxFailedStarts must be at least 1.");
        Check(MaxDeathsPerMinute is null or > 0, MaxDeathsPerMinute, nameof(MaxDeathsPerMinute),
            "MaxDeathsPerMinute must be positive, or null for no limit.");
        Check(MaxWorkerAge is null || MaxWorkerAge > TimeSpan.Zero, MaxWorkerAge, nameof(MaxWorkerAge),
            "MaxWorkerAge must be positive, or null for no limit.");
        Check(IdleTimeout is null || IdleTimeout >= TimeSpan.Zero, IdleTimeout, nameof(IdleTimeout),
            "IdleTimeout must be zero or positive, or null for no limit.");
        Check(Timeout is null || Timeout > TimeSpan.Zero || Timeout == System.Threading.Timeout.InfiniteTimeSpan,
            Timeout, nameof(Timeout), "Timeout must be positive, or infinite.");
        Check(CancellationGrace >= TimeSpan.Zero || CancellationGrace == System.Threading.Timeout.InfiniteTimeSpan,
            CancellationGrace, nameof(CancellationGrace), "CancellationGrace must be zero, positive, or infinite.");
        Check(ShutdownGrace >= TimeSpan.Zero, ShutdownGrace, nameof(ShutdownGrace), "ShutdownGrace must be zero or positive.");
        var copy = (ProcessPoolOptions)MemberwiseClone();
        copy.Process = Process?.ToValidated();
        return copy;
    }

    private static void Check(bool isValid, object? value, string name, string message)
    {
        if (!isValid)
        {
            throw new ArgumentOutOfRangeException(name, value, message);
        }
    }
}
