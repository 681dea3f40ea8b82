using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>The kinds of messages between two peers. Each peer may send each kind.</summary>
internal enum CallMessage : byte
{
    /// <summary>A call of an object: header, arguments, <see cref="CallTrailer"/>.</summary>
    Call = 1,

    /// <summary>The result of a call: <see cref="AnswerHeader"/>, value.</summary>
    Reply = 2,

    /// <summary>The exception of a call: <see cref="AnswerHeader"/>, exception.</summary>
    Error = 3,

    /// <summary>The caller's token was canceled: <see cref="AnswerHeader"/>.</summary>
    Cancel = 4,

    /// <summary>A peer has dropped references of an object: header; the number of references in place of the member.</summary>
    Release = 5,

    /// <summary>A report of progress: header, value.</summary>
    Report = 6,

    /// <summary>An event was raised: header, arguments.</summary>
    Event = 7,

    /// <summary>Begins to enumerate a stream: header with the stream's object, then the enumeration's number and the first credit.</summary>
    StreamOpen = 8,

    /// <summary>Items of an enumeration: header with its number, values.</summary>
    StreamItems = 9,

    /// <summary>The end of an enumeration: header with its number; a <see cref="StreamEnding"/> in place of the member; a failure.</summary>
    StreamEnd = 10,

    /// <summary>The reader has used items: header with the enumeration's number, <see cref="StreamCredit"/>.</summary>
    StreamCredit = 11,

    /// <summary>The reader has left: header with the enumeration's number.</summary>
    StreamStop = 12,

    /// <summary>The client wants the service to end: header.</summary>
    Stop = 13,

    /// <summary>The object of the service was created: header; member 1 and an exception if it could not be.</summary>
    Ready = 14,
}

/// <summary>What a call is for, beside a member of the interface.</summary>
[Flags]
internal enum CallFlags : byte
{
    None = 0,

    /// <summary>The caller's activity follows the header.</summary>
    HasActivity = 1,

    /// <summary>The call subscribes to the event.</summary>
    Subscribe = 2,

    /// <summary>The call ends the subscription to the event.</summary>
    Unsubscribe = 4,

    /// <summary>The call disposes the object: after it, the proxy is released.</summary>
    Dispose = 8,
}

/// <summary>The head of all messages about an object.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct CallHeader(CallMessage kind, int member, long objectId, CallFlags flags = CallFlags.None)
{
    public readonly CallMessage Kind = kind;
    public readonly CallFlags Flags = flags;
    private readonly short _unused;
    public readonly int Member = member;
    public readonly long ObjectId = objectId;
}

/// <summary>The end of a call. Behind the arguments, because the number is known only when the call is sent.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct CallTrailer(long callId, bool canBeCanceled)
{
    public readonly long CallId = callId;
    public readonly long CanBeCanceled = canBeCanceled ? 1 : 0;
}

/// <summary>The head of messages to a call.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct AnswerHeader(CallMessage kind, long callId)
{
    public readonly CallMessage Kind = kind;
    private readonly CallFlags _flags;
    private readonly short _unused;
    private readonly int _unused2;
    public readonly long CallId = callId;
}

/// <summary>How an enumeration ended.</summary>
internal enum StreamEnding
{
    /// <summary>There are no more items, or the reader has left.</summary>
    Completed = 0,

    /// <summary>The iterator failed in place of its next item. A reader that left before that item does not get the failure.</summary>
    Failed = 1,

    /// <summary>The enumerator's disposal failed. Every reader gets the failure.</summary>
    DisposeFailed = 2,
}

/// <summary>The use of a stream's window: a number of items, and their bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct StreamCredit(long items, long bytes)
{
    public readonly long Items = items;
    public readonly long Bytes = bytes;
}
