using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// The memory of one lock, semaphore, event, condition or barrier: always this frame, and in it at <see cref="StateOffset"/> what the kind needs. It is written once
/// by the creator and addressed from its own start only, so a frame may also lie inside a segment of something larger.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct SyncFrame
{
    public const int Size = 4096;
    public const int StateOffset = 384;
    public const int RowsOffset = Size;
    public const int BytesWithRows = RowsOffset + (ParticipantTable.Capacity * SyncRow.Size);

    [FieldOffset(0)]
    public SegmentHeader Header;

    /// <summary>What the creator said: the recursion policy, the highest count, the reset mode, the number of parties.</summary>
    [FieldOffset(128)]
    public long Option;

    /// <summary>The length of what lies behind the rows.</summary>
    [FieldOffset(136)]
    public long ExtraBytes;

    /// <summary>
    /// The owner lock. In a <see cref="ProcessLock"/> it is the lock itself; elsewhere it guards the state and the rows (in a condition it lies before the waiters).
    /// </summary>
    [FieldOffset(256)]
    public int Lock;

    /// <summary>A <see cref="ProcessLock"/> whose holder let go of the whole object: the pid, written before the word says that nobody living owns it.</summary>
    [FieldOffset(260)]
    public int LeftBehindBy;

    /// <summary>How often a <see cref="ProcessLock"/> was taken over from an owner that was gone; counted by who took it over, as its first act.</summary>
    [FieldOffset(264)]
    public int TakeOvers;

    [FieldOffset(StateOffset)]
    public EventState Event;

    [FieldOffset(StateOffset)]
    public SemaphoreState Semaphore;

    [FieldOffset(StateOffset)]
    public ConditionState Condition;

    [FieldOffset(StateOffset)]
    public BarrierState Barrier;

    [FieldOffset(StateOffset)]
    public ReaderWriterState ReaderWriter;

    [FieldOffset(StateOffset)]
    public MemoryState Memory;

    /// <summary>Where everybody waits, or those who read.</summary>
    [FieldOffset(640)]
    public WaitPoint Point;

    /// <summary>Where those wait who write.</summary>
    [FieldOffset(768)]
    public WaitPoint WriterPoint;

    /// <summary>Where those wait who want to read and perhaps write, and the one of them who wants to write now.</summary>
    [FieldOffset(896)]
    public WaitPoint UpgraderPoint;
}

/// <summary>
/// One participant's part in a primitive, changed under the frame's lock. A change of <see cref="Word"/> is one store, and totals in the state follow from the words
/// of all rows: who takes the lock over from a dead process counts them again.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct SyncRow
{
    public const int Size = 16;

    /// <summary>Of the participant whose row it is; 0 for nobody's. Written last when a row is taken, and cleared last when it is settled.</summary>
    [FieldOffset(0)]
    public int Generation;

    [FieldOffset(4)]
    public int ProcessId;

    [FieldOffset(8)]
    public long Word;
}

/// <summary>An event: number of changes to "set":63 | set:1, in one word.</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal struct EventState
{
    [FieldOffset(0)]
    public long Word;
}

/// <summary>A semaphore: Count = initial count + Balance - the sum of the rows' words, each of which says how many counts that participant took and did not give back.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal struct SemaphoreState
{
    [FieldOffset(0)]
    public long Count;

    /// <summary>What the settled rows of the gone have left: below zero for what came back of their holdings.</summary>
    [FieldOffset(8)]
    public long Balance;

    [FieldOffset(16)]
    public long Initial;

    /// <summary>A settlement that is being made: the row's slot + 1, or 0; stored after <see cref="SettledBalance"/>. Made again by who takes the lock over, which changes nothing.</summary>
    [FieldOffset(24)]
    public long Settling;

    [FieldOffset(32)]
    public long SettledBalance;
}

/// <summary>A condition: what its waiters' entries need.</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal struct ConditionState
{
    /// <summary>The ticket of the next one to wait.</summary>
    [FieldOffset(0)]
    public long NextTicket;
}

/// <summary>One who waits at a condition. 16 bytes; the first word is what he sleeps on.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct ConditionWaiter
{
    public const int Size = 16;
    public const int Free = 0;
    public const int Waiting = 1;
    public const int Notified = 2;

    /// <summary>Waiting, and about to look whether it was cancelled.</summary>
    public const int Shaken = 3;

    [FieldOffset(0)]
    public int State;

    /// <summary>The owner word of his process.</summary>
    [FieldOffset(4)]
    public int Owner;

    /// <summary>While he waits: his place in the order. When he is notified: the ticket that was next then, so that only who waited at that time inherits the notification.</summary>
    [FieldOffset(8)]
    public long Ticket;
}

/// <summary>How a phase of a barrier ended, kept for two phases.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct BarrierResult
{
    [FieldOffset(0)]
    public long Phase;

    [FieldOffset(8)]
    public int Outcome;

    /// <summary>Who ended it.</summary>
    [FieldOffset(12)]
    public int ProcessId;
}

/// <summary>A barrier. Arrived = the sum of the arrivals in the rows (phase:32 | arrivals:32) of the current phase.</summary>
[StructLayout(LayoutKind.Explicit, Size = 96)]
internal struct BarrierState
{
    /// <summary>The number of phases that have ended; its store ends a phase.</summary>
    [FieldOffset(0)]
    public long Phase;

    /// <summary>Grows with everything that ends a wait; for those who spin.</summary>
    [FieldOffset(8)]
    public long Version;

    [FieldOffset(16)]
    public int Arrived;

    [FieldOffset(20)]
    public int Participants;

    /// <summary>The owner word of who has come last and runs the action, or 0.</summary>
    [FieldOffset(24)]
    public int Acting;

    /// <summary>Why the barrier is broken (<see cref="BarrierBreak"/>), stored after the fields that say more.</summary>
    [FieldOffset(28)]
    public int Broken;

    [FieldOffset(32)]
    public int BrokenProcessId;

    [FieldOffset(36)]
    public int BrokenReason;

    [FieldOffset(40)]
    public int BrokenCode;

    [FieldOffset(44)]
    public int BrokenSignal;

    /// <summary>Phase, outcome and process of the last two phases, by the phase's lowest bit.</summary>
    [FieldOffset(48)]
    public BarrierResult Result0;

    [FieldOffset(64)]
    public BarrierResult Result1;
}

/// <summary>A reader-writer lock. The rows' words say how many readers (lower half) and waiting writers (upper half) a participant has.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal struct ReaderWriterState
{
    /// <summary>Grows whenever somebody leaves; for those who spin.</summary>
    [FieldOffset(0)]
    public long Version;

    /// <summary>The owner word of the writer, or 0.</summary>
    [FieldOffset(8)]
    public int Writer;

    /// <summary>The owner word of who may upgrade, or 0.</summary>
    [FieldOffset(12)]
    public int Upgrader;

    /// <summary>Sum over the rows.</summary>
    [FieldOffset(16)]
    public int Readers;

    /// <summary>Sum over the rows; above zero, new readers wait.</summary>
    [FieldOffset(20)]
    public int WaitingWriters;

    /// <summary>A writer died inside: its pid (-1 if nobody knows), until a writer who was told has left in good order.</summary>
    [FieldOffset(24)]
    public int AbandonedBy;
}
