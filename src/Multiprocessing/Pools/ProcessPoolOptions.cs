namespace Multiprocessing;

/// <summary>How a <see cref="ProcessPool"/> is set up. Read once, when the pool is made: later changes do not matter.</summary>
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
    /// <summary>The name that errors and processes carry. The default value is <c>Pool-N</c>.</summary>
    public string? Name { get; set; }

    /// <summary>
    /// The most worker processes; they start when there is work for them. The default value is <see cref="Environment.ProcessorCount"/>.
    /// <para>
    /// 0 is for debugging: tasks run in this process, one after the other on one thread, so that a breakpoint in a body is hit. All else is as with workers: bodies, arguments and results are copied by the same
    /// serializer and refused alike, and so are the initializer, the worker's state, tokens, progress, loggers, exceptions, order and insights. What differs is that a thread cannot be killed and shares the process:
    /// a task that exceeds its time limit or ignores its token has its token cancelled, fails after <see cref="CancellationGrace"/> with the same exception, and its thread goes on until the body ends; statics,
    /// the current directory and the console are the program's; a crash ends the program; options of the process (<see cref="Process"/>) other than its initializer, and <see cref="MaxWorkerMemory"/>, have no effect.
    /// While a debugger is attached, time limits do not apply.
    /// </para>
    /// </summary>
    public int Workers { get; set; } = Environment.ProcessorCount;

    /// <summary>
    /// How many workers the pool starts at once and keeps: they do not wait for tasks to start, stay when they are idle, and are replaced when they end. At most <see cref="Workers"/>.
    /// The default value is 0: workers start when there is work for them.
    /// </summary>
    public int MinWorkers { get; set; }

    /// <summary>After this many tasks a worker is replaced. The default value is <see langword="null"/>: never.</summary>
    public int? MaxTasksPerWorker { get; set; }

    /// <summary>When a worker's memory (working set) exceeds this many bytes it is replaced, after the task that it runs. The default value is <see langword="null"/>: no limit.</summary>
    public long? MaxWorkerMemory { get; set; }

    /// <summary>After this time a worker is replaced, when its task has ended. The default value is <see langword="null"/>: never.</summary>
    public TimeSpan? MaxWorkerAge { get; set; }

    /// <summary>A worker that had no task for this time ends; another one starts when it is needed. The default value is <see langword="null"/>: workers stay.</summary>
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>Runs in each worker before its first task. What it throws ends the pool: all calls fail with it. The default value is <see langword="null"/>.</summary>
    public Action? Initializer { get; set; }

    /// <summary>The most tasks that wait or run; <c>RunAsync</c> beyond it waits before it adds its own. The default value is <see langword="null"/>: no limit.</summary>
    public int? MaxPending { get; set; }

    /// <summary>How often a task is begun at most if workers die in it. The default value is 1: it fails with the first death.</summary>
    public int MaxAttempts { get; set; } = 1;

    /// <summary>How long a task may run; then its worker is killed and the task fails with <see cref="TimeoutException"/>. The default value is <see langword="null"/>: without limit.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>How long a running task that was cancelled may go on before its worker is killed. The default value is half a second; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> never kills.</summary>
    public TimeSpan CancellationGrace { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long <see cref="ProcessPool.DisposeAsync"/> lets tasks that heed their token, and workers, end before it kills. The default value is 5 seconds.</summary>
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many starts in a row may fail, because the system refuses them or the worker dies before it is ready; then the pool gives up, and all calls fail with <see cref="PoolBrokenException"/>,
    /// which names the last cause. A worker that becomes ready resets the count. Each try waits longer than the one before, up to 5 seconds. Starts that fail together count as one; those
    /// that a signal from outside killed count for a twentieth. While another worker is ready, the pool does not give up and goes on trying. The default value is 8: a pool without workers survives
    /// a shortage of descriptors, memory or processes of about ten seconds.
    /// </summary>
    public int MaxFailedStarts { get; set; } = 8;

    /// <summary>How many workers may die within a minute before the pool gives up with <see cref="PoolBrokenException"/>. The default value is <see langword="null"/>: no limit, because each death also ends or uses up an attempt of a task.</summary>
    public int? MaxDeathsPerMinute { get; set; }

    /// <summary>Environment, output, processors and limits of the worker processes; its name is not used: a worker is called after its pool and its number, such as <c>Pool-1:3</c>, also in a <see cref="ProcessOutput.Prefix"/>. The default value is <see langword="null"/>: the defaults of a child.</summary>
    public ChildProcessOptions? Process { get; set; }

    /// <summary>The only worker is a thread of this process.</summary>
    internal bool IsInProcess => Workers == 0;

    /// <summary>A copy that no other code changes, checked.</summary>
    internal ProcessPoolOptions ToValidated()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Workers);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Workers, ParticipantTable.Capacity - 2, nameof(Workers));
        ChildProcessOptions.CheckInitializer(Initializer, nameof(Initializer));
        Check(MinWorkers >= 0 && MinWorkers <= Workers, MinWorkers, nameof(MinWorkers), "It is from 0 to Workers.");
        Check(MaxTasksPerWorker is null or > 0, MaxTasksPerWorker, nameof(MaxTasksPerWorker), "A worker runs at least one task.");
        Check(MaxWorkerMemory is null or > 0, MaxWorkerMemory, nameof(MaxWorkerMemory), "A limit is a number of bytes above zero.");
        Check(MaxPending is null or > 0, MaxPending, nameof(MaxPending), "At least one task must be let in.");
        Check(MaxAttempts >= 1, MaxAttempts, nameof(MaxAttempts), "A task is begun at least once.");
        Check(MaxFailedStarts >= 1, MaxFailedStarts, nameof(MaxFailedStarts), "At least one start must be tried.");
        Check(MaxDeathsPerMinute is null or > 0, MaxDeathsPerMinute, nameof(MaxDeathsPerMinute), "It is one or more, or null for no limit.");
        Check(MaxWorkerAge is null || MaxWorkerAge > TimeSpan.Zero, MaxWorkerAge, nameof(MaxWorkerAge), "An age is above zero.");
        Check(IdleTimeout is null || IdleTimeout >= TimeSpan.Zero, IdleTimeout, nameof(IdleTimeout), "A time is not negative.");
        Check(Timeout is null || Timeout > TimeSpan.Zero || Timeout == System.Threading.Timeout.InfiniteTimeSpan, Timeout, nameof(Timeout), "A time limit is above zero.");
        Check(CancellationGrace >= TimeSpan.Zero || CancellationGrace == System.Threading.Timeout.InfiniteTimeSpan, CancellationGrace, nameof(CancellationGrace), "A grace is not negative.");
        Check(ShutdownGrace >= TimeSpan.Zero, ShutdownGrace, nameof(ShutdownGrace), "A grace is not negative, and a disposed pool ends in bounded time.");
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
