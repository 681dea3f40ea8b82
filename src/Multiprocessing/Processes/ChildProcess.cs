using System.Diagnostics;
using System.Runtime.CompilerServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// A delegate that runs in another process of the operating system, with its own heap and its own static fields. If it crashes, its parent continues.
/// </summary>
/// <remarks>
/// All members may be used by several threads at once. The object itself cannot be sent to another process. Dispose it to end the process and to wait
/// for its end; when the parent exits, it stops all children that still run.
/// </remarks>
/// <example>
/// <code>
/// using var child = ChildProcess.Run(() => Console.WriteLine($"Hello from process {CurrentProcess.Id}."));
/// child.Wait(); // throws if the process died or its body threw
/// Console.WriteLine(child.ExitStatus); // exit code 0
/// </code>
/// </example>
[DebuggerDisplay("{Name} {State} (pid {_link?.ProcessId})")]
public partial class ChildProcess : IDisposable, IAsyncDisposable, IProcessWaitable
{
    private protected readonly ChildCall _call;

    private readonly ChildProcessOptions _options;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChildSupervisor _supervisor;
    private ChildLink? _link;
    private ProcessState _state;

    /// <summary>Initializes a process that runs <paramref name="body"/>. Call <see cref="Start"/> to start it.</summary>
    /// <param name="body">
    /// The code that the process runs. It may capture variables: the process receives copies of them, and the same locks, queues and shared memory.
    /// </param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    public ChildProcess(Action body, ChildProcessOptions? options = null)
        : this(new ActionCall(Required(body)), options)
    {
    }

    /// <summary>Initializes a process that runs the asynchronous <paramref name="body"/>. Call <see cref="Start"/> to start it.</summary>
    /// <inheritdoc cref="ChildProcess(Action, ChildProcessOptions)"/>
    [OverloadResolutionPriority(1)]
    public ChildProcess(Func<Task> body, ChildProcessOptions? options = null)
        : this(new AsyncActionCall(Required(body)), options)
    {
    }

    /// <summary>Initializes a process that runs the asynchronous <paramref name="body"/>. Call <see cref="Start"/> to start it.</summary>
    /// <inheritdoc cref="ChildProcess(Action, ChildProcessOptions)"/>
    public ChildProcess(Func<ValueTask> body, ChildProcessOptions? options = null)
        : this(new ValueTaskActionCall(Required(body)), options)
    {
    }

    internal ChildProcess(ChildCall call, ChildProcessOptions? options)
    {
        _options = (options ?? new ChildProcessOptions()).ToValidated();
        _call = _options.Initializer is { } initializer ? new InitializedCall(initializer, call) : call;
        Name = string.IsNullOrEmpty(_options.Name) ? CurrentProcess.NextChildName() : _options.Name;
        _supervisor = new ChildSupervisor(this);
    }

    /// <summary>Gets the children of this process that were started and have not ended, in no particular order.</summary>
    public static IReadOnlyCollection<ChildProcess> Active => ActiveChildren.Snapshot();

    /// <summary>Gets the name of the process in errors and logs.</summary>
    public string Name { get; }

    /// <summary>Gets the operating system's number of the process.</summary>
    /// <exception cref="InvalidOperationException">The process was not started.</exception>
    public int Id => StartedLink.ProcessId;

    /// <summary>Gets the state of the process: created, starting, running or exited.</summary>
    public ProcessState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>Gets whether the process was started and has not ended.</summary>
    public bool IsAlive => State is ProcessState.Starting or ProcessState.Running;

    /// <summary>Gets how the process ended, or <see langword="null"/> before its end.</summary>
    public ExitStatus? ExitStatus => _supervisor.ExitStatus;

    /// <summary>
    /// Gets a task that completes when the process has ended: successfully if the body ran to its end, with the body's exception if it threw one, and
    /// with <see cref="ProcessDiedException"/> if the process was killed, crashed, or exited with its own exit code.
    /// </summary>
    /// <remarks>
    /// The whole output of the process is delivered before the task completes. The exception is a caller inside a callback for that output: the
    /// delivery waits for the callback. The task also fails if the process crashes or is killed after its body has ended, for instance in an exit
    /// handler; then <see cref="ChildProcess{TResult}.Result"/> keeps the result that has arrived.
    /// </remarks>
    public Task Completion => _supervisor.IsReading ? _supervisor.End.AsTask() : WaitsInsideCallback() ? _ended.Task : _completion.Task;

    /// <summary>The process has a result, whose reader shows exceptions.</summary>
    private protected virtual bool ReportsErrors => false;

    internal ChildProcessOptions Options => _options;

    internal int? TryGetId() => _link?.ProcessId;

    /// <summary>What the process is for; for observers.</summary>
    internal ProcessRole Role { get; set; } = ProcessRole.Child;

    /// <summary>The last lines of both output streams, as far as they are kept; for observers.</summary>
    internal string LastOutput => OutputText.LastLines(_link?.Output?.Tail()) + OutputText.LastLines(_link?.Error?.Tail());

    /// <summary>The kept parts of the standard error.</summary>
    internal KeptOutput StandardError => _link?.Error?.Keep() ?? KeptOutput.None;

    private ChildLink StartedLink => _link ?? throw new InvalidOperationException($"Process '{Name}' was not started. Call {nameof(Start)} first.");

    /// <summary>Starts the process. Returns when the operating system has created it; the body begins moments later.</summary>
    /// <exception cref="InvalidOperationException">The process was started before: a process object runs once.</exception>
    /// <exception cref="NotSerializableException">
    /// The body or an argument cannot be sent to another process; the message names the path to the object. Nothing was started.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// The body, with its captured values and arguments, is larger than about 2 GiB. Nothing was started.
    /// </exception>
    /// <exception cref="ProcessStartException">The system refused to start the process. Nothing remains of it.</exception>
    public void Start()
    {
        LaunchPlan.ThrowIfNative();
        using var body = MessageBuffer.Rent();
        ChildLink link;
        bool isSpare;
        byte[]? reference;
        lock (_gate)
        {
            if (_state != ProcessState.Created)
            {
                throw new InvalidOperationException(
                    $"Process '{Name}' was started before (pid {_link?.ProcessId}); a process object runs once. Create another one.");
            }

            new Assignment { Name = Name, TerminationGrace = _options.TerminationGrace, ReportsErrors = ReportsErrors }.WriteTo(body);
            body.SenderKeepsReferences = true;
            ValueSerializer.Serialize(body, ChildStartup.Before(_call), "body", new WriteContext(ChildLinkPolicy.Instance));
            FrameWriter.ThrowIfTooLarge(body.Length); // before there is a process that would wait for the body
            reference = KeepContent(body);
            try
            {
                var spare = SpareStock.Current.TryTake(_options, _supervisor);
                isSpare = spare is not null;
                link = spare ?? ChildLauncher.Launch(Name, _options, isSpare: false, _supervisor);
                _link = link;
                _state = ProcessState.Starting;
                ActiveChildren.Add(this); // a spare may have ended already: the watcher waits for this lock before it removes the child
                if (!isSpare)
                {
                    _supervisor.Begin(link);
                }
            }
            catch
            {
                ActiveChildren.Remove(this);
                _link = null;
                _state = ProcessState.Created;
                _supervisor.ReleaseReferences(wasSent: false);
                throw;
            }
        }

        // A child that ends before it has read its body, or blocks until the supervisor's timer kills it, is reported as failed to start.
        _ = reference is null
            ? link.Writer.TrySend(FrameKind.Start, body, _options.StartTimeout)
            : link.Writer.TrySend(FrameKind.StartInMemory, reference, _options.StartTimeout);
        SpareStock.Current.OnStarted(_call, _options, isSpare);
    }

    /// <summary>
    /// Keeps the handles in the body, and the shared memory with its bytes if there are many, until the child has read it.
    /// </summary>
    /// <returns>The reference to that memory; null if the channel carries the body.</returns>
    private byte[]? KeepContent(MessageBuffer body)
    {
        if (SharedContent.TryLay(body) is not { } content)
        {
            _supervisor.KeepReferences(body.TakeReferences());
            return null;
        }

        _supervisor.KeepReferences([.. body.TakeReferences(), content.Memory.KeepForBody()]);
        content.Release();
        return content.Reference(isInFlight: false);
    }

    /// <summary>
    /// Adds references of this process to every handle in the body: until they are cancelled, the handles count as passed to a child that is about to
    /// start.
    /// </summary>
    /// <exception cref="NotSerializableException">The body or an argument cannot be sent to another process.</exception>
    internal ITravellingReference[] KeepHandles() => KeptHandles.Of(_call, "body");

    /// <inheritdoc/>
    public override string ToString() => _link is { } link ? $"{Name} (pid {link.ProcessId}, {State})" : $"{Name} ({State})";

    /// <summary>Reads the result as soon as it has arrived.</summary>
    internal virtual bool ReadsResult => false;

    /// <summary>Runs the code of the result's types.</summary>
    internal virtual void ReadResult(ReadOnlySpan<byte> result)
    {
    }

    /// <summary>The result cannot be read.</summary>
    internal virtual void FailResult(Exception failure)
    {
    }

    /// <summary>The process has ended, and the reason is known.</summary>
    internal virtual void End(Exception? failure, bool hasResult) => Set(_ended, failure);

    /// <summary>Its output has been delivered too.</summary>
    internal void Complete() => Set(_completion, Failure);

    /// <summary>Once the process has ended, the exception of <see cref="Completion"/>, if it fails.</summary>
    internal Exception? Failure => _ended.Task.Exception?.InnerException;

    /// <summary>Reached when the body has begun, or the process has ended without it (<see cref="HasBegun"/>).</summary>
    internal Milestone Begun => _supervisor.Begun;

    /// <summary>The body has begun.</summary>
    internal bool HasBegun => _supervisor.IsStarted;

    /// <summary>Once the process has ended: waits until its output is delivered, or the time limit has passed.</summary>
    internal ValueTask<bool> DeliveredAsync(TimeSpan limit) => _supervisor.DeliveredAsync(limit);

    /// <summary>Calls back once the process has ended and <see cref="Failure"/> is known, whether or not its output was delivered.</summary>
    internal void WhenEnded(Action action) => _supervisor.WhenCompleted(action);

    /// <summary>Calls back once its output was delivered too.</summary>
    internal void WhenDelivered(Action action) => _supervisor.WhenDelivered(action);

    /// <summary>
    /// Returns whether the calling code, which is about to wait for the end of the process or of its body, is a callback for its output, or was
    /// started by one. If so, the output is read without limit from now on.
    /// </summary>
    internal bool WaitsInsideCallback() => _supervisor.WaitsInsideOutputCallback();

    private static void Set(TaskCompletionSource task, Exception? failure)
    {
        if (failure is null)
        {
            _ = task.TrySetResult();
        }
        else
        {
            _ = task.TrySetException(failure);
            _ = task.Task.Exception; // observed: ExitStatus still has the error if no code reads the task
        }
    }

    internal void MoveTo(ProcessState state)
    {
        lock (_gate)
        {
            _state = state > _state ? state : _state;
        }
    }

    private protected static T Required<T>(T body)
        where T : Delegate
    {
        ArgumentNullException.ThrowIfNull(body);
        return body;
    }

    internal ChildProcess Started()
    {
        Start();
        return this;
    }
}
