using System.Diagnostics;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The participants of a session: reads and writes their slots. A process that changes the slot of another one owns the table lock.
/// </summary>
internal sealed unsafe class ParticipantTable
{
    public const int Capacity = 512;

    private readonly SessionMemory _memory;

    public ParticipantTable(SessionMemory memory, ParticipantId self)
    {
        _memory = memory;
        Self = self;
        SelfWord = OwnerLock.WordOf(self);
    }

    /// <summary>
    /// Lists the slots of a table, also of another program's, that name a process: one that takes part, or one that has left and may still be
    /// exiting.
    /// </summary>
    public static List<int> Occupied(ParticipantSlot* slots)
    {
        var occupied = new List<int>();
        for (var i = 0; i < Capacity; i++)
        {
            if ((ParticipantState)slots[i].State is ParticipantState.Active or ParticipantState.Left)
            {
                occupied.Add(i);
            }
        }

        return occupied;
    }

    /// <summary>Lists those of them whose process runs. Slow: asks the operating system.</summary>
    public static List<int> Living(ParticipantSlot* slots)
    {
        var living = Occupied(slots);
        _ = living.RemoveAll(slot => !ProcessIdentity.IsRunning(slots[slot].ProcessId, slots[slot].StartTime));
        return living;
    }

    public ParticipantId Self { get; }

    /// <summary>Gets the word that this process writes into the locks it owns.</summary>
    public int SelfWord { get; }

    public ParticipantSlot* this[int slot] => _memory.Participants + slot;

    public ParticipantState StateOf(int slot) => (ParticipantState)Volatile.Read(ref this[slot]->State);

    public int ProcessIdOf(int slot) => (uint)slot < Capacity ? this[slot]->ProcessId : 0;

    /// <summary>
    /// Returns whether the owner that a lock word names may still be inside: it is alive, or its death cannot be proven. Slow: asks the operating
    /// system.
    /// </summary>
    public bool IsAliveWord(int word)
    {
        var (slot, generation) = OwnerLock.OwnerOf(word);
        return (uint)slot < Capacity && (Volatile.Read(ref this[slot]->Generation) & 0x7FFF) == generation && IsProcessAlive(slot);
    }

    /// <summary>
    /// Returns whether the participant's process is alive. One that has left in good order counts until its process has exited: a thread of it may be
    /// in a critical section.
    /// </summary>
    public bool IsAlive(ParticipantId participant) =>
        (uint)participant.Slot < Capacity
        && Volatile.Read(ref this[participant.Slot]->Generation) == participant.Generation
        && IsProcessAlive(participant.Slot);

    /// <summary>Returns whether the slot was not reserved again.</summary>
    public bool IsCurrent(ParticipantId participant) =>
        (uint)participant.Slot < Capacity && Volatile.Read(ref this[participant.Slot]->Generation) == participant.Generation;

    public ParticipantExit? ExitOf(ParticipantId participant)
    {
        if (!IsCurrent(participant))
        {
            return null;
        }

        var slot = this[participant.Slot];
        if ((ParticipantState)Volatile.Read(ref slot->State) is not ParticipantState.Dead)
        {
            return null;
        }

        var exit = new ParticipantExit(slot->ProcessId, (ExitReason)slot->ExitReason, slot->ExitCode, slot->ExitSignal);

        // A sequence lock by the generation: it changes before all other fields when the slot is reserved again.
        Thread.MemoryBarrier();
        return IsCurrent(participant) ? exit : null;
    }

    public ParticipantExit? SelfReported(ParticipantId participant)
    {
        if (!IsCurrent(participant))
        {
            return null;
        }

        var slot = this[participant.Slot];
        var reason = Volatile.Read(ref slot->SelfReason);
        var report = new ParticipantExit(slot->ProcessId, (ExitReason)(reason - 1), slot->SelfCode, -1);
        Thread.MemoryBarrier();
        return reason != 0 && IsCurrent(participant) ? report : null;
    }

    /// <summary>
    /// Records how this process ends. The code is stored before the reason, so a reader that sees the reason sees the code. Killed in between:
    /// nothing counts as recorded.
    /// </summary>
    public void RecordSelf(ExitReason reason, int code)
    {
        var slot = this[Self.Slot];
        slot->SelfCode = code;
        KillPoints.Pass(KillPoint.OwnEndHalfRecorded);
        Volatile.Write(ref slot->SelfReason, (int)reason + 1);
        KillPoints.Pass(KillPoint.OwnEndRecorded);
    }

    /// <summary>Reserves a slot, under the table lock.</summary>
    /// <returns>Null if all slots are in use.</returns>
    public ParticipantId? Reserve()
    {
        AssertLocked();
        var header = _memory.Header;
        Debug.Assert(header->NextSlot is >= 0 and < Capacity, "The next slot lies outside of the table.");
        foreach (var wanted in (ReadOnlySpan<ParticipantState>)[ParticipantState.Free, ParticipantState.Dead, ParticipantState.Left])
        {
            // Round robin, so that the exit of the dead can be read as long as possible.
            for (var i = 0; i < Capacity; i++)
            {
                var index = (header->NextSlot + i) % Capacity;
                var slot = this[index];
                var state = (ParticipantState)slot->State;
                if (state is ParticipantState.Reserved && !IsAliveWord(slot->Reserver))
                {
                    slot->State = (int)ParticipantState.Free;
                    state = ParticipantState.Free;
                }

                if (state != wanted || (state is ParticipantState.Left && IsProcessAlive(index)))
                {
                    continue;
                }

                header->NextSlot = (index + 1) % Capacity;
                return Take(index);
            }
        }

        return null;
    }

    public void Activate(ParticipantId participant, int processId, long startTime)
    {
        var slot = this[participant.Slot];
        slot->ProcessId = processId;
        KillPoints.Pass(KillPoint.ActivateBegun);
        slot->StartTime = startTime;
        KillPoints.Pass(KillPoint.ActivateFilled);
        Volatile.Write(ref slot->State, (int)ParticipantState.Active);
        KillPoints.Pass(KillPoint.Activated);
    }

    public void Ring(int slot)
    {
        Interlocked.Increment(ref this[slot]->Doorbell);
        KillPoints.Pass(KillPoint.DoorbellCounted);
        WordWait.Wake(&this[slot]->Doorbell, 1);
    }

    private ParticipantId Take(int index)
    {
        AssertLocked();
        var slot = this[index];

        // The generation first: from here on, no id of the earlier participant matches.
        Volatile.Write(ref slot->Generation, slot->Generation + 1);
        KillPoints.Pass(KillPoint.ReserveBegun);
        Thread.MemoryBarrier();
        slot->ProcessId = 0;
        slot->StartTime = 0;
        slot->SelfReason = 0;
        slot->Publishes = 0;
        new Span<int>(slot->Sleeps, ParticipantSlot.MaxSleeps).Clear();
        slot->Reserver = SelfWord;
        KillPoints.Pass(KillPoint.ReserveFilled);
        Volatile.Write(ref slot->State, (int)ParticipantState.Reserved);
        KillPoints.Pass(KillPoint.Reserved);
        return new ParticipantId(index, slot->Generation);
    }

    [Conditional("DEBUG")]
    private void AssertLocked() => Debug.Assert(OwnerLock.IsOwnedBy(&_memory.Header->TableLock, SelfWord), "A slot is reserved without the table "
        + "lock.");

    private bool IsProcessAlive(int slot)
    {
        var entry = this[slot];
        return (ParticipantState)Volatile.Read(ref entry->State) switch
        {
            ParticipantState.Reserved => true,
            ParticipantState.Active or ParticipantState.Left => ProcessIdentity.IsRunning(entry->ProcessId, entry->StartTime),
            _ => false,
        };
    }
}
