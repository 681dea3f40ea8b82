using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// The base class of the locks, semaphores, events, conditions and barriers. They work between the threads of one process and between processes,
/// and cross to another process when they are captured by a body, passed as an argument, or put into a queue; all these processes then use the same
/// object.
/// </summary>
/// <example>
/// <code>
/// ProcessSynchronizationObject[] objects = [new ProcessLock(), new ProcessEvent(), new ProcessSemaphore(1)];
/// foreach (ProcessSynchronizationObject item in objects)
/// {
///     item.Dispose();
/// }
/// </code>
/// </example>
public abstract class ProcessSynchronizationObject : IDisposable
{
    private readonly SyncObject _shared;
    private volatile bool _disposed;
    private int _released;

    private protected ProcessSynchronizationObject(SyncObject shared) => _shared = shared;

    /// <summary>Releases the object when it was not disposed.</summary>
    ~ProcessSynchronizationObject() => LastResort.Finalize(this, static handle => handle.Release());

    internal SyncObject Shared => _shared;

    internal bool IsDisposed => _disposed;

    /// <summary>
    /// Releases the object in this process; calls that wait throw <see cref="ObjectDisposedException"/>. Its memory is freed when the last holder
    /// releases it or, while it is in flight in a message, when the message was read. A second call does nothing.
    /// </summary>
    public void Dispose()
    {
        _disposed = true;
        Release();
        GC.SuppressFinalize(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void ThrowIfDisposed()
    {
        if (_disposed)
        {
            ThrowDisposed();
        }
    }

    internal static SyncObject Open(Session session, SegmentId id, SegmentKind kind) =>
        SyncObject.Open(session, id, kind) ?? throw new InvalidOperationException($"The {kind} does not exist any more: its session has ended.");

    /// <summary>Writes the handle that <see cref="Open(ref HandleReader, SegmentKind)"/> reads.</summary>
    private protected void Write(HandleWriter writer)
    {
        ThrowIfDisposed();
        writer.AddTravelling(writer.SenderKeepsReferences ? _shared.KeepForBody() : _shared.StartTravel());
        writer.Write(HandleWord.Of(_shared.Session, _shared.Segment.Id));
        writer.Write((byte)(writer.SenderKeepsReferences ? 1 : 0));
        GC.KeepAlive(this);
    }

    /// <summary>This process becomes a holder before the in-transit count drops, so the object always has a holder.</summary>
    private protected static SyncObject Open(ref HandleReader reader, SegmentKind kind)
    {
        var word = reader.Read<long>();
        var session = HandleWord.SessionOf(ref word);
        var id = SegmentId.FromWord(word);
        var endsTravel = reader.Read<byte>() == 0;
        try
        {
            return Open(session, id, kind);
        }
        finally
        {
            if (endsTravel)
            {
                session.Segments.AddInFlight(id, -1);
            }
        }
    }

    /// <summary>Releases what else the object holds.</summary>
    private protected virtual void ReleaseMore()
    {
    }

    private void ThrowDisposed() => throw new ObjectDisposedException(GetType().Name, $"The {GetType().Name} was disposed in this process.");

    private void Release()
    {
        // A constructor that threw leaves an object with a finalizer and nothing to release.
        if (_shared is not null && Interlocked.Exchange(ref _released, 1) == 0)
        {
            _shared.Session.Objects.Release(_shared);
            if (!_shared.Session.HasLeft)
            {
                // Waiting calls of this wrapper see that it is disposed; those of other wrappers check once more than needed.
                _shared.Core.WakeWords();
            }

            _shared.Core.ReleaseAsync();
            ReleaseMore();
        }
    }
}
