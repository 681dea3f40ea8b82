namespace Multiprocessing;

/// <summary>
/// The points where code of this library starts that no other code calls: an exception that leaves it would end the program. Each begins in
/// <see cref="LastResort"/>, and the programs of the tests throw at each.
/// </summary>
internal enum EntryPoint
{
    // Of a process that has children.
    /// <summary>The thread that waits for events of all children.</summary>
    ChildWatcher = 1,

    /// <summary>Handling of one event of a child.</summary>
    ChildEvent = 2,

    /// <summary>One of the steps that report a child's end.</summary>
    ChildExit = 3,

    /// <summary>The work item that completes a child's task.</summary>
    ChildCompletion = 4,

    /// <summary>The start time-out of a child.</summary>
    StartTimer = 5,

    /// <summary>The kill timer of a child that was asked to stop.</summary>
    KillTimer = 6,

    /// <summary>The work item that delivers a child's output.</summary>
    OutputPump = 7,

    /// <summary>The timer that maintains the spares.</summary>
    SpareTimer = 8,

    // Of a pool.
    /// <summary>The pool's thread.</summary>
    PoolThread = 9,

    /// <summary>One step of the pool, on its thread or on a caller's.</summary>
    PoolStep = 10,

    /// <summary>The work item that starts a worker.</summary>
    WorkerLaunch = 11,

    /// <summary>The continuation of a worker's end.</summary>
    WorkerEnd = 12,

    /// <summary>The work item that delivers reports and log records of tasks.</summary>
    ReportDelivery = 13,

    /// <summary>The continuation that disposes a stream's source.</summary>
    SourceEnd = 14,

    /// <summary>The thread of a worker that runs in the pool's process.</summary>
    PoolWorkerThread = 37,

    // Of a child.
    /// <summary>The thread that listens to the parent.</summary>
    ParentListener = 15,

    /// <summary>A signal's handler.</summary>
    SignalHandler = 16,

    /// <summary>The timer that ends a body that does not stop after a signal.</summary>
    StopTimer = 17,

    /// <summary>The work item that cancels <see cref="CurrentProcess.Stopping"/>.</summary>
    StopRequest = 18,

    /// <summary>The handler that reports an unhandled exception to the parent.</summary>
    UnhandledException = 19,

    /// <summary>The warm-up thread.</summary>
    WarmUp = 20,

    /// <summary>The thread of a worker that waits for cancellations.</summary>
    TaskSignals = 21,

    /// <summary>The cancellation of a task's token, which runs callbacks of the user.</summary>
    TaskCancellation = 22,

    // Of any participant.
    /// <summary>The thread that wakes asynchronous waiters.</summary>
    Doorbell = 23,

    /// <summary>One check for the asynchronous waiters of one wait point.</summary>
    AsyncScan = 24,

    /// <summary>A callback on a caller's token.</summary>
    Cancellation = 25,

    /// <summary>The handler that leaves a session at the end of the process.</summary>
    ProcessExit = 26,

    /// <summary>A finalizer.</summary>
    Finalizer = 27,

    /// <summary>The timer that gives back shared memory which was not used for a while.</summary>
    IdleMemory = 63,

    /// <summary>The work item that creates the instruments of the root.</summary>
    TelemetryStart = 61,

    // On Windows.
    /// <summary>The thread that reads a pipe.</summary>
    PipeReader = 28,

    /// <summary>The callback at the end of a process.</summary>
    ProcessEnd = 29,

    // Of the library's own timers and threads.
    /// <summary>The work item that reads a child's result.</summary>
    ChildResult = 30,

    /// <summary>The thread of the library's timers.</summary>
    Clock = 31,

    /// <summary>A timer's callback on that thread.</summary>
    ClockAlarm = 32,

    /// <summary>A thread that runs work items one after the other.</summary>
    WorkerThread = 33,

    /// <summary>One of these work items.</summary>
    ThreadWork = 34,

    /// <summary>A continuation of a wait inside the library.</summary>
    Continuation = 35,

    /// <summary>The work item that starts to enumerate an asynchronous source.</summary>
    SourceBegin = 36,

    // Of services.
    /// <summary>The work item that runs calls, events, reports of progress and items of streams of another process.</summary>
    ServiceWork = 38,

    /// <summary>The work item that reads the messages of a channel on which no thread waits.</summary>
    ServiceRead = 39,

    // Of a supervisor.
    /// <summary>The work items that start, stop, kill and probe a child.</summary>
    SupervisorWork = 50,

    /// <summary>The timer of a back-off, of a health probe, or of a supervisor that stops.</summary>
    SupervisorTimer = 51,

    /// <summary>Log records and metrics of a supervisor.</summary>
    SupervisorReport = 52,

    // Of a listener.
    /// <summary>The callback of the program for a rejected client.</summary>
    Rejection = 60,

    // Of observers.
    /// <summary>The work item that publishes what this process is, while an observer looks.</summary>
    StatusPublication = 62,
}
