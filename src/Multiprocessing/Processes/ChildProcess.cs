using System.Diagnostics;
using System.Runtime.CompilerServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// A delegate that runs in another process of the operating system, with a heap, statics and a fate of its own.
/// All members may be used by several threads at once. The object itself cannot cross to another process.
/// </summary>
/// <example>
/// <code>
/// using var child = ChildProcess.Run(() => Console.WriteLine($"Hello from process {CurrentProcess.Id}."));
/// child.Wait(); // throws if the process died or its body threw
/// Console.WriteLine(child.ExitStatus); // exit code 0
/// </code>
/// </example>
[DebuggerDisplay("{Name} {State} (pid {_link?.ProcessId})")]
public partial class ChildProcess : IDisposable, IAsyncDisposable
{
    /// <summary>How long a process may take to leave after its body has ended, when it is disposed of.</summary>
    private static readonly TimeSpan LongestLeave = TimeSpan.FromSeconds(5);

    private protected readonly ChildCall _call;

    private readonly ChildProcessOptions _options;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ChildSupervisor _supervisor;
    private ChildLink? _link;
    private ProcessState _state;

    /// <summary>Creates a process that will run <paramref name="body"/>; <see cref="Start"/> starts it.</summary>
    /// <param name="body">What the process runs. It may capture variables; what it captures crosses as a copy, handles of this library by identity.</param>
    /// <param name="options">Name, environment, output, limits; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is <see langword="null"/>.</exception>
    public ChildProcess(Action body, ChildProcessOptions? options = null)
        : this(new ActionCall(Required(body)), options)
    {
    }

    /// <summary>Creates a process that will run the asynchronous <paramref name="body"/>; <see cref="Start"/> starts it.</summary>
    /// <inheritdoc cref="ChildProcess(Action, ChildProcessOptions)"/>
    [OverloadResolutionPriority(1)]
    public ChildProcess(Func<Task> body, ChildProcessOptions? options = null)
        : this(new AsyncActionCall(Required(body)), options)
    {
    }

    /// <summary>Creates a process that will run the asynchronous <paramref name="body"/>; <see cref="Start"/> starts it.</summary>
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

    /// <summary>The children of this process that were started and have not ended, in no order.</summary>
    public static IReadOnlyCollection<ChildProcess> Active => ActiveChildren.Snapshot();

    /// <summary>The name that errors and logs carry.</summary>
    public string Name { get; }

    /// <summary>The operating system's number of the process.</summary>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public int Id => StartedLink.ProcessId;

    /// <summary>Where the process is in its life.</summary>
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

    /// <summary>The process was started and has not ended.</summary>
    public bool IsAlive => State is ProcessState.Starting or ProcessState.Running;

    /// <summary>How the process ended, or <see langword="null"/> while it has not.</summary>
    public ExitStatus? ExitStatus => _supervisor.ExitStatus;

    /// <summary>
    /// Completes when the process is gone: successfully when the body ran to its end; with the body's exception when one left it;
    /// with <see cref="ProcessDiedException"/> when the process was killed, crashed, or left with an exit code of its own.
    /// </summary>
    /// <remarks>
    /// All that the process wrote was delivered before, except where this is asked for inside a callback for the process's own output, which the delivery would wait for.
    /// A process that crashes or is killed after its body has ended, for instance in an exit handler, fails it, too; <see cref="ChildProcess{TResult}.Result"/> keeps the result that had arrived.
    /// </remarks>
    public Task Completion => _supervisor.IsReading ? _supervisor.End.AsTask() : WaitsInsideCallback() ? _ended.Task : _completion.Task;

    /// <summary>A result is expected, so that exceptions are its reader's to show.</summary>
    private protected virtual bool ReportsErrors => false;

    internal ChildProcessOptions Options => _options;

    /// <summary>What is kept of its standard error.</summary>
    internal KeptOutput StandardError => _link?.Error?.Keep() ?? KeptOutput.None;

    private ChildLink StartedLink => _link ?? throw new InvalidOperationException($"Process '{Name}' was not started. Call {nameof(Start)} first.");

    /// <summary>Starts the process. Returns when the operating system has it; the body begins moments later.</summary>
    /// <exception cref="InvalidOperationException">It was started before: a process object runs once.</exception>
    /// <exception cref="NotSerializableException">The body or an argument cannot cross; the message names the path to the culprit. Nothing was started.</exception>
    /// <exception cref="NotSupportedException">The body, with what it captured and its arguments, takes more than about 2 GiB. Nothing was started.</exception>
    /// <exception cref="ProcessStartException">The system refused to start the process. Nothing is left of it.</exception>
    public void Start()
    {
        LaunchPlan.ThrowIfNative();
        using var body = MessageBuffer.Rent();
        ChildLink link;
        bool isSpare;
        lock (_gate)
        {
            if (_state != ProcessState.Created)
            {
                throw new InvalidOperationException($"Process '{Name}' was started before (pid {_link?.ProcessId}); a process object runs once. Make another one.");
            }

            new Assignment { Name = Name, TerminationGrace = _options.TerminationGrace, ReportsErrors = ReportsErrors }.WriteTo(body);
            body.SenderKeepsReferences = true;
            ValueSerializer.Serialize(body, _call, "body", new WriteContext(ChildLinkPolicy.Instance));
            FrameWriter.ThrowIfTooLarge(body.Length); // before there is a process that would wait for the body
            _supervisor.KeepReferences(body.TakeReferences());
            try
            {
                var spare = SpareStock.Current.TryTake(_options, _supervisor);
                isSpare = spare is not null;
                link = spare ?? ChildLauncher.Launch(Name, _options, isSpare: false, _supervisor);
                _link = link;
                _state = ProcessState.Starting;
                ActiveChildren.Add(this); // a spare may have ended already; the watcher waits for our lock before it takes us off the list
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
                _supervisor.ReleaseReferences();
                throw;
            }
        }

        // A child that is gone before it could read its body, or is stuck and will be killed by the supervisor's timer, is reported as failed to start.
        _ = link.Writer.TrySend(FrameKind.Start, body, _options.StartTimeout);
        SpareStock.Current.OnStarted(_call, _options, isSpare);
    }

    /// <summary>
    /// Waits until the process is gone and all it wrote was delivered. Does not throw for how it ended: look at <see cref="ExitStatus"/>, or call <see cref="Wait()"/>, which does. When it returns, <see cref="Completion"/>
    /// and the result of a process that has one are complete. Inside a callback for the process's own output it waits for the process only: the output is delivered when the callback has returned.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public void Join() => _ = Join(Timeout.InfiniteTimeSpan);

    /// <summary>Waits until the process is gone, but no longer than <paramref name="timeout"/>.</summary>
    /// <param name="timeout">How long; <see cref="TimeSpan.Zero"/> only looks, <see cref="Timeout.InfiniteTimeSpan"/> is without limit.</param>
    /// <param name="cancellationToken">Ends the wait, not the process.</param>
    /// <returns><see langword="true"/> when the process is gone; <see langword="false"/> when the time was over first.</returns>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public bool Join(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        _ = StartedLink;
        return _supervisor.End.AsTask().Wait(timeout, cancellationToken);
    }

    /// <summary>
    /// Waits until the process is gone, as <see cref="Join()"/> does, and throws if its body did not run to its end: the body's own exception, not wrapped, or <see cref="ProcessDiedException"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    /// <exception cref="ProcessDiedException">The process was killed, crashed, or exited on its own.</exception>
    /// <exception cref="ProcessStartException">The process did not reach its body.</exception>
    public void Wait() => _ = Wait(Timeout.InfiniteTimeSpan);

    /// <summary>
    /// Waits until the process is gone, but no longer than <paramref name="timeout"/>, and throws if its body did not run to its end: the body's own exception, not wrapped, or <see cref="ProcessDiedException"/>.
    /// </summary>
    /// <param name="timeout">How long; <see cref="TimeSpan.Zero"/> only looks, <see cref="Timeout.InfiniteTimeSpan"/> is without limit.</param>
    /// <param name="cancellationToken">Ends the wait, not the process.</param>
    /// <returns><see langword="true"/> when the process is gone and its body ran to its end; <see langword="false"/> when the time was over first.</returns>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    /// <exception cref="ProcessDiedException">The process was killed, crashed, or exited on its own.</exception>
    /// <exception cref="ProcessStartException">The process did not reach its body.</exception>
    public bool Wait(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (!Join(timeout, cancellationToken))
        {
            return false;
        }

        Completion.GetAwaiter().GetResult();
        return true;
    }

    /// <summary>Waits until the process is gone without blocking a thread.</summary>
    /// <param name="cancellationToken">Ends the wait, not the process.</param>
    /// <returns>A task that ends with the process, successfully however it ended.</returns>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public Task JoinAsync(CancellationToken cancellationToken = default)
    {
        _ = StartedLink;
        return _supervisor.End.AsTask(cancellationToken);
    }

    /// <summary>
    /// Asks the process to stop (<see cref="CurrentProcess.Stopping"/> is cancelled there) and returns; what has not gone after
    /// <see cref="ChildProcessOptions.TerminationGrace"/> is killed with everything below it.
    /// </summary>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public void Terminate() => Terminate(_options.TerminationGrace);

    /// <summary>Asks the process to stop, and kills it with everything below it when it has not gone after <paramref name="grace"/>.</summary>
    /// <param name="grace">How long it may take; <see cref="TimeSpan.Zero"/> kills at once, <see cref="Timeout.InfiniteTimeSpan"/> never.</param>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public void Terminate(TimeSpan grace)
    {
        var link = StartedLink;
        if (!IsAlive)
        {
            return;
        }

        // A child whose socket is full does not read and will not hear it: the grace runs all the same.
        _ = link.Writer.TrySend(FrameKind.Stop, [], TimeSpan.FromMilliseconds(100));
        _supervisor.KillAfter(grace);
    }

    /// <summary>Kills the process and everything below it at once. Nothing of it runs any more: no <see langword="finally"/>, no exit handler.</summary>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public void Kill()
    {
        _ = StartedLink;
        _supervisor.Kill();
    }

    /// <summary>Sends SIGINT, as Ctrl-C would: <see cref="CurrentProcess.Stopping"/> is cancelled in the child, which goes at once if nobody listens there.</summary>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public void Interrupt()
    {
        var link = StartedLink;
        if (!link.Signal(Signals.Interrupt) && IsAlive)
        {
            // The system has no signals: then the channel says it.
            _ = link.Writer.TrySend(FrameKind.Stop, [Signals.Interrupt], TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>Looks at the process as a task manager does. After its end: its last processor time, and no memory and threads any more.</summary>
    /// <returns>State, processor time, memory and threads at this moment.</returns>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public ProcessStatistics GetStatistics() => _supervisor.GetStatistics(StartedLink);

    /// <summary>Kills the process if it still runs, waits until it is gone, and frees what belongs to it. A process whose body has ended has <see cref="ChildProcessOptions.TerminationGrace"/> to leave by itself.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Asks the process to stop if it still runs, kills it after the grace, and waits until it is gone.</summary>
    /// <returns>A task that ends with the process.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_link is not null)
        {
            Terminate();
            await _supervisor.End;
        }

        Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => _link is { } link ? $"{Name} (pid {link.ProcessId}, {State})" : $"{Name} ({State})";

    /// <summary>Kills and waits.</summary>
    /// <param name="disposing">Called from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || _link is null)
        {
            return;
        }

        if (IsAlive && _supervisor.HasResult)
        {
            // Its result came before it has left; its exit handlers have the time that a body has that is asked to stop.
            _supervisor.KillAfter(_options.TerminationGrace < LongestLeave && _options.TerminationGrace != Timeout.InfiniteTimeSpan ? _options.TerminationGrace : LongestLeave);
        }
        else if (IsAlive)
        {
            Kill();
        }

        Join();
    }

    /// <summary>Reads the result as soon as it has arrived.</summary>
    internal virtual bool ReadsResult => false;

    /// <summary>Runs the code of the result's types.</summary>
    internal virtual void ReadResult(byte[] result)
    {
    }

    /// <summary>It cannot be read.</summary>
    internal virtual void FailResult(Exception failure)
    {
    }

    /// <summary>The process has ended, and how is known.</summary>
    internal virtual void End(Exception? failure, bool hasResult) => Set(_ended, failure);

    /// <summary>Its output has been delivered, too.</summary>
    internal void Complete() => Set(_completion, Failure);

    /// <summary>What <see cref="Completion"/> failed or will fail with, once the process has ended.</summary>
    internal Exception? Failure => _ended.Task.Exception?.InnerException;

    /// <summary>Calls back once the process is gone and <see cref="Failure"/> known, whether its output was delivered or not.</summary>
    internal void WhenEnded(Action action) => _supervisor.WhenCompleted(action);

    /// <summary>Calls back once its output was delivered, too.</summary>
    internal void WhenDelivered(Action action) => _supervisor.WhenDelivered(action);

    /// <summary>The calling code, which is about to wait for the end of the process or of what runs in it, is a callback for its output, or was started by one. Then the output is read without limit from now on.</summary>
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
            _ = task.Task.Exception; // observed: whoever does not ask for it has not lost an error, ExitStatus still has it
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
