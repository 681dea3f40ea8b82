using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// The private memory between a pool and one of its workers: two rings (<see cref="ByteRing"/>), and the word that decides who has a task. The ends
/// are <see cref="RequestWriter"/> and <see cref="ReplyReader"/> in the pool's process, <see cref="RequestReader"/> and <see cref="ReplyWriter"/> in
/// the worker's.
/// <para>
/// Tasks are numbered in the order in which they are written. <see cref="Claim"/> is <c>published:32 | started:32</c>. The pool writes a task behind
/// the others and publishes it by raising "published" (interlocked); the worker starts the next one by raising "started" with a CAS; the pool takes
/// back what was not started by lowering "published" with a CAS, and may then write over it. So a task is at every instant either the pool's or
/// started, and the worker reads nothing that it has not claimed.
/// </para>
/// <para>
/// A started task has exactly one reply, and the worker claims no other before that is committed by one release store of <see cref="ReplyHead"/>. So
/// if a worker dies, at most one task was started and has no reply: the one it ran.
/// </para>
/// <para>
/// Killed as worker before the claim: another worker gets the task. Between the claim and the commit: the task was running. After the commit: the
/// result counts, whether the pool was notified or not, because the pool reads the replies of a worker that has ended. Killed as pool: its workers
/// end with it, and the memory is freed with their holds.
/// </para>
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = HeadBytes)]
internal unsafe struct ChannelLayout
{
    public const int HeadBytes = 4096;
    public const int RingBytes = 128 << 10;
    public const int RequestRing = HeadBytes;
    public const int ReplyRing = HeadBytes + RingBytes;
    public const int Bytes = HeadBytes + (2 * RingBytes);

    /// <summary>The value of <see cref="Closed"/> for a worker on a thread of this process that counts as killed.</summary>
    public const int Abandoned = 2;

    /// <summary>The maximum number of tasks that were written for a worker and have no reply, plus one.</summary>
    public const int MaxTasks = 4096;

    [FieldOffset(0)]
    public SegmentHeader Header;

    /// <summary><c>published:32 | started:32</c>; both wrap.</summary>
    [FieldOffset(128)]
    public long Claim;

    // The worker's lines.

    /// <summary>Position in the request ring up to which the worker has read; what lies before may be written over. Release.</summary>
    [FieldOffset(256)]
    public long RequestTail;

    /// <summary>
    /// When the task numbered <see cref="TimedNumber"/> began. Stored before that number, so that a number is never seen with the time of an older
    /// task.
    /// </summary>
    [FieldOffset(264)]
    public long TimedStart;

    [FieldOffset(272)]
    public int TimedNumber;

    /// <summary>
    /// Not 0: the worker's process has started, and what follows is the program's initializer. Killed before: it counts as starting.
    /// </summary>
    [FieldOffset(276)]
    public int Begun;

    /// <summary>How much memory the worker's process had when it last asked, in bytes.</summary>
    [FieldOffset(280)]
    public long WorkingSet;

    /// <summary>The span of the task that runs, if a listener of the worker records it. Read by the pool when the worker has ended.</summary>
    [FieldOffset(288)]
    public SpanWords Span;

    /// <summary>Position in the reply ring up to which replies are written: the commit. Release.</summary>
    [FieldOffset(384)]
    public long ReplyHead;

    // The pool's lines.

    /// <summary>Position in the reply ring up to which the pool has read; what lies before may be written over. Release.</summary>
    [FieldOffset(512)]
    public long ReplyTail;

    /// <summary>
    /// Not 0: no more tasks will follow, and the worker ends when it has run all that were published. <see cref="Abandoned"/>: what it still writes
    /// is not read any more.
    /// </summary>
    [FieldOffset(640)]
    public int Closed;

    /// <summary>The number of the task whose token is cancelled, and 1 &lt;&lt; 32 so that it is never 0.</summary>
    [FieldOffset(648)]
    public long Cancelled;

    /// <summary>The worker waits for tasks.</summary>
    [FieldOffset(768)]
    public WaitPoint Requests;

    /// <summary>The worker waits for room in the reply ring.</summary>
    [FieldOffset(896)]
    public WaitPoint Room;

    /// <summary>A thread of the worker waits for <see cref="Cancelled"/>.</summary>
    [FieldOffset(1024)]
    public WaitPoint Signals;

    /// <summary>The spans of earlier attempts at written tasks. Written by the pool before it publishes the task.</summary>
    [FieldOffset(2048)]
    public EarlierSpans Earlier;
}

/// <summary>The bell: memory that a pool shares with all its workers, in which the pool sleeps until there is a reply.</summary>
[StructLayout(LayoutKind.Explicit, Size = 4096)]
internal struct BellLayout
{
    [FieldOffset(0)]
    public SegmentHeader Header;

    [FieldOffset(128)]
    public WaitPoint Replies;

    /// <summary>How many callers poll for replies themselves at this moment: while there are any, a worker wakes no thread for a reply.</summary>
    [FieldOffset(512)]
    public int SpinningCallers;
}
