using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Hears of a child from the watcher's thread; must be quick and must not throw.</summary>
internal interface IChildListener
{
    void OnFrame(ControlFrame frame);

    /// <summary>The child has ended, nothing more will come, and it is reaped. What its ending means is for the listener to say; the answer goes into the participant table.</summary>
    ParticipantExit OnExited(WaitStatus status, ProcStat? lastStat);

    /// <summary>After the other processes of the session were told.</summary>
    void OnGone();

    /// <summary>
    /// Something failed without which nothing more can be made of the child, such as a frame that makes no sense: it is killed, and whoever waits for it is told why. Its end is still heard of.
    /// </summary>
    void OnLost(Exception exception);

    /// <summary><see cref="OnGone"/> failed: whoever waits must not wait for ever.</summary>
    void OnGoneLost(Exception exception);
}

/// <summary>The parent's ends of everything that ties it to one running child. Owned by the <see cref="ChildWatcher"/>, which closes it when the child has ended.</summary>
internal sealed class ChildLink(int processId, ParticipantId participant, Guid token, PipeEnd control, OutputCapture? output, OutputCapture? error)
{
    private readonly FrameReader _reader = new();
    private readonly Lock _reaping = new();
    private bool _isReaped;

    public int ProcessId { get; } = processId;

    public ParticipantId Participant { get; } = participant;

    /// <summary>What the child sends back with <see cref="FrameKind.Ready"/>.</summary>
    public Guid Token { get; } = token;

    public PipeEnd Control { get; } = control;

    /// <summary>Tells its end, or <see langword="null"/> where the system has nothing that does.</summary>
    public WaitSource? Exit { get; } = ChildWait.TryOpenExit(processId);

    /// <summary>The child has closed its end, which it does only when it ends.</summary>
    public bool HasChannelEnded => _reader.Ended;

    public FrameWriter Writer { get; } = new(control);

    public OutputCapture? Output { get; } = output;

    public OutputCapture? Error { get; } = error;

    /// <summary>Set before the link is watched.</summary>
    public required IChildListener Listener { get; init; }

    /// <summary>Nothing is read from it any more; the child is killed.</summary>
    public bool IsLost { get; private set; }

    /// <summary>What came from the child could not be handled.</summary>
    public void Lose(Exception exception)
    {
        IsLost = true;
        Listener.OnLost(exception);
    }

    /// <summary>Hands on the frames that are there; <see langword="false"/> at the end of the channel.</summary>
    public bool ReadControl()
    {
        while (!IsLost && _reader.TryRead(Control, out var frame))
        {
            Listener.OnFrame(frame);
        }

        return !IsLost && !_reader.Ended;
    }

    /// <summary>Sends a signal, unless the process is reaped and its number may be another's.</summary>
    public bool Signal(int signal)
    {
        lock (_reaping)
        {
            return !_isReaped && Signals.Send(ProcessId, signal);
        }
    }

    /// <summary>
    /// Kills the process, its group, and everything below it. Children of its own would see the end of their control channels and go by themselves;
    /// this also reaches those that are stopped and programs that left the group.
    /// </summary>
    public void KillTree()
    {
        lock (_reaping)
        {
            if (_isReaped)
            {
                return;
            }

            var descendants = ProcessTable.Descendants(ProcessId);
            _ = Signals.SendToGroup(ProcessId, Signals.Kill);
            KillAlone();
            foreach (var descendant in descendants)
            {
                ProcessIdentity.KillIfRunning(descendant.ProcessId, (long)descendant.StartTicks);
            }
        }
    }

    /// <summary>Kills the process without what is below it; unless it is reaped.</summary>
    public void Kill()
    {
        lock (_reaping)
        {
            if (!_isReaped)
            {
                KillAlone();
            }
        }
    }

    private void KillAlone()
    {
        if (!Signals.Send(ProcessId, Signals.Kill))
        {
            Control.EndWriting(); // a sandbox refuses it; a child whose parent is silent for good ends itself
        }
    }

    public WaitStatus Reap()
    {
        lock (_reaping)
        {
            var startTime = ProcessIdentity.StartTimeOf(ProcessId);
            _ = ChildWait.TryReap(ProcessId, out var status);
            _isReaped = true;
            if (status is { Code: null, Signal: null } && Exit is { } exit)
            {
                status = ChildWait.StatusOf(exit); // reaped by a waitpid(-1) of the program, or by the runtime (see ChildSignal)
            }

            if (status.Signal is not null)
            {
                DiagnosticFiles.Delete(ProcessId, startTime);
            }

            return status;
        }
    }

    /// <summary>Ends a child that nobody watches.</summary>
    public void KillUnwatched()
    {
        KillTree();
        while (!ChildWait.HasEnded(ProcessId))
        {
            Thread.Yield(); // the kernel needs microseconds for it
        }

        _ = Reap();
        Close();
    }

    public void Close()
    {
        Writer.Close();
        Exit?.Dispose();
        Output?.Source.Dispose();
        Error?.Source.Dispose();
    }
}
