using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The parent's knowledge of one running child: what it said, how it ended, and what that means.</summary>
internal sealed class ChildSupervisor(ChildProcess child) : IChildListener
{
    private readonly Milestone _exited = new();
    private readonly Milestone _completed = new();
    private readonly Milestone _gone = new();
    private readonly Lock _gate = new();
    private ChildLink? _link;
    private LibraryTimer? _killTimer;
    private LibraryTimer? _startTimer;
    private Milestone? _resultRead;
    private bool _isStarted;
    private bool _killRequested;
    private bool _startTimedOut;
    private int? _stopSignal;
    private int? _toldCode;
    private byte[]? _result;
    private byte[]? _failure;
    private byte[]? _rejection;
    private bool _initializerFailed;
    private ProcStat? _lastStat;
    private long _peak;
    private Lazy<ExitStatus>? _exitStatus;
    private ITravellingReference[] _references = [];
    private volatile Exception? _lost;

    /// <summary>
    /// What a call that waits for the child's end waits for: that it is reaped, the session told, its result or error read and its output delivered. In a callback for its output the delivery is left out,
    /// which would wait for the callback itself; in the code of its result's own types, that is all that runs while the result is read, also the reading.
    /// </summary>
    public Milestone End
    {
        get
        {
            if (IsReading)
            {
                return _exited;
            }

            return WaitsInsideOutputCallback() ? _completed : _gone;
        }
    }

    /// <summary>The calling code is that of the types of the child's result or error, or was started there.</summary>
    public bool IsReading => CallbackScope.IsInside(this);

    public ExitStatus? ExitStatus => _exited.IsReached ? _exitStatus!.Value : null;

    /// <summary>The body has ended and its result is here: the process is about to leave.</summary>
    public bool HasResult => Volatile.Read(ref _result) is not null;

    /// <summary>The calling code is a callback for the child's output, or was started there.</summary>
    public bool IsInsideOutputCallback => _link is { } link && ((link.Output is { } output && CallbackScope.IsInside(output)) || (link.Error is { } error && CallbackScope.IsInside(error)));

    /// <summary>For who is about to wait for the child: a callback holds up the output, and the child would wait for room in its pipe. So what it still writes is kept until the callback returns.</summary>
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

    /// <summary>Calls back once the child is reaped and its result or error read, whether its output was delivered or not.</summary>
    public void WhenCompleted(Action action) => _completed.WhenReached(action);

    /// <summary>Calls back once its output is delivered, too.</summary>
    public void WhenGone(Action action) => _gone.WhenReached(action);

    /// <summary>The handles in the body are kept alive until the child has read it, or is gone.</summary>
    public void KeepReferences(ITravellingReference[] references) => _references = references;

    public void ReleaseReferences()
    {
        foreach (var reference in Interlocked.Exchange(ref _references, []))
        {
            reference.Cancel();
        }
    }

    /// <summary>Takes a child on; whatever is heard of it from now on is to be heard here.</summary>
    public void Adopt(ChildLink link)
    {
        _link = link;
        link.Error?.PassOn(child.Options.StandardError, new OutputOrigin(child.Name, link.ProcessId, IsError: true), MultiprocessingLogging.OutputCallbackFailed);
        if (child.Options.StartTimeout != Timeout.InfiniteTimeSpan)
        {
            _startTimer = LastResort.NewTimer(EntryPoint.StartTimer, child.Options.StartTimeout, StartTimedOut, OnLost);
        }
    }

    /// <summary>Adopts a child that was launched for this supervisor, and listens to it.</summary>
    public void Begin(ChildLink link)
    {
        try
        {
            Adopt(link);
        }
        catch
        {
            ChildLauncher.EndUnwatched(link); // a timer or the output's receiver could not be made
            throw;
        }

        try
        {
            ChildLauncher.Watch(link, child.Name);
        }
        catch
        {
            StopStartTimer();
            throw;
        }
    }

    public void Kill()
    {
        lock (_gate)
        {
            _killRequested = true;
        }

        _link!.KillTree();
    }

    public void KillAfter(TimeSpan grace)
    {
        if (grace == TimeSpan.Zero)
        {
            Kill();
            return;
        }

        if (grace == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        lock (_gate)
        {
            _killTimer?.Dispose();
            _killTimer = _exited.IsReached ? null : LastResort.NewTimer(EntryPoint.KillTimer, grace, Kill, OnLost);
        }
    }

    public ProcessStatistics GetStatistics(ChildLink link)
    {
        var exited = _exited.IsReached;
        if (!exited && ProcessTable.TryReadStat(link.ProcessId) is { } now)
        {
            _lastStat = now;
            _peak = Math.Max(Math.Max(_peak, now.ResidentBytes), ProcessTable.PeakResidentBytes(link.ProcessId));
        }

        var stat = _lastStat ?? default;
        return new ProcessStatistics
        {
            State = exited ? SchedulingState.Exited : StateOf(stat.State),
            UserProcessorTime = stat.UserTime,
            PrivilegedProcessorTime = stat.KernelTime,
            WorkingSet = stat.ResidentBytes,
            PeakWorkingSet = _peak,
            ThreadCount = exited ? 0 : stat.Threads,
        };
    }

    public void OnFrame(ControlFrame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Ready when !frame.Payload.AsSpan().SequenceEqual(_link!.Token.ToByteArray()):
                Kill(); // whoever speaks there did not read our greeting
                break;
            case FrameKind.Started:
                StopStartTimer();
                ReleaseReferences();
                _isStarted = true;
                child.MoveTo(ProcessState.Running);
                break;
            case FrameKind.Result:
                OnResult(frame.Payload);
                break;
            case FrameKind.Failed:
                _failure ??= frame.Payload;
                break;
            case FrameKind.InitializerFailed:
                _rejection = frame.Payload;
                _initializerFailed = true;
                break;
            case FrameKind.Rejected:
                _rejection = frame.Payload;
                break;
            case FrameKind.Stopping:
                _stopSignal = frame.Payload is [var signal] ? signal : 0;
                break;
            case FrameKind.Exiting:
                _toldCode = frame.Payload is { Length: sizeof(int) } code ? BitConverter.ToInt32(code) : null;
                break;
        }
    }

    public ParticipantExit OnExited(WaitStatus status, ProcStat? lastStat)
    {
        StopStartTimer();
        ReleaseReferences();
        lock (_gate)
        {
            _killTimer?.Dispose();
            _killTimer = null;
        }

        _lastStat = lastStat ?? _lastStat;
        status = status is { Code: null, Signal: null } ? Inferred() : status;
        var tail = (_link!.Error?.Keep() ?? KeptOutput.None).Whole;
        var (reason, code, signal) = ExitClassifier.Classify(new ExitFacts(
            status, _isStarted, _killRequested && !_startTimedOut, _stopSignal, _failure is not null, _result is not null, _link.Error?.Crash));
        _exitStatus = new Lazy<ExitStatus>(() => new ExitStatus
        {
            Reason = reason,
            Code = code,
            Signal = signal,
            Error = FindError(reason, tail, status),
        });
        return new ParticipantExit(_link.ProcessId, reason, code ?? -1, signal ?? -1);
    }

    public void OnGone()
    {
        _exitStatus ??= new Lazy<ExitStatus>(new ExitStatus { Error = _lost }); // how it ended could not be found out
        child.MoveTo(ProcessState.Exited);
        _exited.Reach();
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
        _lost ??= new InvalidOperationException($"What came from process '{child.Name}' could not be handled, so it was killed: {ExceptionText.Message(exception)}", exception);
        try
        {
            Kill();
        }
        catch (Exception)
        {
            _link?.Kill(); // the list of its descendants cannot be read now, perhaps
        }
    }

    public void OnGoneLost(Exception exception)
    {
        _lost ??= new InvalidOperationException($"The end of process '{child.Name}' could not be told: {ExceptionText.Message(exception)}", exception);
        _exitStatus ??= new Lazy<ExitStatus>(new ExitStatus { Error = _lost });
        child.MoveTo(ProcessState.Exited);
        _exited.Reach();
        CompleteLost(exception);
    }

    /// <summary>The result is read at once, and not when the process has left: its reader need not wait for exit handlers. Not on this thread, because it runs the code of the result's types.</summary>
    private void OnResult(byte[] payload)
    {
        if (_result is not null)
        {
            return;
        }

        Volatile.Write(ref _result, payload);
        if (!child.ReadsResult)
        {
            return;
        }

        _resultRead = new Milestone();
        LastResort.Queue(EntryPoint.ChildResult, this, static supervisor => supervisor.ReadResult(), static (supervisor, exception) => supervisor.LoseResult(exception));
    }

    private void ReadResult()
    {
        using (CallbackScope.Enter(this))
        {
            child.ReadResult(_result!);
        }

        _resultRead!.Reach();
    }

    private void LoseResult(Exception exception)
    {
        child.FailResult(exception);
        _resultRead!.Reach();
    }

    private void QueueComplete() => LastResort.Queue(EntryPoint.ChildCompletion, this, static supervisor => supervisor.Complete(), static (supervisor, exception) => supervisor.CompleteLost(exception));

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

    /// <summary>The system does not say how the child ended, because somebody else has reaped it: then what is known otherwise counts.</summary>
    private WaitStatus Inferred()
    {
        const int Abort = 6;
        return _toldCode is { } code ? new WaitStatus(OperatingSystem.IsWindows() ? code : code & 0xff, null)
            : _killRequested ? new WaitStatus(null, Signals.Kill)
            : _link!.Error?.Crash is not null ? new WaitStatus(null, Abort)
            : default;
    }

    private static SchedulingState StateOf(char state) => state switch
    {
        'R' => SchedulingState.Running,
        'S' or 'I' => SchedulingState.Sleeping,
        'D' => SchedulingState.DiskSleeping,
        'T' or 't' => SchedulingState.Stopped,
        'Z' or 'X' => SchedulingState.Zombie,
        _ => SchedulingState.Unknown,
    };

    private static unsafe Exception ReadException(byte[] payload)
    {
        fixed (byte* start = payload)
        {
            var position = start;
            return ExceptionMessage.Read(ref position, start + payload.Length);
        }
    }

    /// <summary>On no thread of the library that others wait for, because exceptions run their types' own code while they are read.</summary>
    private void Complete()
    {
        ExitStatus status;
        using (CallbackScope.Enter(this))
        {
            status = _exitStatus!.Value;
        }

        child.End(FailureOf(status), HasResult);
        _completed.Reach();
        WhenDelivered(_link!.Output, () => WhenDelivered(_link.Error, () => LastResort.Run(EntryPoint.ChildExit, this, static supervisor => supervisor.Finish(), static (supervisor, _) => supervisor.Finish())));
    }

    private void Finish()
    {
        ActiveChildren.Remove(child);
        child.Complete();
        _gone.Reach();
    }

    private void CompleteLost(Exception exception)
    {
        var status = new ExitStatus { Error = _lost ?? exception };
        child.End(new ProcessDiedException(_link?.ProcessId ?? 0, child.Name, status, ""), HasResult);
        _completed.Reach();
        Finish();
    }

    /// <summary>Null for a body that ran to its end, unless its process crashed behind it: then the result stands, and <see cref="ChildProcess.Completion"/> tells of the crash.</summary>
    private Exception? FailureOf(ExitStatus status) => status switch
    {
        { Reason: ExitReason.UnhandledException or ExitReason.StartFailed, Error: { } error } => error,
        { Reason: ExitReason.Crashed or ExitReason.StackOverflow or ExitReason.FailFast or ExitReason.Killed or ExitReason.Signaled } when HasResult =>
            ProcessDiedException.AfterBody(_link!.ProcessId, child.Name, status, _link.Error?.Keep() ?? KeptOutput.None),
        _ when _lost is null && HasResult => null,
        _ => new ProcessDiedException(_link!.ProcessId, child.Name, status, _link.Error?.Keep() ?? KeptOutput.None),
    };

    private Exception? FindError(ExitReason reason, string tail, WaitStatus status) => reason switch
    {
        _ when _lost is not null => _lost,
        ExitReason.UnhandledException => ReadException(_failure!),
        ExitReason.Crashed or ExitReason.StackOverflow or ExitReason.FailFast when tail.Length > 0 => new ProcessCrashedException(tail.TrimEnd()),
        ExitReason.StartFailed => StartFailure(tail, status),
        _ => null,
    };

    private ProcessStartException StartFailure(string tail, WaitStatus status)
    {
        var inner = _rejection is { } payload ? ReadException(payload) : null;
        var how = (_startTimedOut, inner, status) switch
        {
            (true, _, _) => $"it did not reach its body within {child.Options.StartTimeout.TotalSeconds:0.###} s and was killed",
            (_, { }, _) when _initializerFailed => InitializerFailure(inner),
            (_, { }, _) => $"it could not take its body: {ExceptionText.Message(inner)}",
            (_, _, { Signal: { } signal }) => $"it was ended by signal {signal} on the way to its body",
            _ => $"it left with exit code {status.Code} before it reached its body",
        };
        var words = tail.Length == 0 ? "" : $" Its last words on standard error:{Environment.NewLine}{tail.TrimEnd()}";
        return new ProcessStartException($"Process '{child.Name}' (pid {_link!.ProcessId}) did not start: {how}.{words}", inner);
    }

    private string InitializerFailure(Exception error)
    {
        var method = child.Options.Initializer!.Method;
        var type = error is RemoteException remote ? remote.TypeName : error.GetType().ToString();
        var message = error is RemoteException { RemoteMessage: var words } ? words : ExceptionText.Message(error);
        return $"its initializer ({nameof(ChildProcessOptions)}.{nameof(ChildProcessOptions.Initializer)}, {method.DeclaringType?.Name}.{method.Name}) threw {type}: {message}";
    }

    private void StartTimedOut()
    {
        lock (_gate)
        {
            if (_isStarted)
            {
                return;
            }

            _startTimedOut = true;
        }

        Kill();
    }

    private void StopStartTimer() => Interlocked.Exchange(ref _startTimer, null)?.Dispose();
}
