using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>
/// Memory that is passed from process to process without a copy: one process fills it, and another reads it in place. A child, a queue, a pool, a
/// pipe or a service receives only its handle, so the cost does not depend on the size. It is an <see cref="IMemoryOwner{T}"/>: each process that has
/// it disposes it once.
/// <para>
/// The memory is taken from <see cref="SharedMemoryPool.Shared"/>. When the last process has disposed its buffer, or has ended in any way, and no
/// message contains it, the pool uses the memory again, or it is freed. The death of a process takes the memory from no other process.
/// </para>
/// <para>
/// Sending a buffer does not take it from the sender: both have it until each has disposed it. Accesses of several processes are not synchronized. A
/// sender that writes after it has sent the buffer changes what the receiver reads, so dispose it after sending.
/// </para>
/// <para>
/// After <see cref="Dispose()"/> all members throw, and so does a <see cref="Memory{T}"/> that was taken before. A span is an address and cannot
/// throw: do not use it after the buffer was disposed, because the memory may belong to another buffer then. A buffer that was not disposed is
/// released when the collector finds it unreachable, so keep a reference to it (<c>using</c>, a field, <see cref="GC.KeepAlive"/>) as long as a span
/// of it is in use. No member is safe against a <see cref="Dispose()"/> in another thread.
/// </para>
/// </summary>
/// <typeparam name="T">Any unmanaged type.</typeparam>
/// <example>
/// <code>
/// using var images = new ProcessQueue&lt;SharedBuffer&lt;byte>>(capacity: 4);
/// using var child = ChildProcess.Run(() =>
/// {
///     var dark = 0L;
///     foreach (SharedBuffer&lt;byte> image in images.ReadAll())
///     {
///         using (image) // the receiver reads it in place, and disposes it
///         {
///             dark += image.Span.Count((byte)0);
///         }
///     }
///
///     return dark;
/// });
/// for (var i = 0; i &lt; 100; i++)
/// {
///     using var image = new SharedBuffer&lt;byte>(1 &lt;&lt; 20);
///     image.Span[i] = 255;
///     images.Put(image); // a handle, whatever the size
/// }
///
/// images.Complete();
/// Console.WriteLine(child.Result.Result); // 104857500
/// </code>
/// </example>
[DebuggerDisplay("Length = {Length}")]
public sealed unsafe class SharedBuffer<T> : MemoryManager<T>, IProcessHandle<SharedBuffer<T>>, IDisposable
    where T : unmanaged
{
    private readonly BufferObject _memory;
    private readonly T* _start;
    private readonly int _length;
    private int _disposed;

    /// <summary>Initializes a new instance of the <see cref="SharedBuffer{T}"/> class with all elements zero.</summary>
    /// <param name="length">The number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory.</exception>
    public SharedBuffer(int length)
        : this(SharedMemoryPool.Shared.Take(length, sizeof(T)), length) => GetSpan().Clear();

    /// <summary>Initializes a new instance of the <see cref="SharedBuffer{T}"/> class with a copy of some elements.</summary>
    /// <param name="content">The elements to copy.</param>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory.</exception>
    public SharedBuffer(ReadOnlySpan<T> content)
        : this(SharedMemoryPool.Shared.Take(content.Length, sizeof(T)), content.Length) => content.CopyTo(GetSpan());

    /// <param name="memory">The memory, with a reference that this object gives back.</param>
    /// <param name="length">The number of elements, which are inside the memory.</param>
    internal SharedBuffer(BufferObject memory, int length)
    {
        _memory = memory;
        _start = (T*)memory.Start;
        _length = length;
    }

    /// <summary>Releases the memory if the buffer was not disposed.</summary>
    [SuppressMessage(
        "Reliability", "CA2015", Justification = "A forgotten buffer would keep memory of all processes. The type states the rule for spans.")]
    ~SharedBuffer() => LastResort.Finalize(this, static buffer => buffer.Dispose(false));

    /// <summary>Gets the number of elements: exactly the requested number, in every process.</summary>
    public int Length => _length;

    /// <summary>Gets a span over the elements. Do not use it after the buffer was disposed.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed in this process.</exception>
    public Span<T> Span => GetSpan();

    /// <inheritdoc cref="Span"/>
    public override Span<T> GetSpan()
    {
        ThrowIfDisposed();
        return new Span<T>(_start, _length);
    }

    /// <summary>Returns the address of an element. The memory does not move, so nothing is pinned.</summary>
    /// <param name="elementIndex">The index of the element; the length for the end of the memory.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was disposed in this process.</exception>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ThrowIfDisposed();
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length, nameof(elementIndex));
        return new MemoryHandle(_start + elementIndex, pinnable: this);
    }

    /// <summary>Does nothing: the memory does not move.</summary>
    public override void Unpin()
    {
    }

    /// <summary>
    /// Releases the memory in this process. It is used again or freed when no process has it and no message contains it. A second call does nothing.
    /// </summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // A constructor that threw leaves an object with a finalizer and nothing to release.
        if (_memory is not null && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _memory.Session.Objects.Release(_memory);
        }
    }

    /// <summary>Killed at any point: see the rows "send" and "start a child" of the segment entry in the internals.</summary>
    void IProcessHandle<SharedBuffer<T>>.WriteHandle(HandleWriter writer)
    {
        ThrowIfDisposed();
        writer.AddTravelling(writer.SenderKeepsReferences ? _memory.KeepForBody() : _memory.StartTravel());
        writer.Write(HandleWord.Of(_memory.Session, _memory.Segment.Id));
        writer.Write(_length);
        writer.Write((byte)(writer.SenderKeepsReferences ? 1 : 0));
        GC.KeepAlive(this);
    }

    static SharedBuffer<T> IProcessHandle<SharedBuffer<T>>.ReadHandle(ref HandleReader reader)
    {
        var word = reader.Read<long>();
        var length = reader.Read<int>();
        var isInFlight = reader.Read<byte>() == 0;
        var session = HandleWord.SessionOf(ref word);
        var memory = BufferObject.Open(session, SegmentId.FromWord(word), isInFlight)
            ?? throw new InvalidOperationException("The SharedBuffer does not exist any more: its session has ended.");
        if (length < 0 || (long)length * sizeof(T) > memory.Capacity)
        {
            session.Objects.Release(memory);
            throw new InvalidDataException($"The handle of a SharedBuffer names {length} elements of {sizeof(T)} bytes, and the shared memory has "
                + $"{memory.Capacity} bytes: the message is damaged.");
        }

        return new SharedBuffer<T>(memory, length);
    }

    private void ThrowIfDisposed()
    {
        if (Volatile.Read(ref _disposed) != 0)
        {
            ThrowDisposed();
        }
    }

    private static void ThrowDisposed() => throw new ObjectDisposedException(
        $"SharedBuffer<{typeof(T).Name}>",
        $"The SharedBuffer<{typeof(T).Name}> was disposed in this process; its memory may belong to another buffer now. Dispose a buffer after its "
        + "last use; a receiver has a buffer of its own and disposes that.");
}
