using System.Buffers.Binary;

namespace Multiprocessing;

/// <summary>The messages between parent and child on the control channel.</summary>
internal enum FrameKind
{
    /// <summary>Parent: the identity of the child (<see cref="Multiprocessing.Hello"/>).</summary>
    Hello = 1,

    /// <summary>Parent, to a spare: bodies that may follow (<see cref="BodyHint"/>).</summary>
    Prepare,

    /// <summary>Parent: name and time limits of the child (<see cref="Assignment"/>), followed by the body.</summary>
    Start,

    /// <summary>Parent: a request to stop, with the number of the signal that it replaces if the system has no signals.</summary>
    Stop,

    /// <summary>
    /// Child: the runtime has started and the preparation is done. Carries the token, which proves that the child read the greeting.
    /// </summary>
    Ready,

    /// <summary>Child: the body was read and runs.</summary>
    Started,

    /// <summary>Child: the greeting or the body could not be read; with the exception.</summary>
    Rejected,

    /// <summary>Child: the initializer threw before the body began; with its exception.</summary>
    InitializerFailed,

    /// <summary>Child: the body returned; with its result, if any.</summary>
    Result,

    /// <summary>Child: an exception left the body or ended a thread; with the exception.</summary>
    Failed,

    /// <summary>Child: it stops on request.</summary>
    Stopping,

    /// <summary>Child: it exits normally; with its exit code (4 bytes), for a parent to which the system does not report the code.</summary>
    Exiting,

    /// <summary>The same as <see cref="Start"/>, with a reference to shared memory that has the payload (<see cref="SharedContent"/>).</summary>
    StartInMemory,

    /// <summary>The same as <see cref="Result"/>, with a reference to shared memory that has the payload.</summary>
    ResultInMemory,
}

/// <summary>One message of the control channel.</summary>
internal readonly record struct ControlFrame(FrameKind Kind, byte[] Payload)
{
    /// <summary>Bytes before the payload: kind (4), zero (4), length of the payload (8).</summary>
    public const int HeaderSize = 16;

    public static void WriteHeader(Span<byte> header, FrameKind kind, long length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, (int)kind);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], length);
    }
}
