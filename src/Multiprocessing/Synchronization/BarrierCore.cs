using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A <see cref="ProcessBarrier"/> as this process sees it. A row's word is phase:32 | arrivals:32 of its participant; a row exists for each
/// participant that holds the barrier.
/// <para>
/// Killed before the store into the row: not arrived; after it, or while the action runs: arrived and dead, which breaks the barrier. Killed between
/// the store that ends a phase and the wake: the sleepers wake when the death is reported, or after their slice, and find the phase ended.
/// </para>
/// </summary>
internal sealed unsafe class BarrierCore : GuardedCore
{
    private readonly BarrierState* _state;
    private readonly WaitPoint* _point;
    private readonly Lock _actionGate = new();
    private SpinBudget _spin;
    private Action<long>? _action;
    private bool _hasReadAction;
    private ITravellingReference[] _kept = [];

    public BarrierCore(SharedObject host, SyncFrame* frame)
        : base(host, frame)
    {
        _state = &frame->Barrier;
        _point = &frame->Point;
    }

    /// <summary>How an arrival ended.</summary>
    internal enum Outcome
    {
        Passed = 1,
        ActionFailed,
        Reset,
    }

    public int Participants => _state->Participants;

    public long Phase => Volatile.Read(ref _state->Phase);

    public bool IsBroken
    {
        get
        {
            ReapIfReported();
            return Volatile.Read(ref _state->Broken) != 0;
        }
    }

    public int Remaining
    {
        get
        {
            EnterGuard();
            var remaining = _state->Participants - _state->Arrived;
            ExitGuard();
            return remaining;
        }
    }

    /// <summary>The creator keeps the references of the action's handles until it releases the barrier.</summary>
    public static SyncObject Create(Session session, int participants, Action<long>? action)
    {
        using var buffer = MessageBuffer.Rent();
        buffer.SenderKeepsReferences = true;
        if (action is not null)
        {
            ValueSerializer.Serialize(buffer, action, "action");
        }

        var created = SyncObject.Create(session, SegmentKind.Barrier, SyncFrame.BytesWithRows + buffer.Length, frame =>
        {
            frame->Barrier.Participants = participants;
            frame->ExtraBytes = buffer.Length;
            if (action is not null)
            {
                buffer.CopyTo((byte*)frame + SyncFrame.BytesWithRows);
            }
        });
        var core = (BarrierCore)created.Core;
        core._kept = buffer.TakeReferences();
        core._action = action;
        core._hasReadAction = true;
        return created;
    }

    /// <summary>Returns the action, rebuilt in this process from the creator's.</summary>
    public Action<long>? ReadAction()
    {
        lock (_actionGate)
        {
            if (!_hasReadAction)
            {
                var bytes = Frame->ExtraBytes;
                var data = (byte*)Frame + SyncFrame.BytesWithRows;
                _action = bytes == 0 ? null : ValueSerializer.Deserialize<Action<long>>(ref data, data + bytes);
                _hasReadAction = true;
            }

            return _action;
        }
    }

    /// <summary>Arrives at the current phase.</summary>
    /// <param name="arrival">The phase, and the order of arrival in it.</param>
    /// <returns>False while the phase in which all have arrived has not ended: try again later.</returns>
    /// <exception cref="BrokenBarrierException">The barrier is broken.</exception>
    public bool TryArrive(out BarrierArrival arrival)
    {
        arrival = default;
        ReapIfReported();
        EnterGuard();
        if (_state->Broken != 0)
        {
            ExitGuard();
            throw Broken();
        }

        if (_state->Arrived >= _state->Participants)
        {
            ExitGuard();
            return false;
        }

        var phase = _state->Phase;
        var index = _state->Arrived;
        Volatile.Write(ref OwnRow->Word, WordOf(phase, ArrivalsIn(OwnRow->Word, phase) + 1));
        Volatile.Write(ref _state->Arrived, index + 1);
        var isLast = index + 1 == _state->Participants;
        if (isLast)
        {
            _state->Acting = SelfWord;
        }

        ExitGuard();
        arrival = new BarrierArrival(phase, index, isLast);
        return true;
    }

    /// <summary>Called by the participant that arrived last, after the action: all continue.</summary>
    public void EndPhase(long phase, bool actionFailed)
    {
        EnterGuard();
        if (_state->Phase == phase && _state->Broken == 0)
        {
            EndPhase(actionFailed ? Outcome.ActionFailed : Outcome.Passed);
        }

        ExitGuard();
        NotifyAll();
    }

    /// <summary>Takes an arrival back.</summary>
    /// <returns>False if the phase has ended or is about to.</returns>
    public bool TryWithdraw(long phase)
    {
        EnterGuard();
        var may = _state->Phase == phase && _state->Broken == 0 && _state->Arrived < _state->Participants;
        if (may)
        {
            Volatile.Write(ref OwnRow->Word, WordOf(phase, ArrivalsIn(OwnRow->Word, phase) - 1));
            Volatile.Write(ref _state->Arrived, _state->Arrived - 1);
        }

        ExitGuard();
        return may;
    }

    /// <summary>Waits until a phase in which the caller has arrived ends.</summary>
    /// <returns>False when the deadline has passed.</returns>
    public bool Wait(long phase, ProcessSynchronizationObject handle, Deadline deadline, CancellationToken cancellationToken)
    {
        var attempt = new EndAttempt(this, phase);
        return Wait(ref attempt, handle, _point, &_state->Version, ref _spin, null, deadline, cancellationToken);
    }

    public ValueTask<bool> WaitAsync(long phase, ProcessSynchronizationObject handle, Deadline deadline, CancellationToken cancellationToken) =>
        WaitAloneAsync(
            () => HasEnded(phase), () => Phase != phase || Volatile.Read(ref _state->Broken) != 0, handle, deadline, cancellationToken);

    /// <summary>Waits until it can arrive at a phase, and arrives.</summary>
    public bool WaitToArrive(ProcessSynchronizationObject handle, out BarrierArrival arrival, Deadline deadline, CancellationToken cancellationToken)
    {
        var attempt = new ArrivalAttempt(this);
        var arrived = Wait(ref attempt, handle, _point, &_state->Version, ref _spin, null, deadline, cancellationToken);
        arrival = attempt.Arrival;
        return arrived;
    }

    public ValueTask<bool> WaitToArriveAsync(
        Func<bool> attempt, ProcessSynchronizationObject handle, Deadline deadline, CancellationToken cancellationToken) =>
        WaitAloneAsync(
            attempt,
            () => Volatile.Read(ref _state->Arrived) < _state->Participants || Volatile.Read(ref _state->Broken) != 0,
            handle,
            deadline,
            cancellationToken);

    /// <exception cref="BrokenBarrierException">The barrier broke before the phase ended.</exception>
    public void ThrowIfNotEnded(long phase) => HasEnded(phase);

    /// <summary>Returns the error of an ended phase for its participants; null if there is none.</summary>
    public Exception? FailureOf(long phase)
    {
        var result = (phase & 1) == 0 ? _state->Result0 : _state->Result1;
        return result.Phase != phase ? null : (Outcome)result.Outcome switch
        {
            Outcome.Reset => new BrokenBarrierException(
                $"Process {result.ProcessId} reset the barrier while others waited at it.", result.ProcessId, null),
            Outcome.ActionFailed => new BarrierPostPhaseException(
                $"The barrier's action failed in process {result.ProcessId}, which arrived last and received the error."),
            _ => null,
        };
    }

    public void Abort() => Break(BarrierBreak.Aborted, Environment.ProcessId, null);

    /// <summary>Waiters get an exception; a broken barrier is repaired.</summary>
    public void Reset()
    {
        EnterGuard();
        if (_state->Arrived > 0 || _state->Broken != 0)
        {
            EndPhase(Outcome.Reset);
            Volatile.Write(ref _state->Broken, 0);
        }

        ExitGuard();
        NotifyAll();
    }

    /// <summary>
    /// A process that releases the barrier is not expected to arrive any more. If one of its threads has arrived at the phase and does not wait for
    /// its end any more, the barrier breaks.
    /// </summary>
    internal override void Detach()
    {
        foreach (var reference in _kept)
        {
            reference.Cancel();
        }

        _kept = [];
        if (Session.HasLeft || !TryEnterGuard())
        {
            return;
        }

        var waits = ArrivalsIn(OwnRow->Word, _state->Phase) > 0;
        if (waits && _state->Broken == 0)
        {
            BreakUnderGuard(BarrierBreak.Aborted, Environment.ProcessId, null);
        }

        OwnRow->Word = 0;
        Volatile.Write(ref OwnRow->Generation, 0);
        ExitGuard();
        if (waits)
        {
            NotifyAll();
        }
    }

    /// <summary>Arrivals never exceed the participants, and the action runs only when all have arrived.</summary>
    protected override void AssertInvariants()
    {
        base.AssertInvariants();
        Debug.Assert(_state->Arrived >= 0 && _state->Arrived <= _state->Participants, "More participants arrived at the barrier than it has.");
        Debug.Assert(
            _state->Acting == 0 || _state->Broken != 0 || _state->Arrived == _state->Participants,
            "The action of a phase began before all had arrived.");
    }

    protected override bool Matters(SyncRow* row) => true;

    // The report needs the exit status, so an unreported death waits for its grace.
    protected override bool IsGone(ParticipantId participant) => Liveness.IsDeathReported(participant);

    protected override void Repair()
    {
        var arrived = 0;
        for (var slot = 0; slot < ParticipantTable.Capacity; slot++)
        {
            arrived += ArrivalsIn(Row(slot)->Word, _state->Phase);
        }

        Volatile.Write(ref _state->Arrived, arrived);
    }

    /// <summary>
    /// A participant that ended normally and has not arrived does not break the barrier: its work may be done. All others break it.
    /// </summary>
    protected override void Settle(int slot, ParticipantExit? fate)
    {
        var row = Row(slot);
        var endedNormally = fate is { Reason: ExitReason.Exited, Code: 0 } or { Reason: ExitReason.Terminated };
        var breaks = !endedNormally || ArrivalsIn(row->Word, _state->Phase) > 0;
        if (breaks && _state->Broken == 0)
        {
            BreakUnderGuard(BarrierBreak.Died, row->ProcessId, fate);
        }

        Volatile.Write(ref row->Word, 0);
    }

    protected override void NotifyAll() => WaitPoint.Notify(_point, int.MaxValue, Session.Doorbells);

    private static long WordOf(long phase, int arrivals) => (phase << 32) | (uint)arrivals;

    private static int ArrivalsIn(long word, long phase) => (int)(word >> 32) == (int)phase ? (int)word : 0;

    private bool HasEnded(long phase)
    {
        var isBroken = Volatile.Read(ref _state->Broken) != 0;
        if (Volatile.Read(ref _state->Phase) != phase)
        {
            // A barrier that broke after the phase had ended does not concern the participants of that phase.
            return true;
        }

        return isBroken ? throw Broken() : false;
    }

    private void Break(BarrierBreak why, int processId, ParticipantExit? fate)
    {
        EnterGuard();
        if (_state->Broken == 0)
        {
            BreakUnderGuard(why, processId, fate);
        }

        ExitGuard();
        NotifyAll();
    }

    private void BreakUnderGuard(BarrierBreak why, int processId, ParticipantExit? fate)
    {
        _state->BrokenProcessId = processId;
        _state->BrokenReason = (int)(fate?.Reason ?? ExitReason.Unknown);
        _state->BrokenCode = fate?.Code ?? -1;
        _state->BrokenSignal = fate?.Signal ?? -1;
        _state->Acting = 0;
        Volatile.Write(ref _state->Broken, (int)why);
        Volatile.Write(ref _state->Version, _state->Version + 1);
    }

    /// <summary>
    /// The result first, then the phase, which is the commit; the arrivals follow from the rows, of which none is of the new phase.
    /// </summary>
    private void EndPhase(Outcome outcome)
    {
        var phase = _state->Phase;
        var result = (phase & 1) == 0 ? &_state->Result0 : &_state->Result1;
        result->Outcome = (int)outcome;
        result->ProcessId = Environment.ProcessId;
        result->Phase = phase;
        _state->Acting = 0;
        Volatile.Write(ref _state->Phase, phase + 1);
        Volatile.Write(ref _state->Arrived, 0);
        Volatile.Write(ref _state->Version, _state->Version + 1);
    }

    private BrokenBarrierException Broken()
    {
        var processId = _state->BrokenProcessId;
        if (_state->Broken == (int)BarrierBreak.Aborted)
        {
            return new BrokenBarrierException($"Process {processId} aborted the barrier. Reset() repairs it.", processId, null);
        }

        var status = new ParticipantExit(processId, (ExitReason)_state->BrokenReason, _state->BrokenCode, _state->BrokenSignal).ToExitStatus();
        var how = status.Reason is ExitReason.Unknown ? "has exited" : $"ended with: {status}";
        return new BrokenBarrierException(
            $"Process {processId}, a participant of the barrier, {how}. Reset() repairs the barrier for the remaining participants.",
            processId,
            status);
    }

    private readonly struct EndAttempt(BarrierCore core, long phase) : IAttempt
    {
        public bool Try() => core.HasEnded(phase);
    }

    private struct ArrivalAttempt(BarrierCore core) : IAttempt
    {
        public BarrierArrival Arrival;

        public bool Try() => core.TryArrive(out Arrival);
    }
}

/// <summary>One arrival at a barrier.</summary>
/// <param name="Phase">The number of the phase.</param>
/// <param name="Index">The number of participants that arrived before.</param>
/// <param name="IsLast">Runs the action and ends the phase.</param>
internal readonly record struct BarrierArrival(long Phase, int Index, bool IsLast);
