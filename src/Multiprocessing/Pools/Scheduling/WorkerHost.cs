namespace Multiprocessing;

/// <summary>
/// What a worker runs in: a process of its own, or, in a pool with <see cref="ProcessPoolOptions.Workers"/> = 0, a thread of this process.
/// </summary>
internal abstract class WorkerHost : IDisposable
{
    public abstract string Name { get; }

    /// <summary>The id of the process that the worker's code runs in.</summary>
    public abstract int Id { get; }

    /// <summary>The worker has a process of its own, which can be killed. A thread can only be abandoned.</summary>
    public abstract bool IsProcess { get; }

    /// <summary>How the worker ended; <see langword="null"/> while it is alive.</summary>
    public abstract ExitStatus? ExitStatus { get; }

    /// <summary>The end of the worker's standard error; empty for a thread, whose output is the program's.</summary>
    public abstract KeptOutput StandardError { get; }

    /// <summary>The last lines that it has printed, on both streams; empty if its output is not kept.</summary>
    public abstract string LastOutput { get; }

    /// <summary>How the worker died, once it has exited; <see langword="null"/> if it ended in good order.</summary>
    public abstract Exception? Failure { get; }

    /// <summary>Calls the action once the worker has exited, whether its output was delivered or not.</summary>
    public abstract void WhenEnded(Action action);

    /// <summary>Calls the action once the worker has exited and its output was delivered.</summary>
    public abstract void WhenDelivered(Action action);

    /// <summary>
    /// Whether the calling code, which is about to wait for the worker's end, is a callback for its output. If so, its output is read without limit
    /// from now on.
    /// </summary>
    public abstract bool WaitsInsideCallback();

    public abstract void Start();

    public abstract void Kill();

    public abstract void Dispose();
}

/// <summary>A worker in a process of its own.</summary>
internal sealed class WorkerProcess(WorkerStart start, ChildProcessOptions options) : WorkerHost
{
    private readonly ChildProcess _process = CreateProcess(start, options);

    public override string Name => _process.Name;

    public override int Id => _process.Id;

    public override bool IsProcess => true;

    public override ExitStatus? ExitStatus => _process.ExitStatus;

    public override KeptOutput StandardError => _process.StandardError;

    public override string LastOutput => _process.LastOutput;

    public override Exception? Failure => _process.Failure;

    public override void WhenEnded(Action action) => _process.WhenEnded(action);

    public override void WhenDelivered(Action action) => _process.WhenDelivered(action);

    public override bool WaitsInsideCallback() => _process.WaitsInsideCallback();

    public override void Start() => _process.Start();

    public override void Kill() => _process.Kill();

    /// <summary>Called under the pool's gate, where waiting is not allowed.</summary>
    public override void Dispose()
    {
        if (_process.IsAlive)
        {
            _process.Kill();
        }
    }

    private static ChildProcess CreateProcess(WorkerStart start, ChildProcessOptions options)
    {
        var process = ChildProcess.Create(PoolWorker.Run, start, options);
        process.Role = ProcessRole.Worker;
        return process;
    }
}
