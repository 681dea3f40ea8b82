namespace Multiprocessing;

/// <summary>
/// All instruments of the library, in one place. Names and units are OpenTelemetry's semantic conventions where there is one; otherwise they follow
/// its rules for names, with the prefix <c>multiprocessing</c>.
/// </summary>
internal static class Instruments
{
    // Of the whole tree, reported by its root.
    public static readonly InstrumentDefinition ProcessCount = new(
        "multiprocessing.process.count", InstrumentKind.UpDownCounter, "{process}", "Processes of the program that run, its root included.");

    public static readonly InstrumentDefinition ProcessStarted = new(
        "multiprocessing.process.started", InstrumentKind.Counter, "{process}", "Processes that the program has started, its root included.");

    public static readonly InstrumentDefinition ProcessEnded = new(
        "multiprocessing.process.ended", InstrumentKind.Counter, "{process}", "Processes of the program that have ended.", TelemetryTags.ExitReason);

    public static readonly InstrumentDefinition ProcessCpu = new(
        "process.cpu.time", InstrumentKind.Counter, "s", "Processor time of each process that runs, in user mode and in the kernel.",
        TelemetryTags.ProcessId);

    public static readonly InstrumentDefinition ProcessMemory = new(
        "process.memory.usage", InstrumentKind.UpDownCounter, "By", "Physical memory of each process that runs, shared pages included.",
        TelemetryTags.ProcessId);

    public static readonly InstrumentDefinition ProcessThreads = new(
        "process.thread.count", InstrumentKind.UpDownCounter, "{thread}", "Threads of each process that runs.", TelemetryTags.ProcessId);

    public static readonly InstrumentDefinition SharedMemory = new(
        "multiprocessing.shared_memory.usage", InstrumentKind.UpDownCounter, "By", "Shared memory of all objects.");

    public static readonly InstrumentDefinition QueueDepth = new(
        "multiprocessing.queue.depth", InstrumentKind.UpDownCounter, "{message}", "Items in queues.",
        TelemetryTags.MessagingSystem, TelemetryTags.MessagingDestination);

    public static readonly InstrumentDefinition QueueBytes = new(
        "multiprocessing.queue.usage", InstrumentKind.UpDownCounter, "By", "Bytes of the items in queues.",
        TelemetryTags.MessagingSystem, TelemetryTags.MessagingDestination);

    public static readonly InstrumentDefinition QueueSent = new(
        "messaging.client.sent.messages", InstrumentKind.Counter, "{message}", "Items that were put into queues.",
        TelemetryTags.MessagingSystem, TelemetryTags.MessagingOperation, TelemetryTags.MessagingDestination);

    public static readonly InstrumentDefinition QueueConsumed = new(
        "messaging.client.consumed.messages", InstrumentKind.Counter, "{message}", "Items that were taken from queues.",
        TelemetryTags.MessagingSystem, TelemetryTags.MessagingOperation, TelemetryTags.MessagingDestination);

    public static readonly InstrumentDefinition QueueWaiters = new(
        "multiprocessing.queue.waiters", InstrumentKind.UpDownCounter, "{waiter}", "Threads that wait for an item or for room.",
        TelemetryTags.MessagingSystem, TelemetryTags.MessagingDestination, TelemetryTags.WaitsFor);

    public static readonly InstrumentDefinition QueueWaits = new(
        "multiprocessing.queue.waits", InstrumentKind.Counter, "{wait}", "Waits for an item or for room that had to sleep.",
        TelemetryTags.MessagingSystem, TelemetryTags.MessagingDestination, TelemetryTags.WaitsFor);

    public static readonly InstrumentDefinition LockContentions = new(
        "multiprocessing.lock.contentions", InstrumentKind.Counter, "{contention}", "Entries of locks that had to sleep.", TelemetryTags.LockKind);

    public static readonly InstrumentDefinition LockAbandonments = new(
        "multiprocessing.lock.abandonments", InstrumentKind.Counter, "{abandonment}", "Locks that were taken over from an owner that had died.",
        TelemetryTags.LockKind);

    public static readonly InstrumentDefinition LockWaiters = new(
        "multiprocessing.lock.waiters", InstrumentKind.UpDownCounter, "{waiter}", "Threads that wait for a lock or another synchronization object.",
        TelemetryTags.LockKind);

    public static readonly InstrumentDefinition PoolTasks = new(
        "multiprocessing.pool.tasks", InstrumentKind.Counter, "{task}", "Tasks that have ended.",
        TelemetryTags.Pool, TelemetryTags.Task, TelemetryTags.TaskOutcome);

    public static readonly InstrumentDefinition PoolRetries = new(
        "multiprocessing.pool.task.retries", InstrumentKind.Counter, "{retry}", "Further attempts of tasks after the death of a worker.",
        TelemetryTags.Pool, TelemetryTags.Task);

    public static readonly InstrumentDefinition PoolPending = new(
        "multiprocessing.pool.task.pending", InstrumentKind.UpDownCounter, "{task}", "Tasks that wait for a worker.", TelemetryTags.Pool);

    public static readonly InstrumentDefinition PoolBytes = new(
        "multiprocessing.pool.io", InstrumentKind.Counter, "By", "Bytes of arguments and of results.",
        TelemetryTags.Pool, TelemetryTags.Task, TelemetryTags.Direction);

    public static readonly InstrumentDefinition PoolWorkers = new(
        "multiprocessing.pool.workers", InstrumentKind.UpDownCounter, "{worker}", "Workers that are alive.",
        TelemetryTags.Pool, TelemetryTags.WorkerState);

    public static readonly InstrumentDefinition PoolWorkersStarted = new(
        "multiprocessing.pool.worker.started", InstrumentKind.Counter, "{worker}", "Workers that were started, replacements included.",
        TelemetryTags.Pool);

    public static readonly InstrumentDefinition PoolWorkerDeaths = new(
        "multiprocessing.pool.worker.deaths", InstrumentKind.Counter, "{worker}", "Workers that did not end in good order.", TelemetryTags.Pool);

    public static readonly InstrumentDefinition ServiceCalls = new(
        "multiprocessing.service.calls", InstrumentKind.Counter, "{call}", "Calls of services that have ended.",
        TelemetryTags.Service, TelemetryTags.CallOutcome);

    public static readonly InstrumentDefinition ServicePending = new(
        "multiprocessing.service.call.pending", InstrumentKind.UpDownCounter, "{call}", "Calls of services that wait for their replies.",
        TelemetryTags.Service);

    public static readonly InstrumentDefinition ServicesRunning = new(
        "multiprocessing.service.running", InstrumentKind.UpDownCounter, "{service}", "Services whose process runs and answers calls.",
        TelemetryTags.Service);

    public static readonly InstrumentDefinition ServiceRestarts = new(
        "multiprocessing.service.restarts", InstrumentKind.Counter, "{restart}", "Times that the process of a service was started again.",
        TelemetryTags.Service);

    // Of one process.
    public static readonly InstrumentDefinition TaskWait = new(
        "multiprocessing.pool.task.wait.duration", InstrumentKind.Histogram, "s", "Time from the submission of a task to its start in a worker.",
        TelemetryTags.Pool, TelemetryTags.Task);

    public static readonly InstrumentDefinition TaskRun = new(
        "multiprocessing.pool.task.run.duration", InstrumentKind.Histogram, "s", "Time that the body of a task ran.",
        TelemetryTags.Pool, TelemetryTags.Task);

    public static readonly InstrumentDefinition SupervisorChildren = new(
        "multiprocessing.supervisor.children.running", InstrumentKind.UpDownCounter, "{child}", "Children of supervisors that run.",
        TelemetryTags.Supervisor, TelemetryTags.Child);

    public static readonly InstrumentDefinition SupervisorDeaths = new(
        "multiprocessing.supervisor.children.deaths", InstrumentKind.Counter, "{death}", "Ends of children that their supervisor had not asked for.",
        TelemetryTags.Supervisor, TelemetryTags.Child);

    public static readonly InstrumentDefinition SupervisorRestarts = new(
        "multiprocessing.supervisor.children.restarts", InstrumentKind.Counter, "{restart}", "Restarts of children.",
        TelemetryTags.Supervisor, TelemetryTags.Child);

    public static readonly InstrumentDefinition SupervisorRestartDuration = new(
        "multiprocessing.supervisor.children.restart.duration", InstrumentKind.Histogram, "s",
        "Time from the end of a child until it runs again, back-off included.", TelemetryTags.Supervisor, TelemetryTags.Child);

    public static readonly InstrumentDefinition SupervisorFailedProbes = new(
        "multiprocessing.supervisor.probes.failed", InstrumentKind.Counter, "{probe}", "Health probes that failed.",
        TelemetryTags.Supervisor, TelemetryTags.Child);

    public static readonly InstrumentDefinition SupervisorEscalations = new(
        "multiprocessing.supervisor.escalations", InstrumentKind.Counter, "{escalation}", "Supervisors that gave up.",
        TelemetryTags.Supervisor, TelemetryTags.Child);

    /// <summary>Gets those that the root reports for the whole tree.</summary>
    public static IReadOnlyList<InstrumentDefinition> OfTree { get; } =
    [
        ProcessCount, ProcessStarted, ProcessEnded, ProcessCpu, ProcessMemory, ProcessThreads, SharedMemory,
        QueueDepth, QueueBytes, QueueSent, QueueConsumed, QueueWaiters, QueueWaits, LockContentions, LockAbandonments, LockWaiters,
        PoolTasks, PoolRetries, PoolPending, PoolBytes, PoolWorkers, PoolWorkersStarted, PoolWorkerDeaths,
        ServiceCalls, ServicePending, ServicesRunning, ServiceRestarts,
    ];

    /// <summary>Gets those that each process reports for itself.</summary>
    public static IReadOnlyList<InstrumentDefinition> OfProcess { get; } =
    [
        TaskWait, TaskRun, SupervisorChildren, SupervisorDeaths, SupervisorRestarts, SupervisorRestartDuration, SupervisorFailedProbes,
        SupervisorEscalations,
    ];
}
