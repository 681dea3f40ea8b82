namespace Multiprocessing;

/// <summary>
/// A worker: runs its initializer, reports that it is ready, then claims and runs one task after the other until its channel is closed. One in a
/// process, on its main thread; or a thread of the pool's process.
/// </summary>
internal sealed class PoolWorker
{
    private static readonly AsyncLocal<PoolWorker?> OfThisFlow = new();
    private static PoolWorker? _ofThisProcess;
    private static bool _areThereThreads;

    private readonly WorkerStart _start;
    private readonly RequestReader _requests;
    private readonly ReplyWriter _replies;
    private readonly WorkerReadContext _context;
    private bool _hasEnded;

    private PoolWorker(WorkerStart start)
    {
        _start = start;
        _requests = new RequestReader(start.Channel);
        _replies = new ReplyWriter(start.Channel, start.Bell);
        Signals = new TaskSignals(start.Channel);
        _context = new WorkerReadContext(Signals, _replies.Share, Report);
    }

    /// <summary>
    /// Gets the worker to whose task this code belongs: the one of this process, or, of a pool that runs on threads of this process, the one from
    /// whose task this flow of control started. Null where there is none.
    /// </summary>
    public static PoolWorker? Current => _areThereThreads && OfThisFlow.Value is { } worker ? worker : _ofThisProcess;

    /// <summary>Gets the object that the initializer made for this worker.</summary>
    public object? State { get; private set; }

    public string Pool => _start.Pool;

    public PoolMemory Channel => _start.Channel;

    public PoolMemory Bell => _start.Bell;

    public int Number => _start.Number;

    public TaskSignals Signals { get; }

    /// <summary>The body of the worker's process.</summary>
    public static void Run(WorkerStart start)
    {
        var worker = new PoolWorker(start);
        _ofThisProcess = worker;
        if (start.Logs)
        {
            worker._replies.Share();
            MultiprocessingLogging.Factory = new LoggerFactoryProxy(TaskLinks.FactoryNumber, worker.Report);
        }

        worker.Run();
    }

    /// <summary>Runs a worker on this thread of the pool's process until it ends.</summary>
    public static void RunOnThread(WorkerStart start)
    {
        var worker = new PoolWorker(start);
        _areThereThreads = true;
        OfThisFlow.Value = worker; // before the thread's context is remembered as the one to restore
        try
        {
            worker.Run();
        }
        finally
        {
            worker.EndOnThread();
        }
    }

    private void Run()
    {
        _requests.ReportBegun();
        try
        {
            State = _start.Initializer?.Initialize();
        }
        catch (Exception exception)
        {
            _replies.WriteError(ReplyKind.InitializerFailed, 0, exception);
            _replies.NotifyPool();
            return;
        }

        var runner = new TaskRunner(_start, _requests, _replies, Signals, _context);
        runner.PublishMemory();
        using (var empty = MessageBuffer.Rent())
        {
            _replies.Write(ReplyKind.Ready, 0, empty);
        }

        _replies.NotifyPool();
        RunTasks(runner);
        _start.Initializer?.Dispose(State);
    }

    private void RunTasks(TaskRunner runner)
    {
        Action idle = _replies.Trim;
        do
        {
            while (_requests.TryClaim(out var number))
            {
                runner.Run(number);
            }

            if (_replies.Unnotified > 0)
            {
                _replies.NotifyPool();
            }
        }
        while (_requests.WaitForTask(idle));
    }

    /// <summary>
    /// Sends a report of a task to the pool. From any thread, while a task runs or between two. Killed before the commit: the report is lost.
    /// </summary>
    private void Report(MessageBuffer report)
    {
        using var write = _replies.EnterWrite();
        if (_hasEnded)
        {
            return;
        }

        _replies.Write(ReplyKind.Report, 0, report);
        _replies.NotifyPool();
    }

    /// <summary>The process continues: no thread of the worker remains, and reports of what its tasks have left running are dropped.</summary>
    private void EndOnThread()
    {
        using (_replies.EnterWrite())
        {
            _hasEnded = true;
        }

        Signals.Stop();
        _replies.Trim();
        _requests.Trim();
    }
}
