using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A value that all tasks of a pool read: <see cref="ProcessPool.Share"/> serializes it once, and each worker rebuilds it once, however many tasks
/// use it. A task receives only a handle. It may be used by several pools, by children, and in queues.
/// <para>
/// Its shared memory is freed when the process that shared it has disposed it and the last task with it has ended, or when that process has ended in
/// any way. Workers forget their copy within seconds after that. Tasks need not dispose it.
/// </para>
/// <para>
/// All tasks that run in one worker get the same object, so a task does not change it. Changes of the original after the call are not seen. The
/// elements of a shared <see cref="SharedBuffer{T}"/> are read in place, without a copy for each worker.
/// </para>
/// </summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <example>
/// <code>
/// await using var pool = new ProcessPool(new() { Workers = 2 });
/// var prices = Enumerable.Range(0, 100_000).ToDictionary(i => $"article {i}", i => i * 0.5);
/// using SharedInput&lt;Dictionary&lt;string, double>> shared = pool.Share(prices); // serialized once, rebuilt once in each worker
/// double[] found = await pool.MapAsync(Enumerable.Range(0, 1_000), i => shared.Value[$"article {i}"]);
/// Console.WriteLine(found[3]); // 1.5
/// </code>
/// </example>
[DebuggerDisplay("{typeof(T).Name,nq}")]
public sealed class SharedInput<T> : IProcessHandle<SharedInput<T>>, IDisposable
{
    private readonly SharedInputEntry _entry;
    private readonly BufferObject? _memory;
    private readonly ITravellingReference[] _references;
    private volatile bool _isDisposed;
    private int _released;

    /// <summary>The process that shares the value.</summary>
    private SharedInput(SharedInputEntry entry, BufferObject memory, ITravellingReference[] references)
    {
        _entry = entry;
        _memory = memory;
        _references = references;
    }

    /// <summary>A process that has received it.</summary>
    private SharedInput(SharedInputEntry entry)
    {
        _entry = entry;
        _references = [];
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the memory if the input was not disposed.</summary>
    ~SharedInput() => LastResort.Finalize(this, static input => input.Release());

    /// <summary>Gets the segment with the value's message.</summary>
    internal SegmentId Id => _entry.Id;

    /// <summary>Gets the value: the original in the process that shared it, elsewhere the one copy of the process. Do not change it.</summary>
    /// <exception cref="ObjectDisposedException">The input was disposed in this process.</exception>
    public T Value
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return (T)_entry.Value!;
        }
    }

    /// <summary>
    /// Releases the value in this process. In the process that shared it, no more tasks can get it; those that have it are not affected. A second
    /// call does nothing.
    /// </summary>
    public void Dispose()
    {
        _isDisposed = true;
        Release();
        GC.SuppressFinalize(this);
    }

    internal static SharedInput<T> Create(T value)
    {
        using var message = MessageBuffer.Rent();
        message.SenderKeepsReferences = true;
        ValueSerializer.Serialize(message, value, "value");
        return Create(message, value);
    }

    /// <summary>Shares a value that another process has written. This process does not read it, and has no <see cref="Value"/>.</summary>
    internal static SharedInput<T> FromMessage(byte[] written)
    {
        using var message = MessageBuffer.Rent();
        message.WriteArray(written, 0, written.Length);
        return Create(message, default!);
    }

    private static unsafe SharedInput<T> Create(MessageBuffer message, T value)
    {
        var session = Session.Current;
        var memory = BufferObject.Create(session, Math.Max(message.Length, 1));
        KillPoints.Pass(KillPoint.InputCreated);
        message.CopyTo(memory.Start);
        KillPoints.Pass(KillPoint.InputWritten);
        var entry = new SharedInputEntry(memory.Segment.Id, session.Self, message.Length, value);
        SharedInputs.Add(entry);
        return new SharedInput<T>(entry, memory, message.TakeReferences());
    }

    /// <summary>Killed at any point: see the rows "send" and "start a child" of the segment entry in the internals.</summary>
    void IProcessHandle<SharedInput<T>>.WriteHandle(HandleWriter writer)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var session = Session.Current;
        var memory = BufferObject.Open(session, _entry.Id, arrives: false)
            ?? throw new ObjectDisposedException(
                GetType().Name, "The shared input was freed: the process that shared it has disposed it or has ended.");
        try
        {
            writer.AddTravelling(writer.SenderKeepsReferences ? memory.KeepForBody() : memory.StartTravel());
            writer.Write(_entry.Id.ToWord());
            writer.Write(_entry.Creator.Slot);
            writer.Write(_entry.Creator.Generation);
            writer.Write(_entry.Length);
            writer.Write((byte)(writer.SenderKeepsReferences ? 1 : 0));
        }
        finally
        {
            session.Objects.Release(memory);
        }
    }

    static SharedInput<T> IProcessHandle<SharedInput<T>>.ReadHandle(ref HandleReader reader)
    {
        var id = SegmentId.FromWord(reader.Read<long>());
        var creator = new ParticipantId(reader.Read<int>(), reader.Read<int>());
        var length = reader.Read<long>();
        var isInFlight = reader.Read<byte>() == 0;
        if (SharedInputs.Find(id) is { } known)
        {
            if (isInFlight)
            {
                Session.Current.Segments.AddInFlight(id, -1);
            }

            return new SharedInput<T>(known);
        }

        return new SharedInput<T>(SharedInputs.Add(Load(id, creator, length, isInFlight)));
    }

    /// <summary>Rebuilds the value. The memory is held only meanwhile.</summary>
    private static unsafe SharedInputEntry Load(SegmentId id, ParticipantId creator, long length, bool isInFlight)
    {
        var session = Session.Current;
        var memory = BufferObject.Open(session, id, isInFlight)
            ?? throw new InvalidOperationException("The shared input does not exist any more: its session has ended.");
        try
        {
            if (length < 0 || length > memory.Capacity)
            {
                throw new InvalidDataException(
                    $"The handle of a SharedInput names {length} bytes, and the shared memory has {memory.Capacity} bytes: the message is damaged.");
            }

            var position = memory.Start;
            var value = ValueSerializer.Deserialize<T>(ref position, memory.Start + length);
            KillPoints.Pass(KillPoint.InputRebuilt);
            return new SharedInputEntry(id, creator, length, value);
        }
        finally
        {
            session.Objects.Release(memory);
        }
    }

    private void Release()
    {
        if (_memory is null || Interlocked.Exchange(ref _released, 1) != 0)
        {
            return;
        }

        SharedInputs.Remove(_entry);
        foreach (var reference in _references)
        {
            reference.EndPassedOn();
        }

        KillPoints.Pass(KillPoint.InputReferencesEnded);
        _memory.Session.Objects.Release(_memory);
    }
}
