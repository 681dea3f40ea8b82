using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// What the locks, semaphores, events, conditions and barriers of this library have in common: they work between the threads of a process and between processes alike,
/// and cross to another process when they are captured by a body, passed as an argument, or put into a queue; all of them then use the same one.
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

    /// <summary>Lets go of the object when it was forgotten.</summary>
    ~ProcessSynchronizationObject() => LastResort.Finalize(this, static handle => handle.Release());

    internal SyncObject Shared => _shared;

    internal bool IsDisposed => _disposed;

    /// <summary>
    /// Lets go of the object in this process; calls that wait end with <see cref="ObjectDisposedException"/>. Its memory goes with its last holder or, while a message has it,
    /// when the message was read. A second call does nothing.
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
        SyncObject.Open(session, id, kind) ?? throw new InvalidOperationException($"The {kind} is gone: its session has ended.");

    /// <summary>What <see cref="Open(ref HandleReader, SegmentKind)"/> reads.</summary>
    private protected void Write(HandleWriter writer)
    {
        ThrowIfDisposed();
        writer.AddTravelling(writer.SenderKeepsReferences ? _shared.KeepForBody() : _shared.StartTravel());
        writer.Write(HandleWord.Of(_shared.Session, _shared.Segment.Id));
        writer.Write((byte)(writer.SenderKeepsReferences ? 1 : 0));
        GC.KeepAlive(this);
    }

    /// <summary>This process holds the object before the travel ends, so that it is never unheld in between.</summary>
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

    /// <summary>What else the object lets go of.</summary>
    private protected virtual void ReleaseMore()
    {
    }

    private void ThrowDisposed() => throw new ObjectDisposedException(GetType().Name, $"The {GetType().Name} was disposed in this process.");

    private void Release()
    {
        // A constructor that threw leaves a finalizer behind and nothing to let go of.
        if (_shared is not null && Interlocked.Exchange(ref _released, 1) == 0)
        {
            _shared.Session.Objects.Release(_shared);
            if (!_shared.Session.HasLeft)
            {
                // Waiting calls of this wrapper see that it is disposed; those of other wrappers look once too often.
                _shared.Core.WakeWords();
            }

            _shared.Core.ReleaseAsync();
            ReleaseMore();
        }
    }
}
