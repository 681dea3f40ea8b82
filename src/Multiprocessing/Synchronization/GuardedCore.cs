using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// A primitive whose state is changed under an owner lock, with a row for each participant. Every change of a row is one store, and the state's
/// totals follow from the rows: a process that takes the lock over from a dead one computes them again (<see cref="Repair"/>), so a change happened
/// completely or not at all.
/// </summary>
internal abstract unsafe class GuardedCore : SyncCore
{
    private readonly int* _guard;
    private readonly SyncRow* _rows;

    protected GuardedCore(SharedObject host, SyncFrame* frame)
        : base(host, frame)
    {
        Frame = frame;
        _guard = (int*)((byte*)frame + host.Shape.LockOffset);
        _rows = (SyncRow*)((byte*)frame + SyncFrame.RowsOffset);
        OwnRow = _rows + Members.Self.Slot;
    }

    protected SyncFrame* Frame { get; }

    protected SyncRow* OwnRow { get; }

    /// <summary>Sets the row of this process; it is empty if the process did not hold the primitive before.</summary>
    internal override void Attach()
    {
        var self = Members.Self;
        var settled = false;
        EnterGuard();
        if (OwnRow->Generation != self.Generation)
        {
            if (OwnRow->Generation != 0)
            {
                // Of an earlier participant in this slot that was not settled yet.
                Settle(self.Slot, fate: null);
                settled = true;
            }

            OwnRow->Word = 0;
            OwnRow->ProcessId = Environment.ProcessId;
            Volatile.Write(ref OwnRow->Generation, self.Generation);
        }

        ExitGuard();
        if (settled)
        {
            NotifyAll();
        }
    }

    protected SyncRow* Row(int slot) => _rows + slot;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected void EnterGuard()
    {
        if (!OwnerLock.TryEnter(_guard, SelfWord))
        {
            EnterGuardSlow();
        }

        AssertInvariants();
    }

    /// <summary>What holds whenever the guard is entered, whichever process was killed before.</summary>
    [Conditional("DEBUG")]
    protected virtual void AssertInvariants() =>
        Debug.Assert(OwnerLock.IsOwnedBy(_guard, SelfWord), "Only the owner of the guard changes rows and totals.");

    /// <summary>
    /// For a release, which must not fail and may run in the finalizer: false when the guard's owner is stopped. Then the row stays, and is settled
    /// when this process ends.
    /// </summary>
    protected bool TryEnterGuard()
    {
        var result = OwnerLock.Enter(_guard, Members, Deadline.Now, stoppedAfter: WaitTimings.StoppedOwner);
        if (result is OwnerLock.Result.Recovered)
        {
            Repair();
        }

        return result is not OwnerLock.Result.TimedOut;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected void ExitGuard() => OwnerLock.Exit(_guard);

    /// <summary>
    /// Under the guard, whose last owner died inside: its stores in rows count, and everything that follows from the rows is computed again.
    /// </summary>
    protected abstract void Repair();

    /// <summary>Under the guard: the row's participant has exited. Afterwards its word is 0.</summary>
    /// <param name="slot">The row's slot.</param>
    /// <param name="fate">How it ended; null if that is not known any more.</param>
    protected abstract void Settle(int slot, ParticipantExit? fate);

    /// <summary>Wakes all waiters that may continue after a settlement; outside the guard.</summary>
    protected abstract void NotifyAll();

    /// <summary>Whether the row of an exited participant must be settled.</summary>
    protected virtual bool Matters(SyncRow* row) => row->Word != 0;

    /// <summary>Whether the participant has exited, in the sense of this primitive.</summary>
    protected virtual bool IsGone(ParticipantId participant) => !Members.IsAlive(participant);

    protected override void Reap()
    {
        var settled = false;
        var owner = Volatile.Read(ref *_guard);
        if (owner != 0 && !Members.IsAliveWord(owner))
        {
            // The totals may lack its last store, which may have emptied its row; and no waiter enters the guard while the totals say that there is
            // nothing to take.
            EnterGuard();
            ExitGuard();
            settled = true;
        }

        for (var slot = 0; slot < ParticipantTable.Capacity; slot++)
        {
            var row = Row(slot);
            var generation = Volatile.Read(ref row->Generation);
            if (generation == 0 || slot == Members.Self.Slot || !Matters(row))
            {
                continue;
            }

            var participant = new ParticipantId(slot, generation);
            if (!IsGone(participant))
            {
                continue;
            }

            // Before the guard: it reads the table of participants.
            var fate = Liveness.FateOf(participant);
            EnterGuard();
            if (row->Generation == generation)
            {
                Settle(slot, fate);
                Volatile.Write(ref row->Generation, 0);
                settled = true;
            }

            ExitGuard();
        }

        if (settled)
        {
            NotifyAll();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterGuardSlow()
    {
        switch (OwnerLock.Enter(_guard, Members, Deadline.Now, stoppedAfter: WaitTimings.StoppedOwner))
        {
            case OwnerLock.Result.Recovered:
                Repair();
                break;
            case OwnerLock.Result.TimedOut:
                throw OwnerLock.StoppedOwner($"The shared {(SegmentKind)Frame->Header.Kind}", _guard, Members);
        }
    }
}
