using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The parent's knowledge of one running child: what it said, how it ended, and what that means.</summary>
internal sealed class ChildSupervisor(ChildProcess child) : IChildListener
{
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private ChildLink? _link;
    private Timer? _killTimer;
    private Timer? _startTimer;
    private bool _isStarted;
    private bool _killRequested;
    private bool _startTimedOut;
    private int? _stopSignal;
    private byte[]? _result;
    private byte[]? _failure;
    private byte[]? _rejection;
    private bool _initializerFailed;
    private ProcStat? _lastStat;
    private long _peak;
    private Lazy<ExitStatus>? _exitStatus;
    private ITravellingReference[] _references = [];
    private volatile Exception? _lost;

    /// <summary>Completes once the child is reaped, its output delivered and the session told.</summary>
    public Task Gone => _gone.Task;

    public ExitStatus? ExitStatus => _gone.Task.IsCompleted ? _exitStatus!.Value : null;

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
            _killTimer = _gone.Task.IsCompleted ? null : LastResort.NewTimer(EntryPoint.KillTimer, grace, Kill, OnLost);
        }
    }

    public ProcessStatistics GetStatistics(ChildLink link)
    {
        var exited = _gone.Task.IsCompleted;
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
            KernelProcessorTime = stat.KernelTime,
            WorkingSet = stat.ResidentBytes,
            PeakWorkingSet = _peak,
            Threads = exited ? 0 : stat.Threads,
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
                _result = frame.Payload;
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

    public void OnGone() => WhenDelivered(_link!.Output, () => WhenDelivered(_link.Error, () => LastResort.Run(EntryPoint.ChildExit, this, static supervisor => supervisor.Finish(), static (supervisor, exception) => supervisor.OnGoneLost(exception))));

    private void Finish()
    {
        child.MoveTo(ProcessState.Exited);
        ActiveChildren.Remove(child);
        _exitStatus ??= new Lazy<ExitStatus>(new ExitStatus { Error = _lost }); // how it ended could not be found out
        _gone.SetResult();
        LastResort.Queue(EntryPoint.ChildCompletion, this, static supervisor => supervisor.Complete(), static (supervisor, exception) => supervisor.CompleteLost(exception));
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
        child.MoveTo(ProcessState.Exited);
        ActiveChildren.Remove(child);
        _exitStatus ??= new Lazy<ExitStatus>(new ExitStatus { Error = _lost });
        if (_gone.TrySetResult())
        {
            CompleteLost(exception);
        }
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

    private void Complete()
    {
        var status = _exitStatus!.Value;
        var failure = status switch
        {
            _ when _lost is null && _result is not null => null,
            { Reason: ExitReason.UnhandledException or ExitReason.StartFailed, Error: { } error } => error,
            _ => new ProcessDiedException(_link!.ProcessId, child.Name, status, _link.Error?.Keep() ?? KeptOutput.None),
        };
        child.Complete(status, _result, failure);
    }

    private void CompleteLost(Exception exception)
    {
        var status = new ExitStatus { Error = _lost ?? exception };
        child.Complete(status, null, new ProcessDiedException(_link?.ProcessId ?? 0, child.Name, status, ""));
    }

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
