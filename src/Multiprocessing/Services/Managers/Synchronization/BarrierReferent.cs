namespace Multiprocessing;

/// <summary>
/// The barrier in the manager's process. A call whose wait times out or is cancelled does not count as arrived. A client that ends while it waits
/// breaks the barrier: the phase cannot be what the others expect.
/// </summary>
internal sealed class BarrierReferent : IHeldByClients, IReferent<IManagedBarrier>
{
    private readonly Lock _gate = new();
    private readonly WaitingRoom _room;
    private readonly Dictionary<ManagedClient, int> _waiting = [];
    private readonly Action<long>? _action;
    private readonly int _parties;
    private int _arrived;
    private int _passed;
    private long _phase;

    /// <summary>
    /// The number of ends of a phase: completed, broken or reset. A call that leaves later must not change the arrivals of the next one.
    /// </summary>
    private long _ends;
    private Func<Exception>? _broken;

    public BarrierReferent(int parties, Action<long>? action)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parties, 1);
        _parties = parties;
        _action = action;
        _room = new WaitingRoom(_gate);
    }

    public int Parties => _parties;

    /// <summary>Gets the number of calls that wait, whether the barrier is broken, and the number of completed phases, in one step.</summary>
    public (int Waiting, bool IsBroken, long Phase) State
    {
        get
        {
            lock (_gate)
            {
                return (_arrived, _broken is not null, _phase);
            }
        }
    }

    /// <returns>The number of the arrival, from 0 to the number of participants less one; -1 after a time-out.</returns>
    public async ValueTask<int> SignalAndWaitAsync(ManagedClient client, Deadline deadline, CancellationToken cancellationToken)
    {
        var number = _parties - 1;
        long ends;
        ValueTask<bool> wait;
        lock (_gate)
        {
            ThrowIfBroken();
            cancellationToken.ThrowIfCancellationRequested();
            if (_arrived + 1 == _parties)
            {
                CompletePhase();
                return number;
            }

            if (deadline.HasPassed)
            {
                return -1;
            }

            client.Hold(this);
            ends = _ends;
            var phase = _phase;
            wait = _room.Wait(() => TryPass(phase, out number), deadline, cancellationToken); // first: it throws if the token was canceled just now
            _waiting[client] = _waiting.GetValueOrDefault(client) + 1;
            _arrived++;
        }

        var passed = false;
        try
        {
            passed = await wait.ConfigureAwait(false);
        }
        finally
        {
            Leave(client, ends);
        }

        return passed ? number : -1;
    }

    public void Abort()
    {
        lock (_gate)
        {
            Break(static () => new BrokenBarrierException("The managed barrier was aborted. Call Reset to use it again."));
        }
    }

    /// <summary>Calls that wait throw; the barrier can be used again.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            Fail(static () => new BrokenBarrierException("The managed barrier was reset while this call waited."));
            _broken = null;
        }
    }

    public void Release(ManagedClient client)
    {
        lock (_gate)
        {
            if (_waiting.ContainsKey(client))
            {
                BreakBy(client);
            }
        }
    }

    public override string ToString()
    {
        var (waiting, isBroken, phase) = State;
        return isBroken ? "broken" : $"{waiting} of {_parties} participants wait in phase {phase}";
    }

    /// <summary>Called for the last arrival, with the others in the room.</summary>
    private void CompletePhase()
    {
        try
        {
            _action?.Invoke(_phase);
        }
        catch (Exception error)
        {
            var text = $"The action of the managed barrier failed: {ExceptionText.Message(error)}";
            Break(() => new BrokenBarrierException(text));
            throw;
        }

        _phase++;
        _ends++;
        _arrived = 0;
        _passed = 0;
        _room.Pulse();
    }

    private bool TryPass(long phase, out int number)
    {
        if (_phase == phase)
        {
            number = -1;
            return false;
        }

        number = _passed++;
        return true;
    }

    private void Leave(ManagedClient client, long ends)
    {
        lock (_gate)
        {
            if (_waiting.GetValueOrDefault(client) is > 1 and var waits)
            {
                _waiting[client] = waits - 1;
            }
            else if (_waiting.Remove(client))
            {
                client.Forget(this);
            }

            if (ends == _ends)
            {
                _arrived--;
                if (client.IsEnding)
                {
                    BreakBy(client); // the end of the client cancels its call, which may leave before Release is called
                }
            }
        }
    }

    private void BreakBy(ManagedClient client)
    {
        var text = $"A client of the managed barrier ended while it waited ({client}). Call Reset to use the barrier again.";
        var processId = client.ProcessId;
        Break(() => new BrokenBarrierException(text, processId));
    }

    private void Break(Func<Exception> error)
    {
        _broken = error;
        Fail(error);
    }

    private void Fail(Func<Exception> error)
    {
        _ends++;
        _arrived = 0;
        _room.Fail(error);
    }

    private void ThrowIfBroken()
    {
        if (_broken is { } broken)
        {
            throw broken();
        }
    }
}
