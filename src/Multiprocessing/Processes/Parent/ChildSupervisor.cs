using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Follows one child from its start to its end and completes its <see cref="ChildProcess"/>. The steps of the end, in this order: the process is
/// reaped, the session knows its death (<see cref="OnGone"/>), its result or error is read, its output is delivered.
/// </summary>
internal sealed class ChildSupervisor : IChildListener
{
    private readonly ChildProcess _child;
    private readonly Milestone _exited = new();
    private readonly Milestone _completed = new();
    private readonly Milestone _delivered = new();
    private readonly ChildReports _reports = new();
    private readonly ChildStatistics _statistics = new();
    private readonly ChildTimers _timers;
    private readonly ChildErrors _errors;
    private ChildLink? _link;
    private Milestone? _resultRead;
    private bool _resultIsInMemory;
    private volatile bool _killRequested;
    private Lazy<ExitStatus>? _exitStatus;
    private ITravellingReference[] _references = [];
    private volatile Exception? _lost;

    public ChildSupervisor(ChildProcess child)
    {
        _child = child;
        _timers = new ChildTimers(this);
        _errors = new ChildErrors(child, _reports);
    }

    /// <summary>
    /// The milestone that a call waiting for the child's end waits for: reaped, known to the session, result or error read, output delivered. Inside
    /// a callback for the child's output the delivery is left out, because it waits for that callback. Inside the code of the result's types, which
    /// runs while the result is read, the reading is left out too.
    /// </summary>
    public Milestone End
    {
        get
        {
            if (IsReading)
            {
                return _exited;
            }

            return WaitsInsideOutputCallback() ? _completed : _delivered;
        }
    }

    /// <summary>The calling code belongs to the types of the child's result or error, or was started there.</summary>
    public bool IsReading => CallbackScope.IsInside(this);

    public ExitStatus? ExitStatus => HasExited ? _exitStatus!.Value : null;

    public bool HasExited => _exited.IsReached;

    public bool IsStarted => _reports.IsStarted;

    /// <summary>The body has ended and its result has arrived: the process is about to exit.</summary>
    public bool HasResult => _reports.Result is not null;

    /// <summary>The calling code is a callback for the child's output, or was started there.</summary>
    private bool IsInsideOutputCallback => _link is { } link
        && ((link.Output is { } output && CallbackScope.IsInside(output)) || (link.Error is { } error && CallbackScope.IsInside(error)));

    private KeptOutput StandardError => _link?.Error?.Keep() ?? KeptOutput.None;

    /// <summary>
    /// Returns whether the caller, which is about to wait for the child, is a callback for its output. Such a callback blocks the delivery, and the
    /// child would wait for room in its pipe: from now on the rest of the output is kept in memory until the callback returns.
    /// </summary>
    public bool WaitsInsideOutputCallback()
    {
        if (!IsInsideOutputCallback)
        {
            return false;
        }

        _link?.Output?.LiftLimit();
        _link?.Error?.LiftLimit();
        return true;
    }

    /// <summary>Reached when the body has begun, or the child has ended without it.</summary>
    public Milestone Begun { get; } = new();

    /// <summary>Waits until the output is delivered, or the time limit has passed.</summary>
    public ValueTask<bool> DeliveredAsync(TimeSpan limit) => _delivered.WaitAsync(limit);

    /// <summary>Calls back once the child is reaped and its result or error is read, whether or not its output is delivered.</summary>
    public void WhenCompleted(Action action) => _completed.WhenReached(action);

    /// <summary>Calls back once the output is delivered too.</summary>
    public void WhenDelivered(Action action) => _delivered.WhenReached(action);

    /// <summary>Keeps the handles in the body alive until the child has read it or has ended.</summary>
    public void KeepReferences(ITravellingReference[] references) => _references = references;

    /// <summary>Ends the references in the body, which the child has read or never will.</summary>
    /// <param name="wasSent">False if there is no child.</param>
    public void ReleaseReferences(bool wasSent = true)
    {
        foreach (var reference in Interlocked.Exchange(ref _references, []))
        {
            if (wasSent)
            {
                reference.EndPassedOn();
            }
            else
            {
                reference.Cancel();
            }
        }
    }

    /// <summary>Takes over a child. From now on this object receives its events.</summary>
    public void Adopt(ChildLink link)
    {
        _link = link;
        var origin = new OutputOrigin(_child.Name, link.ProcessId, IsError: true);
        link.Error?.PassOn(_child.Options.StandardError, origin, MultiprocessingLogging.OutputCallbackFailed);
        _timers.BeginStart(_child.Options.StartTimeout);
    }

    /// <summary>Takes over a child that was launched for this supervisor, and watches it.</summary>
    public void Begin(ChildLink link)
    {
        try
        {
            Adopt(link);
        }
        catch
        {
            ChildLauncher.EndUnwatched(link); // a timer or the receiver of the output could not be created
            throw;
        }

        try
        {
            ChildLauncher.Watch(link, _child.Name);
        }
        catch
        {
            _timers.EndStart();
            throw;
        }
    }

    public void Kill()
    {
        _killRequested = true;
        _link!.KillTree();
    }

    public void KillAfter(TimeSpan grace) => _timers.KillAfter(grace);

    public ProcessStatistics GetStatistics(ChildLink link) => _statistics.Read(link.ProcessId, HasExited);

    public void OnFrame(ControlFrame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Ready when !frame.Payload.AsSpan().SequenceEqual(_link!.Token.ToByteArray()):
                Kill(); // the writer has not read our greeting
                break;
            case FrameKind.Started:
                _timers.EndStart();
                ReleaseReferences();
                _reports.SetStarted();
                _child.MoveTo(ProcessState.Running);
                Begun.Reach();
                break;
            case FrameKind.Result:
            case FrameKind.ResultInMemory:
                OnResult(frame);
                break;
            default:
                _reports.SetEnd(frame);
                break;
        }
    }

    public ParticipantExit OnExited(WaitStatus status, ProcStat? lastStat)
    {
        _timers.Stop();
        ReleaseReferences();
        _statistics.SetLast(lastStat);
        status = status is { Code: null, Signal: null } ? Inferred() : status;
        var tail = StandardError.Whole;
        var processId = _link!.ProcessId;
        var startTimedOut = _timers.StartTimedOut;
        var (reason, code, signal) = ExitClassifier.Classify(new ExitFacts(
            status, IsStarted, _killRequested && !startTimedOut, _reports.StopSignal, _reports.Failure is not null, HasResult, _link.Error?.Crash));
        _exitStatus = new Lazy<ExitStatus>(() => new ExitStatus
        {
            Reason = reason,
            Code = code,
            Signal = signal,
            Error = _lost ?? _errors.ErrorOf(processId, reason, tail, status, startTimedOut),
        });
        return new ParticipantExit(processId, reason, code ?? -1, signal ?? -1);
    }

    public void OnGone()
    {
        _exitStatus ??= new Lazy<ExitStatus>(new ExitStatus { Error = _lost }); // OnExited failed
        _child.MoveTo(ProcessState.Exited);
        _exited.Reach();
        Begun.Reach();
        if (_resultRead is { } reading)
        {
            reading.WhenReached(QueueComplete);
        }
        else
        {
            QueueComplete();
        }
    }

    public void OnLost(Exception exception)
    {
        _lost ??= new InvalidOperationException(
            $"Process '{_child.Name}' was killed, because an event of it could not be handled: {ExceptionText.Message(exception)}", exception);
        try
        {
            Kill();
        }
        catch (Exception)
        {
            _link?.Kill(); // the list of its descendants could not be read
        }
    }

    public void OnGoneLost(Exception exception)
    {
        _lost ??= new InvalidOperationException(
            $"The end of process '{_child.Name}' could not be reported: {ExceptionText.Message(exception)}", exception);
        _exitStatus ??= new Lazy<ExitStatus>(new ExitStatus { Error = _lost });
        _child.MoveTo(ProcessState.Exited);
        _exited.Reach();
        Begun.Reach();
        CompleteLost(exception);
    }

    private static void WhenDelivered(OutputCapture? capture, Action action)
    {
        if (capture is null)
        {
            action();
        }
        else
        {
            capture.WhenDelivered(action);
        }
    }

    /// <summary>
    /// Reads the result at once, before the process has exited: the caller need not wait for exit handlers. Not on this thread, because reading runs
    /// code of the result's types.
    /// </summary>
    private void OnResult(ControlFrame frame)
    {
        if (_reports.TrySetResult(frame.Payload) && _child.ReadsResult)
        {
            _resultIsInMemory = frame.Kind == FrameKind.ResultInMemory;
            _resultRead = new Milestone();
            LastResort.Queue(
                EntryPoint.ChildResult,
                this,
                static supervisor => supervisor.ReadResult(),
                static (supervisor, exception) => supervisor.LoseResult(exception));
        }
    }

    private void ReadResult()
    {
        using (CallbackScope.Enter(this))
        {
            if (_resultIsInMemory)
            {
                var content = SharedContent.Open(_reports.Result);
                _child.ReadResult(content.Bytes);
                content.Release();
            }
            else
            {
                _child.ReadResult(_reports.Result);
            }
        }

        _resultRead!.Reach();
    }

    private void LoseResult(Exception exception)
    {
        _child.FailResult(exception);
        _resultRead!.Reach();
    }

    /// <summary>The system does not report how the child ended, because other code has reaped it: the other facts decide.</summary>
    private WaitStatus Inferred()
    {
        const int Abort = 6;
        return _reports.ExitCode is { } code ? new WaitStatus(OperatingSystem.IsWindows() ? code : code & 0xff, null)
            : _killRequested ? new WaitStatus(null, Signals.Kill)
            : _link!.Error?.Crash is not null ? new WaitStatus(null, Abort)
            : default;
    }

    private void QueueComplete() => LastResort.Queue(
        EntryPoint.ChildCompletion,
        this,
        static supervisor => supervisor.Complete(),
        static (supervisor, exception) => supervisor.CompleteLost(exception));

    /// <summary>Runs on the thread pool and not on the watcher's thread: reading an exception runs code of its type.</summary>
    private void Complete()
    {
        ExitStatus status;
        using (CallbackScope.Enter(this))
        {
            status = _exitStatus!.Value;
        }

        _child.End(_errors.FailureOf(_link!.ProcessId, status, StandardError, _lost is not null), HasResult);
        _completed.Reach();
        WhenDelivered(_link.Output, () => WhenDelivered(_link.Error, () => LastResort.Run(
            EntryPoint.ChildExit, this, static supervisor => supervisor.Finish(), static (supervisor, _) => supervisor.Finish())));
    }

    private void CompleteLost(Exception exception)
    {
        var status = new ExitStatus { Error = _lost ?? exception };
        _child.End(new ProcessDiedException(_link?.ProcessId ?? 0, _child.Name, status, ""), HasResult);
        _completed.Reach();
        Finish();
    }

    private void Finish()
    {
        ActiveChildren.Remove(_child);
        _child.Complete();
        _delivered.Reach();
    }
}
