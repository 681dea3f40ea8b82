using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// One reference of this process to a segment of plain memory. Each <see cref="SharedMemory"/>, <see cref="SharedValue{T}"/> and
/// <see cref="SharedArray{T}"/> has one. The memory stays mapped as long as this object is reachable, disposed or not, because only the mapping's
/// finalizer unmaps it: a call in one thread during a Dispose in another reads and writes mapped memory.
/// <para>Safety: code that uses <see cref="Start"/> keeps this object reachable until its last access, and checks bounds itself.</para>
/// </summary>
internal sealed unsafe class SharedBlock
{
    private readonly SyncObject _shared;
    private readonly string _what;
    private ProcessLock? _lock;
    private volatile bool _disposed;
    private int _released;

    private SharedBlock(SyncObject shared, string what)
    {
        _shared = shared;
        _what = what;
        var frame = (SyncFrame*)shared.Segment.Base;
        Start = shared.Segment.Base + frame->Memory.Offset;
        Bytes = frame->Memory.Bytes;
    }

    ~SharedBlock() => LastResort.Finalize(this, static block => block.Release());

    public byte* Start { get; }

    /// <summary>Gets the requested number of bytes.</summary>
    public long Bytes { get; }

    public bool IsDisposed => _disposed;

    /// <summary>
    /// Gets the lock of the memory, the same one for all references and processes. It is recursive, like the lock of CPython's Value and Array. This
    /// wrapper of it is disposed with this reference.
    /// </summary>
    public ProcessLock Lock
    {
        get
        {
            ThrowIfDisposed();
            return Volatile.Read(ref _lock) ?? CreateLock();
        }
    }

    /// <param name="kind">Array or memory.</param>
    /// <param name="bytes">The number of bytes; all of them are zero.</param>
    /// <param name="what">The type of the wrapper, for messages.</param>
    /// <param name="session">The session; null for this process's own.</param>
    public static SharedBlock Create(SegmentKind kind, long bytes, string what, Session? session = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, long.MaxValue - (2 * SyncFrame.Size));
        var offset = MemoryState.OffsetFor(bytes);
        return new SharedBlock(
            SyncObject.Create(session ?? Session.Current, kind, offset + bytes, frame =>
            {
                frame->Option = (long)LockRecursionPolicy.SupportsRecursion;
                frame->Memory.Bytes = bytes;
                frame->Memory.Offset = offset;
            }),
            what);
    }

    /// <summary>Opens existing memory.</summary>
    /// <returns>Null if it has been freed.</returns>
    public static SharedBlock? Open(Session session, SegmentId id, string what) =>
        SyncObject.Open(session, id, SegmentKind.Memory) is { } shared ? new SharedBlock(shared, what) : null;

    /// <summary>Creates another reference of this process to the same memory.</summary>
    public SharedBlock Share(string what)
    {
        ThrowIfDisposed();
        var again = new SharedBlock(Reopen(), what);
        GC.KeepAlive(this);
        return again;
    }

    /// <summary>
    /// Writes the handle for <see cref="Read"/>. Killed at any point: see the rows "send" and "start a child" of the segment entry in the internals.
    /// </summary>
    public void Write(HandleWriter writer)
    {
        ThrowIfDisposed();
        writer.AddTravelling(writer.SenderKeepsReferences ? _shared.KeepForBody() : _shared.StartTravel());
        writer.Write(HandleWord.Of(_shared.Session, _shared.Segment.Id));
        writer.Write((byte)(writer.SenderKeepsReferences ? 1 : 0));
        GC.KeepAlive(this);
    }

    /// <summary>
    /// Reads a handle. This process becomes a holder before the number in flight is reduced, so the memory is never without a holder.
    /// </summary>
    public static SharedBlock Read(ref HandleReader reader, string what)
    {
        var word = reader.Read<long>();
        var session = HandleWord.SessionOf(ref word);
        var id = SegmentId.FromWord(word);
        var isInFlight = reader.Read<byte>() == 0;
        try
        {
            return new SharedBlock(
                SyncObject.Open(session, id, SegmentKind.Memory) ?? throw new InvalidOperationException($"The {what} does not exist any more: its "
                    + "session has ended."), what);
        }
        finally
        {
            if (isInFlight)
            {
                session.Segments.AddInFlight(id, -1);
            }
        }
    }

    /// <summary>Checks that the part that a received handle names is inside the memory.</summary>
    public void CheckPart(long offset, long bytes)
    {
        if (offset < 0 || bytes < 0 || offset > Bytes - bytes)
        {
            Dispose();
            throw new InvalidDataException($"The handle of a {_what} names {bytes} bytes from {offset} on, and the shared memory has {Bytes} bytes: "
                + "the message is damaged.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ThrowIfDisposed()
    {
        if (_disposed)
        {
            ThrowDisposed();
        }
    }

    public void ThrowDisposed() => throw new ObjectDisposedException(_what, $"The {_what} was disposed in this process.");

    public void Dispose()
    {
        _disposed = true;
        Volatile.Read(ref _lock)?.Dispose();
        Release();
        GC.SuppressFinalize(this);
    }

    private SyncObject Reopen() =>
        SyncObject.Open(_shared.Session, _shared.Segment.Id, SegmentKind.Memory) ?? throw new InvalidOperationException($"The {_what} does not "
            + "exist any more: its session has ended.");

    private ProcessLock CreateLock()
    {
        var created = new ProcessLock(Reopen());
        var known = Interlocked.CompareExchange(ref _lock, created, null);
        if (known is not null)
        {
            created.Dispose();
            return known;
        }

        // Disposed meanwhile: a Dispose before the exchange has not seen the lock.
        if (_disposed)
        {
            created.Dispose();
        }

        GC.KeepAlive(this);
        return created;
    }

    private void Release()
    {
        // A constructor that threw leaves an object with a finalizer and nothing to release.
        if (_shared is not null && Interlocked.Exchange(ref _released, 1) == 0)
        {
            _shared.Session.Objects.Release(_shared);
        }
    }
}
