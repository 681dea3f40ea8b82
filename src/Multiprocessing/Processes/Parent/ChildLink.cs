using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The parent's ends of all connections to one running child. Owned by the <see cref="ChildWatcher"/>, which closes it when the child has ended.
/// </summary>
internal sealed class ChildLink(int processId, ParticipantId participant, Guid token, PipeEnd control, OutputCapture? output, OutputCapture? error)
{
    private readonly FrameReader _reader = new();
    private readonly Lock _reaping = new();
    private bool _isReaped;

    public int ProcessId { get; } = processId;

    public ParticipantId Participant { get; } = participant;

    /// <summary>The child sends it back with <see cref="FrameKind.Ready"/>.</summary>
    public Guid Token { get; } = token;

    public PipeEnd Control { get; } = control;

    /// <summary>Reports the end of the process; <see langword="null"/> if the system has no such source.</summary>
    public WaitSource? Exit { get; } = ChildWait.TryOpenExit(processId);

    /// <summary>The child has closed its end, which happens only when it ends.</summary>
    public bool HasChannelEnded => _reader.Ended;

    public FrameWriter Writer { get; } = new(control);

    public OutputCapture? Output { get; } = output;

    public OutputCapture? Error { get; } = error;

    /// <summary>The child's temp directory at its start: the program may change its own afterwards.</summary>
    public string? TempDirectory { get; init; }

    /// <summary>Set before the link is watched.</summary>
    public required IChildListener Listener { get; init; }

    /// <summary>The child is killed, and no more frames are read from it.</summary>
    public bool IsLost { get; private set; }

    /// <summary>An event of the child could not be handled.</summary>
    public void Lose(Exception exception)
    {
        IsLost = true;
        Listener.OnLost(exception);
    }

    /// <summary>Passes the available frames to the listener. Returns <see langword="false"/> at the end of the channel.</summary>
    public bool ReadControl()
    {
        while (!IsLost && _reader.TryRead(Control, out var frame))
        {
            Listener.OnFrame(frame);
        }

        return !IsLost && !_reader.Ended;
    }

    /// <summary>Sends a signal, unless the process is reaped, because its number may have been reused.</summary>
    public bool Signal(int signal)
    {
        lock (_reaping)
        {
            return !_isReaped && Signals.Send(ProcessId, signal);
        }
    }

    /// <summary>
    /// Kills the process, its group, and everything below it. Its children would see the end of their control channels and exit by themselves; this
    /// also reaches stopped children, and programs that left the group.
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

    /// <summary>Kills the process without its descendants, unless it is reaped.</summary>
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
            Control.EndWriting(); // a sandbox refused the signal; a child exits when its control channel ends
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
                DiagnosticFiles.Delete(ProcessId, startTime, TempDirectory);
            }

            return status;
        }
    }

    /// <summary>Ends a child that is not watched.</summary>
    public void KillUnwatched()
    {
        KillTree();
        while (!ChildWait.HasEnded(ProcessId))
        {
            Thread.Yield(); // the kernel needs microseconds
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
