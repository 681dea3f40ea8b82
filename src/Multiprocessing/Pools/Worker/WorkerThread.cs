using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// A worker on a thread of this process, for debugging. It uses the same channel as a worker in a process, so arguments, bodies, results and errors
/// are the same bytes. A thread cannot be killed: a killed worker counts as ended at once, its task's token is cancelled, and the thread ends when
/// the body that it runs has ended. It never starts another task, because the pool takes back what the worker has not started before it kills it.
/// </summary>
internal sealed class WorkerThread : WorkerHost
{
    private readonly WorkerStart _start;
    private readonly Action? _childInitializer;
    private readonly Milestone _ended = new();
    private int _hasEnded;
    private volatile ExitStatus? _exitStatus;
    private volatile Exception? _failure;

    /// <param name="name">The name that errors carry.</param>
    /// <param name="start">What the worker receives; the thread has a reference of its own to the memory.</param>
    /// <param name="childInitializer">The initializer of the worker's process.</param>
    public WorkerThread(string name, WorkerStart start, Action? childInitializer)
    {
        Name = name;
        _start = start;
        _childInitializer = childInitializer;
    }

    public override string Name { get; }

    public override int Id => Environment.ProcessId;

    public override bool IsProcess => false;

    public override ExitStatus? ExitStatus => _exitStatus;

    public override KeptOutput StandardError => KeptOutput.None;

    public override string LastOutput => "";

    public override Exception? Failure => _failure;

    public override void WhenEnded(Action action) => _ended.WhenReached(action);

    public override void WhenDelivered(Action action) => _ended.WhenReached(action);

    public override bool WaitsInsideCallback() => false;

    /// <summary>Without the caller's execution context, which does not cross to a worker either.</summary>
    public override void Start() => LastResort.NewThread(
        EntryPoint.PoolWorkerThread,
        $"Multiprocessing worker {Name}",
        Run,
        exception => End(new ExitStatus { Reason = ExitReason.UnhandledException, Error = exception }, exception)).UnsafeStart();

    public override unsafe void Kill()
    {
        var channel = (ChannelLayout*)_start.Channel.Base;
        Interlocked.Exchange(ref channel->Closed, ChannelLayout.Abandoned);
        WaitPoint.Notify(&channel->Requests, 1, _start.Channel.Session.Doorbells);
        WaitPoint.Notify(&channel->Room, 1, _start.Channel.Session.Doorbells);
        var status = new ExitStatus { Reason = ExitReason.Killed };
        End(status, new ProcessDiedException(
            $"Worker '{Name}', a thread of this process ({nameof(ProcessPoolOptions.Workers)} = 0), was abandoned: "
            + "its thread ends when the body that it runs has ended.",
            Id,
            Name,
            status));
    }

    public override void Dispose()
    {
        // The thread disposes of its references when it ends.
    }

    private void Run()
    {
        try
        {
            RunWorker();

            // After its holds were released: waiters for the end find nothing left of it.
            End(new ExitStatus { Code = 0, Reason = ExitReason.Exited }, null);
        }
        catch (Exception exception)
        {
            End(new ExitStatus { Reason = ExitReason.UnhandledException, Error = exception }, exception);
        }
    }

    private void RunWorker()
    {
        using var channel = _start.Channel.Share();
        using var bell = _start.Bell.Share();
        if (_childInitializer is not null)
        {
            Copy(new ActionInitializer(_childInitializer)).Initialize();
        }

        PoolWorker.RunOnThread(new WorkerStart
        {
            Channel = channel,
            Bell = bell,
            Initializer = _start.Initializer is { } initializer ? Copy(initializer) : null,
            Pool = _start.Pool,
            Number = _start.Number,
            WatchesMemory = false, // the memory is the program's, and no replacement would free it
            Logs = false, // the program's logger factory is here already
        });
    }

    private void End(ExitStatus status, Exception? failure)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0)
        {
            return;
        }

        _exitStatus = status;
        _failure = failure;
        _ended.Reach();
    }

    /// <summary>
    /// Returns a copy by the serializer, as a worker's process would read it, so that nothing is shared that would not be shared with a process.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe WorkerInitializer Copy(WorkerInitializer initializer)
    {
        using var message = MessageBuffer.Rent();
        ValueSerializer.Serialize(message, initializer, "initializer");
        var bytes = new byte[message.Length];
        message.CopyTo(0, bytes);
        fixed (byte* start = bytes)
        {
            var position = start;
            message.MarkSent(); // what follows reads it
            return ValueSerializer.Deserialize<WorkerInitializer>(ref position, start + bytes.Length);
        }
    }
}
