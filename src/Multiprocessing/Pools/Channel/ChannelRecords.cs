using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>What lies before a task in the request ring, a <see cref="ByteRing"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RequestHeader
{
    /// <summary>Bytes of body and argument together, or of a <see cref="ContentReference"/>; of a pad, minus the bytes to skip.</summary>
    public int Length;

    public RequestFlags Flags;

    /// <summary>How often the task was started before, plus 1.</summary>
    public ushort Attempt;

    /// <summary>The number of the body; 0 if the argument contains its own.</summary>
    public int Body;

    /// <summary>Bytes of the body, which lies before the argument, padded to 8; 0 if the worker knows it.</summary>
    public int BodyLength;

    /// <summary>The task's number. If the worker reads another one than it has claimed, the memory of the ring was overwritten.</summary>
    public uint Number;
}

/// <summary>How a task lies in the request ring.</summary>
[Flags]
internal enum RequestFlags : ushort
{
    None = 0,

    /// <summary>Body and argument lie in a segment of their own, which a <see cref="ContentReference"/> names here.</summary>
    InSegment = 1,

    /// <summary>The task has a time limit, so the worker publishes when it begins it.</summary>
    Timed = 2,
}

/// <summary>Where a content lies that is too large for its ring: in a segment of its own, from its beginning on.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ContentReference
{
    /// <summary>The segment's identity as one word.</summary>
    public long Segment;

    public long Length;
}

/// <summary>What lies before a reply in the reply ring, a <see cref="ByteRing"/>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct ReplyHeader
{
    /// <summary>Bytes of the content, or of a <see cref="ContentReference"/>; of a pad, minus the bytes to skip.</summary>
    public int Length;

    public ReplyKind Kind;

    /// <summary>Not 0: the content lies in a segment of its own, which a <see cref="ContentReference"/> names here.</summary>
    public byte IsInSegment;

    /// <summary>Not 0: <see cref="TaskTimes"/> lie between this and the content.</summary>
    public byte IsMeasured;

    /// <summary>Always 0, and named so that it is written: eight bytes are compared at once.</summary>
    public byte Reserved;

    /// <summary>The task's number.</summary>
    public uint Number;

    /// <summary>No reply: the rest of the ring is skipped. Nothing else of it was written.</summary>
    public readonly bool IsPad => Length < 0;

    /// <summary>How many bytes a pad skips.</summary>
    public readonly int PadBytes => -Length;
}

/// <summary>
/// How a task spent its time in the worker, in ticks of the stopwatch, which is the same in all processes of a machine. Of very short tasks only
/// every eighth is measured.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TaskTimes
{
    /// <summary>When the worker started it.</summary>
    public long Begun;

    /// <summary>How long its body ran; at least 1.</summary>
    public long Work;

    /// <summary>How long reading the argument took.</summary>
    public uint Read;

    /// <summary>How long writing the result took.</summary>
    public uint Write;
}

/// <summary>What a record of the reply ring is.</summary>
internal enum ReplyKind : byte
{
    Result = 1,

    Error,

    /// <summary>Of no task: the worker is ready for the first one.</summary>
    Ready,

    /// <summary>Of no task: the initializer threw an exception.</summary>
    InitializerFailed,

    /// <summary>Ends no task: progress or a log record of the task that runs. The number of the link, then the value.</summary>
    Report,
}
