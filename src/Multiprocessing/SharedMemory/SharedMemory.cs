using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// Bytes that processes share. Another process receives the memory when it is captured by a body, passed as an argument, or put into a queue; only a
/// handle is sent, whatever the size. The memory is freed when every process that has it has disposed it or has ended. All processes have equal
/// rights: no death takes the memory from the others or leaves it behind.
/// <para>
/// Accesses of several processes to the bytes are not synchronized: enter <see cref="Lock"/>, or use another lock, event or queue of this library.
/// <see cref="AsArray{T}(long, int)"/> and <see cref="SharedArray{T}"/> have atomic operations.
/// </para>
/// <para>
/// After <see cref="Dispose"/> all members throw, and so does a <see cref="Memory"/> that was taken before. A span is an address and cannot throw:
/// the memory stays mapped as long as this object is reachable, so keep a reference to it (<c>using</c>, a field, <see cref="GC.KeepAlive"/>) as long
/// as a span of it is in use.
/// </para>
/// </summary>
/// <example>
/// <code>
/// using var memory = new SharedMemory(size: 1 &lt;&lt; 20);
/// using var child = ChildProcess.Run(() => memory.Span.Fill(7)); // the same bytes, not a copy
/// child.Wait();
/// Console.WriteLine(memory.Span[0]); // 7
/// </code>
/// </example>
[DebuggerDisplay("Size = {Size}")]
public sealed unsafe class SharedMemory : IProcessHandle<SharedMemory>, IDisposable
{
    private readonly SharedBlock _block;

    /// <summary>
    /// Initializes a new instance of the <see cref="SharedMemory"/> class with all bytes zero. The memory is allocated when the call returns; it
    /// cannot run out later.
    /// </summary>
    /// <param name="size">The number of bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is zero or negative.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory.</exception>
    public SharedMemory(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        _block = SharedBlock.Create(SegmentKind.Memory, size, nameof(SharedMemory));
    }

    private SharedMemory(SharedBlock block) => _block = block;

    /// <summary>Gets the number of bytes: exactly the number it was created with, in every process.</summary>
    public long Size => _block.Bytes;

    /// <summary>Gets the lock of the memory, for any use that its processes agree on. It is recursive, and is disposed with this object.</summary>
    /// <exception cref="ObjectDisposedException">The memory was disposed in this process.</exception>
    public ProcessLock Lock => _block.Lock;

    /// <summary>Gets a span over all bytes.</summary>
    /// <exception cref="InvalidOperationException">
    /// There are more bytes than a span can have (2 GiB); use <see cref="GetSpan(long, int)"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed in this process.</exception>
    public Span<byte> Span => GetSpan(0, Whole());

    /// <summary>Gets all bytes for asynchronous code. Accessing them after the memory was disposed throws.</summary>
    /// <exception cref="InvalidOperationException">
    /// There are more bytes than a <see cref="Memory{T}"/> can have (2 GiB); use <see cref="GetMemory(long, int)"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed in this process.</exception>
    public Memory<byte> Memory => GetMemory(0, Whole());

    /// <summary>
    /// Opens the memory with a name, or creates it. All programs of this user that use the name get the same memory. It is freed when each of them
    /// has disposed it or has ended in any way. All bytes are zero after creation.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters, case-sensitive. All kinds of objects share one set of names.</param>
    /// <param name="size">The number of bytes; the same in all programs.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, to memory of another size, or to programs of a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">Other users have access to the directory of the named objects.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is zero or negative.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory.</exception>
    public static SharedMemory OpenOrCreate(string name, long size) => OpenOrCreate(null, name, size);

    /// <summary>Opens the existing memory with a name, whatever its size is.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has such an object with that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs of a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">Other users have access to the directory of the named objects.</exception>
    public static SharedMemory Open(string name) => NamedObject.Open(null, name, NamedIdentity.Of<SharedMemory>(null), OpenNamed);

    /// <summary>Opens the memory with a name if it exists.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">The opened object, or null.</param>
    /// <returns>False if no program has such an object with that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs of a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">Other users have access to the directory of the named objects.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out SharedMemory? opened) =>
        NamedObject.TryOpen(null, name, NamedIdentity.Of<SharedMemory>(null), OpenNamed, out opened);

    internal static SharedMemory OpenOrCreate(Session? session, string name, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return NamedObject.OpenOrCreate(
            session,
            name,
            NamedIdentity.Of<SharedMemory>($"{size} bytes"),
            OpenNamed,
            owner => new SharedMemory(SharedBlock.Create(SegmentKind.Memory, size, nameof(SharedMemory), owner)));
    }

    private static SharedMemory? OpenNamed(Session session, SegmentId id) =>
        SharedBlock.Open(session, id, nameof(SharedMemory)) is { } block ? new SharedMemory(block) : null;

    /// <summary>Returns a span over some of the bytes.</summary>
    /// <param name="offset">The offset of the first byte.</param>
    /// <param name="length">The number.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not inside the memory.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed in this process.</exception>
    public Span<byte> GetSpan(long offset, int length) => new(At(offset, length, length), length);

    /// <summary>Returns some of the bytes for asynchronous code.</summary>
    /// <inheritdoc cref="GetSpan(long, int)"/>
    public Memory<byte> GetMemory(long offset, int length) => new BlockMemory<byte>(_block, At(offset, length, length), length).Whole();

    /// <summary>Returns a span over all bytes as elements of a type; a rest at the end that is too short for an element is left out.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <exception cref="InvalidOperationException">There are more elements than a span can have; use <see cref="AsSpan{T}(long, int)"/>.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed in this process.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged => AsSpan<T>(0, Whole(sizeof(T)));

    /// <summary>Returns a span over some of the bytes as elements of a type.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="offset">The offset of the first byte.</param>
    /// <param name="count">The number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not inside the memory.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed in this process.</exception>
    public Span<T> AsSpan<T>(long offset, int count)
        where T : unmanaged => new(At(offset, count, (long)count * sizeof(T)), count);

    /// <summary>
    /// Returns some of the bytes as an array with bounds checks and atomic operations. It can be sent to other processes like any other array, and
    /// keeps the memory. Dispose it separately.
    /// </summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="offset">
    /// The offset of the first byte; a multiple of the alignment of <typeparamref name="T"/>: of the largest power of two that divides its size, at
    /// most 8.
    /// </param>
    /// <param name="count">The number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not inside the memory.</exception>
    /// <exception cref="ArgumentException"><paramref name="offset"/> is not such a multiple.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed in this process.</exception>
    public SharedArray<T> AsArray<T>(long offset, int count)
        where T : unmanaged
    {
        _ = At(offset, count, (long)count * sizeof(T));

        // An element across two cache lines could be read in two halves.
        var alignment = Math.Min(8, 1 << int.TrailingZeroCount(sizeof(T)));
        return offset % alignment == 0
            ? SharedArray<T>.Over(_block, offset, count)
            : throw new ArgumentException($"Elements of {typeof(T)} begin at multiples of {alignment} bytes; {offset} is not one.", nameof(offset));
    }

    /// <summary>
    /// Releases the memory in this process. It is freed when no process holds it and no message contains it. A second call does nothing.
    /// </summary>
    public void Dispose() => _block.Dispose();

    void IProcessHandle<SharedMemory>.WriteHandle(HandleWriter writer) => _block.Write(writer);

    static SharedMemory IProcessHandle<SharedMemory>.ReadHandle(ref HandleReader reader) => new(SharedBlock.Read(ref reader, nameof(SharedMemory)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* At(long offset, int count, long bytes)
    {
        _block.ThrowIfDisposed();
        if ((ulong)offset > (ulong)Size || count < 0 || bytes > Size - offset)
        {
            ThrowOutside(offset, count, bytes);
        }

        return _block.Start + offset;
    }

    private void ThrowOutside(long offset, int count, long bytes) => throw new ArgumentOutOfRangeException(
        (ulong)offset > (ulong)Size ? nameof(offset) : nameof(count),
        count < 0 ? $"{count} is not a number of elements." : $"{bytes} bytes from offset {offset} on are not inside shared memory of {Size} bytes.");

    private int Whole(int elementSize = 1)
    {
        _block.ThrowIfDisposed();
        return Size / elementSize <= int.MaxValue
            ? (int)(Size / elementSize)
            : throw new InvalidOperationException(
                $"The shared memory has {Size} bytes, and a span or Memory<T> at most {int.MaxValue} elements. Use parts of it: GetSpan(offset, "
                + "length), GetMemory, AsSpan<T>(offset, count).");
    }
}
