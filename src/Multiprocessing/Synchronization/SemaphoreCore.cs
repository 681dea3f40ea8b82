using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// A <see cref="ProcessSemaphore"/> as this process sees it. A row's word is the number of counts that its participant took and did not release;
/// negative for one that releases what others took.
/// <para>
/// Killed before the store into the row: nothing happened. Killed after it: it happened, and the count is computed from the rows again. The counts of
/// a dead participant are released when it is settled, less what others released without having taken it: those releases may have been of its counts.
/// </para>
/// </summary>
internal sealed unsafe class SemaphoreCore : GuardedCore
{
    private readonly SemaphoreState* _state;
    private readonly WaitPoint* _point;
    private readonly AsyncWaiters _asyncWaiters;
    private readonly Action _passOn;
    private SpinBudget _spin;

    public SemaphoreCore(SharedObject host, SyncFrame* frame)
        : base(host, frame)
    {
        _state = &frame->Semaphore;
        _point = &frame->Point;
        MaxCount = (int)frame->Option;
        _passOn = PassOn;
        _asyncWaiters = new AsyncWaiters(host, _point, MayTake);
    }

    public int MaxCount { get; }

    public int Count
    {
        get
        {
            ReapIfReported();
            EnterGuard();
            var count = (int)_state->Count;
            ExitGuard();
            return count;
        }
    }

    /// <summary>Gets whether a count can be taken, counts of dead participants included.</summary>
    public bool HasCount => MayTake() > 0;

    public static SyncObject Create(Session session, int initialCount, int maxCount) =>
        SyncObject.Create(session, SegmentKind.Semaphore, SyncFrame.BytesWithRows, frame =>
        {
            frame->Option = maxCount;
            frame->Semaphore.Initial = initialCount;
            frame->Semaphore.Count = initialCount;
        });

    /// <summary>Takes a count if there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake()
    {
        if (Volatile.Read(ref _state->Count) <= 0)
        {
            return false;
        }

        EnterGuard();
        var taken = _state->Count > 0;
        if (taken)
        {
            Volatile.Write(ref OwnRow->Word, OwnRow->Word + 1);
            Volatile.Write(ref _state->Count, _state->Count - 1);
        }

        ExitGuard();
        return taken;
    }

    public bool Wait(ProcessSynchronizationObject handle, Deadline deadline, CancellationToken cancellationToken)
    {
        var attempt = new Attempt(this);
        return Wait(ref attempt, handle, _point, &_state->Count, ref _spin, _passOn, deadline, cancellationToken);
    }

    public ValueTask<bool> WaitAsync(ProcessSynchronizationObject handle, Deadline deadline, CancellationToken cancellationToken) =>
        WaitAsync(TryTake, handle, _asyncWaiters, _passOn, deadline, cancellationToken);

    /// <returns>The count before, or -1 if there would be more than <see cref="MaxCount"/>; then nothing was released.</returns>
    public int Release(int count)
    {
        EnterGuard();
        var before = _state->Count;
        if (count > MaxCount - before)
        {
            ExitGuard();
            return -1;
        }

        Volatile.Write(ref OwnRow->Word, OwnRow->Word - count);
        Volatile.Write(ref _state->Count, before + count);
        ExitGuard();
        WaitPoint.Notify(_point, count, Session.Doorbells);
        return (int)before;
    }

    public IDisposable Observe(Action signal) => _asyncWaiters.Observe(signal);

    internal override void ReleaseAsync() => _asyncWaiters.ReleaseAll();

    /// <summary>The count is between zero and the maximum.</summary>
    protected override void AssertInvariants()
    {
        base.AssertInvariants();
        Debug.Assert(_state->Count >= 0 && _state->Count <= MaxCount, "The semaphore's count is out of its range.");
    }

    protected override void Repair()
    {
        if (_state->Settling != 0)
        {
            FinishSettling();
        }

        Recount();
    }

    protected override void Settle(int slot, ParticipantExit? fate)
    {
        var held = Row(slot)->Word;
        var back = held;
        if (held > 0)
        {
            var foreign = _state->Balance;
            for (var other = 0; other < ParticipantTable.Capacity; other++)
            {
                foreign -= Math.Min(0, Row(other)->Word);
            }

            back = Math.Clamp(held - Math.Max(0, foreign), 0, MaxCount - _state->Count);
        }
        else
        {
            back = 0;
        }

        // Count = Initial + Balance - sum: without the row the sum is lower by what was held.
        _state->SettledBalance = _state->Balance - held + back;
        Volatile.Write(ref _state->Settling, slot + 1);
        FinishSettling();
        Recount();
    }

    protected override void NotifyAll() => WaitPoint.Notify(_point, int.MaxValue, Session.Doorbells);

    /// <summary>Stores only decided values, so repeating it changes nothing.</summary>
    private void FinishSettling()
    {
        Volatile.Write(ref _state->Balance, _state->SettledBalance);
        Volatile.Write(ref Row((int)_state->Settling - 1)->Word, 0);
        Volatile.Write(ref _state->Settling, 0);
    }

    private void Recount()
    {
        var count = _state->Initial + _state->Balance;
        for (var slot = 0; slot < ParticipantTable.Capacity; slot++)
        {
            count -= Row(slot)->Word;
        }

        Volatile.Write(ref _state->Count, count);
    }

    private void PassOn()
    {
        Thread.MemoryBarrier();
        if (Volatile.Read(ref _state->Count) > 0)
        {
            WaitPoint.Notify(_point, 1, Session.Doorbells);
        }
    }

    private int MayTake()
    {
        ReapIfDue();
        return (int)Math.Max(0, Volatile.Read(ref _state->Count));
    }

    private readonly struct Attempt(SemaphoreCore core) : IAttempt
    {
        public bool Try() => core.TryTake();
    }
}
