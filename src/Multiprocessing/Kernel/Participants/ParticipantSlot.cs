using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>The states of a participant's slot.</summary>
internal enum ParticipantState
{
    Free,

    /// <summary>Reserved for a process that is about to start.</summary>
    Reserved,
    Active,

    /// <summary>The participant has left in good order. Its process may still be alive for a moment and may still own locks.</summary>
    Left,

    /// <summary>The participant's death is reported.</summary>
    Dead,
}

/// <summary>
/// One participant. The state is stored last when a slot is filled and first when it is emptied, so a slot in a state has the fields of that state. A
/// kill in between leaves the earlier state, and the next owner of the table lock does the step again.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct ParticipantSlot
{
    public const int Size = 128;
    public const int MaxSleeps = 14;

    [FieldOffset(0)]
    public int State;

    /// <summary>The number of times the slot was reserved. Changes only when it is reserved.</summary>
    [FieldOffset(4)]
    public int Generation;

    [FieldOffset(8)]
    public int ProcessId;

    /// <summary>
    /// The owner word (<see cref="OwnerLock.WordOf"/>) of the participant that reserved the slot. If that one dies first, the slot is never filled.
    /// </summary>
    [FieldOffset(12)]
    public int Reserver;

    [FieldOffset(16)]
    public long StartTime;

    [FieldOffset(24)]
    public int ExitReason;

    [FieldOffset(28)]
    public int ExitCode;

    [FieldOffset(32)]
    public int ExitSignal;

    /// <summary>
    /// What the participant recorded about itself: its <see cref="Multiprocessing.ExitReason"/> + 1; 0 for nothing. Written after
    /// <see cref="SelfCode"/>.
    /// </summary>
    [FieldOffset(36)]
    public int SelfReason;

    [FieldOffset(40)]
    public int SelfCode;

    /// <summary>1 if the participant publishes a <see cref="StatusFile"/> while an observer looks.</summary>
    [FieldOffset(44)]
    public int Publishes;

    /// <summary>
    /// When a process asked the operating system last and was told that the participant's process is alive, in <see cref="Environment.TickCount64"/>,
    /// which is one clock for all processes. The time before the question: a process that is stopped between question and store stores an old time.
    /// </summary>
    [FieldOffset(48)]
    public long SeenAliveAt;

    /// <summary>The word that the participant's dispatcher sleeps on. In a cache line of its own, because other processes write it.</summary>
    [FieldOffset(64)]
    public int Doorbell;

    /// <summary>What threads of the participant sleep at (<see cref="SleepMark"/>): 0 for none. Written by the participant only.</summary>
    [FieldOffset(68)]
    public fixed int Sleeps[MaxSleeps];
}
