using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// One reference of this process to a segment of plain memory: what a <see cref="SharedMemory"/>, <see cref="SharedValue{T}"/> or <see cref="SharedArray{T}"/> has, each its own.
/// The memory stays mapped as long as this object can be reached, disposed or not, because the mapping is undone by its finalizer only: who is inside a call while another
/// thread disposes reads and writes memory that is still there. So whoever uses <see cref="Start"/> keeps this object reachable until he is done.
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

    /// <summary>Exactly as many as were asked for.</summary>
    public long Bytes { get; }

    public bool IsDisposed => _disposed;

    /// <summary>
    /// The lock of the memory, the same one for all references and processes; it may be entered again by its owner, as that of CPython's Value and Array. This wrapper of it is
    /// disposed with this reference.
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
    /// <param name="bytes">How many; all of them zero.</param>
    /// <param name="what">The type of the wrapper, for messages.</param>
    /// <param name="session">Null for this process's own.</param>
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

    /// <summary>Null if the memory is gone.</summary>
    public static SharedBlock? Open(Session session, SegmentId id, string what) =>
        SyncObject.Open(session, id, SegmentKind.Memory) is { } shared ? new SharedBlock(shared, what) : null;

    /// <summary>Another reference of this process to the same memory.</summary>
    public SharedBlock Share(string what)
    {
        ThrowIfDisposed();
        var again = new SharedBlock(Reopen(), what);
        GC.KeepAlive(this);
        return again;
    }

    /// <summary>What <see cref="Read"/> reads. Killed at any point of it: see the rows "send" and "start a child" of the segment entry.</summary>
    public void Write(HandleWriter writer)
    {
        ThrowIfDisposed();
        writer.AddTravelling(writer.SenderKeepsReferences ? _shared.KeepForBody() : _shared.StartTravel());
        writer.Write(HandleWord.Of(_shared.Session, _shared.Segment.Id));
        writer.Write((byte)(writer.SenderKeepsReferences ? 1 : 0));
        GC.KeepAlive(this);
    }

    /// <summary>This process holds the memory before the travel ends, so that it is never unheld in between.</summary>
    public static SharedBlock Read(ref HandleReader reader, string what)
    {
        var word = reader.Read<long>();
        var session = HandleWord.SessionOf(ref word);
        var id = SegmentId.FromWord(word);
        var endsTravel = reader.Read<byte>() == 0;
        try
        {
            return new SharedBlock(
                SyncObject.Open(session, id, SegmentKind.Memory) ?? throw new InvalidOperationException($"The {what} is gone: its session has ended."), what);
        }
        finally
        {
            if (endsTravel)
            {
                session.Segments.AddInFlight(id, -1);
            }
        }
    }

    /// <summary>For a handle that was read: what it names has to lie in the memory.</summary>
    public void CheckPart(long offset, long bytes)
    {
        if (offset < 0 || bytes < 0 || offset > Bytes - bytes)
        {
            Dispose();
            throw new InvalidDataException($"The handle of a {_what} names {bytes} bytes from {offset} on, and the shared memory has {Bytes} bytes: the message is damaged.");
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
        SyncObject.Open(_shared.Session, _shared.Segment.Id, SegmentKind.Memory) ?? throw new InvalidOperationException($"The {_what} is gone: its session has ended.");

    private ProcessLock CreateLock()
    {
        var created = new ProcessLock(Reopen());
        var known = Interlocked.CompareExchange(ref _lock, created, null);
        if (known is not null)
        {
            created.Dispose();
            return known;
        }

        // Disposed meanwhile: a Dispose that came before the exchange has not seen the lock.
        if (_disposed)
        {
            created.Dispose();
        }

        GC.KeepAlive(this);
        return created;
    }

    private void Release()
    {
        // A constructor that threw leaves a finalizer behind and nothing to let go of.
        if (_shared is not null && Interlocked.Exchange(ref _released, 1) == 0)
        {
            _shared.Session.Objects.Release(_shared);
        }
    }
}
