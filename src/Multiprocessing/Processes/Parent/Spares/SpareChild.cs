using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>A child without a body, from its launch until it is handed to somebody who has one, or ends. After that it only passes on what it hears.</summary>
internal sealed class SpareChild(SpareStock stock, SpareSurroundings surroundings) : IChildListener
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ChildSupervisor? _owner;
    private volatile bool _isReady;
    private bool _hasEnded;

    /// <summary>Set right after the launch, before anything is heard of it.</summary>
    public ChildLink Link { get; set; } = null!;

    /// <summary>What it took over from this process when it was launched.</summary>
    public SpareSurroundings Surroundings { get; } = surroundings;

    /// <summary>It waits for a body.</summary>
    public bool IsReady => _isReady;

    /// <summary>The last hint that it was sent; the stock's to keep.</summary>
    public int HintsTold { get; set; }

    /// <summary>Completes when it has ended without having been handed over.</summary>
    public Task Gone => _gone.Task;

    /// <summary>From here on the supervisor hears of the child, beginning with what has not been read yet.</summary>
    /// <returns><see langword="false"/> when the child has ended meanwhile, killed from outside perhaps.</returns>
    public bool TryHandOver(ChildSupervisor supervisor)
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

    /// <summary>It holds nothing of the user's, so nobody is asked.</summary>
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
            // It could not take its greeting, or whoever speaks there did not read it. The next start says why.
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
        _gone.TrySetResult();
    }

    public ParticipantExit OnExited(WaitStatus status, ProcStat? lastStat)
    {
        lock (_gate)
        {
            _hasEnded = true;
        }

        return _owner?.OnExited(status, lastStat)
            ?? new ParticipantExit(Link.ProcessId, status.Signal is null ? ExitReason.Exited : ExitReason.Killed, status.Code ?? -1, status.Signal ?? -1);
    }

    public void OnGone()
    {
        if (_owner is { } owner)
        {
            owner.OnGone();
            return;
        }

        _gone.SetResult();
        stock.OnGone(this);
    }
}
