using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// The memory of one lock, semaphore, event, condition or barrier: always this frame, with the kind's state at <see cref="StateOffset"/>. It is
/// initialized by the creator and addressed from its own start only, so a frame may also lie inside a larger segment.
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

    /// <summary>The creator's option: the recursion policy, the maximum count, or the reset mode.</summary>
    [FieldOffset(128)]
    public long Option;

    /// <summary>The number of bytes behind the rows.</summary>
    [FieldOffset(136)]
    public long ExtraBytes;

    /// <summary>
    /// The owner lock. In a <see cref="ProcessLock"/> it is the lock itself; elsewhere it guards the state and the rows (in a condition it lies
    /// before the waiters).
    /// </summary>
    [FieldOffset(256)]
    public int Lock;

    /// <summary>
    /// The pid of the process that disposed a <see cref="ProcessLock"/> which it owned; written before the word says that no living process owns it.
    /// </summary>
    [FieldOffset(260)]
    public int LeftBehindBy;

    /// <summary>How often a <see cref="ProcessLock"/> was taken over from a dead owner; counted by the new owner first of all.</summary>
    [FieldOffset(264)]
    public int TakeOvers;

    /// <summary>
    /// How many waits slept, or were suspended; not those that ended by spinning. Killed between the count and the sleep: one is counted that did
    /// not. For observers only.
    /// </summary>
    [FieldOffset(268)]
    public int Contentions;

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

    /// <summary>The wait point of all waiters, or of readers.</summary>
    [FieldOffset(640)]
    public WaitPoint Point;

    /// <summary>The wait point of writers.</summary>
    [FieldOffset(768)]
    public WaitPoint WriterPoint;

    /// <summary>The wait point of upgradeable readers, and of the one that waits to write.</summary>
    [FieldOffset(896)]
    public WaitPoint UpgraderPoint;
}

/// <summary>
/// One participant's part in a primitive, changed under the frame's lock. A change of <see cref="Word"/> is one store, and totals in the state follow
/// from the words of all rows: a process that takes the lock over from a dead one computes them again.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct SyncRow
{
    public const int Size = 16;

    /// <summary>The generation of the row's participant; 0 for none. Written last when a row is taken, and cleared last when it is settled.</summary>
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

/// <summary>
/// A semaphore: Count = initial count + Balance - the sum of the rows' words, each of which is the number of counts that participant took and did not
/// release.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal struct SemaphoreState
{
    [FieldOffset(0)]
    public long Count;

    /// <summary>The rest of the settled rows of exited participants: negative for counts of theirs that were not released.</summary>
    [FieldOffset(8)]
    public long Balance;

    [FieldOffset(16)]
    public long Initial;

    /// <summary>
    /// The settlement in progress: the row's slot + 1, or 0; stored after <see cref="SettledBalance"/>. A process that takes the lock over repeats
    /// it, which changes nothing.
    /// </summary>
    [FieldOffset(24)]
    public long Settling;

    [FieldOffset(32)]
    public long SettledBalance;
}

/// <summary>A condition.</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal struct ConditionState
{
    /// <summary>The ticket of the next waiter.</summary>
    [FieldOffset(0)]
    public long NextTicket;
}

/// <summary>A waiter at a condition. 16 bytes; it sleeps on the first word.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct ConditionWaiter
{
    public const int Size = 16;
    public const int Free = 0;
    public const int Waiting = 1;
    public const int Notified = 2;

    /// <summary>Waiting, and about to check whether it was canceled.</summary>
    public const int Interrupted = 3;

    [FieldOffset(0)]
    public int State;

    /// <summary>The owner word of its process.</summary>
    [FieldOffset(4)]
    public int Owner;

    /// <summary>
    /// While it waits: its place in the order. When it is notified: the next ticket at that time, so that only a waiter of that time inherits the
    /// notification.
    /// </summary>
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

    /// <summary>The process that ended it.</summary>
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

    /// <summary>Grows with everything that ends a wait; watched by spins.</summary>
    [FieldOffset(8)]
    public long Version;

    [FieldOffset(16)]
    public int Arrived;

    [FieldOffset(20)]
    public int Participants;

    /// <summary>The owner word of the participant that arrived last and runs the action, or 0.</summary>
    [FieldOffset(24)]
    public int Acting;

    /// <summary>Why the barrier is broken (<see cref="BarrierBreak"/>), stored after the fields with the details.</summary>
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

/// <summary>A reader-writer lock. A row's word is the number of readers (lower half) and waiting writers (upper half) of its participant.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal struct ReaderWriterState
{
    /// <summary>Grows with every exit; watched by spins.</summary>
    [FieldOffset(0)]
    public long Version;

    /// <summary>The owner word of the writer, or 0.</summary>
    [FieldOffset(8)]
    public int Writer;

    /// <summary>The owner word of the upgradeable reader, or 0.</summary>
    [FieldOffset(12)]
    public int Upgrader;

    /// <summary>Sum over the rows.</summary>
    [FieldOffset(16)]
    public int Readers;

    /// <summary>Sum over the rows; above zero, new readers wait.</summary>
    [FieldOffset(20)]
    public int WaitingWriters;

    /// <summary>The pid of a writer that died inside (-1 if unknown), until a notified writer has exited.</summary>
    [FieldOffset(24)]
    public int AbandonedBy;
}
