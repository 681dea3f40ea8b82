using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// A child without a body, from its launch until it is assigned to a <see cref="ChildSupervisor"/> or ends. Once assigned, it forwards every event to
/// the supervisor.
/// </summary>
internal sealed class SpareChild(SpareStock stock, SpareSurroundings surroundings) : IChildListener
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ChildSupervisor? _owner;
    private volatile bool _isReady;
    private bool _hasEnded;

    /// <summary>Set right after the launch, before the child is watched.</summary>
    public ChildLink Link { get; set; } = null!;

    /// <summary>The state of this process that the child inherited.</summary>
    public SpareSurroundings Surroundings { get; } = surroundings;

    /// <summary>The child waits for a body.</summary>
    public bool IsReady => _isReady;

    /// <summary>The number of the last hint that was sent to the child. Guarded by the lock of the stock.</summary>
    public int HintsSent { get; set; }

    /// <summary>Completes when the child has ended without having been assigned.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Assigns the child to a supervisor, which receives every event from now on, unread frames included.</summary>
    /// <returns><see langword="false"/> if the child has ended in the meantime, for instance because it was killed from outside.</returns>
    public bool TryAssign(ChildSupervisor supervisor)
    {
        lock (_gate)
        {
            if (_hasEnded || ChildWait.HasEnded(Link.ProcessId))
            {
                return false;
            }

            supervisor.Adopt(Link);
            _owner = supervisor;
            return true;
        }
    }

    public void Prepare(byte[] hints) => _ = Link.Writer.TrySend(FrameKind.Prepare, hints, TimeSpan.FromMilliseconds(100));

    /// <summary>Kills at once: a spare has run no code of the program that could need time to stop.</summary>
    public void Kill() => Link.Kill();

    public void OnFrame(ControlFrame frame)
    {
        if (_owner is { } owner)
        {
            owner.OnFrame(frame);
        }
        else if (frame.Kind == FrameKind.Ready && frame.Payload.AsSpan().SequenceEqual(Link.Token.ToByteArray()))
        {
            _isReady = true;
            stock.OnReady();
        }
        else
        {
            // The child could not process its greeting, or something else writes to the channel. The next start reports the reason.
            Kill();
        }
    }

    public void OnLost(Exception exception)
    {
        if (_owner is { } owner)
        {
            owner.OnLost(exception);
        }
        else
        {
            Kill();
        }
    }

    public void OnGoneLost(Exception exception)
    {
        _owner?.OnGoneLost(exception);
        _ended.TrySetResult();
    }

    public ParticipantExit OnExited(WaitStatus status, ProcStat? lastStat)
    {
        lock (_gate)
        {
            _hasEnded = true;
        }

        return _owner?.OnExited(status, lastStat)
            ?? new ParticipantExit(
                Link.ProcessId, status.Signal is null ? ExitReason.Exited : ExitReason.Killed, status.Code ?? -1, status.Signal ?? -1);
    }

    public void OnGone()
    {
        if (_owner is { } owner)
        {
            owner.OnGone();
            return;
        }

        _ended.SetResult();
        stock.OnEnded(this);
    }
}
