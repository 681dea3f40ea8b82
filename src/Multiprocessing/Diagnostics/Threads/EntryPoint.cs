namespace Multiprocessing;

/// <summary>
/// Where code of this library begins to run that nobody has called and nobody waits for: an exception that left it would end the program. <see cref="LastResort"/> stands at each; the
/// programs of the tests throw at each.
/// </summary>
internal enum EntryPoint
{
    // Of a process that has children.
    /// <summary>The thread that hears of all children.</summary>
    ChildWatcher = 1,

    /// <summary>What has come from one child.</summary>
    ChildEvent = 2,

    /// <summary>One of the steps by which a child's end is told.</summary>
    ChildExit = 3,

    /// <summary>The work item that completes a child's task.</summary>
    ChildCompletion = 4,

    /// <summary>The timer of a child that has not reached its body.</summary>
    StartTimer = 5,

    /// <summary>The timer of a child that was asked to stop.</summary>
    KillTimer = 6,

    /// <summary>The work item that carries a child's output.</summary>
    OutputPump = 7,

    /// <summary>The timer that sees to the spares.</summary>
    SpareTimer = 8,

    // Of a pool.
    /// <summary>The pool's thread.</summary>
    PoolThread = 9,

    /// <summary>One look at everything, on the pool's thread or on a caller's.</summary>
    PoolStep = 10,

    /// <summary>The work item that starts a worker.</summary>
    WorkerLaunch = 11,

    /// <summary>The continuation that tells of a worker's end.</summary>
    WorkerEnd = 12,

    /// <summary>The work item that hands over what tasks report and log.</summary>
    ReportDelivery = 13,

    /// <summary>The continuation that disposes of a stream's source.</summary>
    SourceEnd = 14,

    /// <summary>The thread of a worker that is no process.</summary>
    PoolWorkerThread = 37,

    // Of a child.
    /// <summary>The thread that listens to the parent.</summary>
    ParentListener = 15,

    /// <summary>A signal's handler.</summary>
    SignalHandler = 16,

    /// <summary>The timer that ends a body that goes on after a signal.</summary>
    StopTimer = 17,

    /// <summary>The work item that cancels <see cref="CurrentProcess.Stopping"/>.</summary>
    StopRequest = 18,

    /// <summary>The handler that tells the parent of an exception that nobody caught.</summary>
    UnhandledException = 19,

    /// <summary>The thread that warms up.</summary>
    WarmUp = 20,

    /// <summary>The thread of a worker that hears of cancellations.</summary>
    TaskSignals = 21,

    /// <summary>The cancellation of a task's token, whose callbacks are the user's.</summary>
    TaskCancellation = 22,

    // Of any participant.
    /// <summary>The thread that tells asynchronous waiters to look.</summary>
    Doorbell = 23,

    /// <summary>One look for the asynchronous waiters at one point.</summary>
    AsyncScan = 24,

    /// <summary>A callback of a caller's token.</summary>
    Cancellation = 25,

    /// <summary>The handler that leaves a session at the end of the process.</summary>
    ProcessExit = 26,

    /// <summary>A finalizer.</summary>
    Finalizer = 27,

    // On Windows.
    /// <summary>The thread that reads a pipe.</summary>
    PipeReader = 28,

    /// <summary>The callback for a process's end.</summary>
    ProcessEnd = 29,

    // Of what the library runs its own work on.
    /// <summary>The work item that reads a child's result.</summary>
    ChildResult = 30,

    /// <summary>The thread of the library's timers.</summary>
    Clock = 31,

    /// <summary>A timer's callback on that thread.</summary>
    ClockAlarm = 32,

    /// <summary>A thread that runs pieces of work one after the other.</summary>
    WorkerThread = 33,

    /// <summary>One of these pieces.</summary>
    ThreadWork = 34,

    /// <summary>What follows on a wait inside the library.</summary>
    Continuation = 35,

    /// <summary>The work item that begins to enumerate an asynchronous source.</summary>
    SourceBegin = 36,
}
