using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// Bytes that processes share. It crosses to another process when it is captured by a body, passed as an argument, or put into a queue; all of them then have the same memory,
/// whatever its size. It goes when the last one has disposed it, or has ended: nobody owns it more than the others, and nobody's death takes it from them or leaves it behind.
/// <para>
/// Nothing orders what processes do to the bytes: enter <see cref="Lock"/>, or use another lock, event or queue of this library. <see cref="AsArray{T}(long, int)"/> and
/// <see cref="SharedArray{T}"/> have atomic operations.
/// </para>
/// <para>
/// After <see cref="Dispose"/> all members throw, also those of <see cref="Memory"/> that was taken before. A span is an address and cannot: the memory stays mapped for as long as
/// this object can be reached, so hold on to it (<c>using</c>, a field, <see cref="GC.KeepAlive"/>) as long as a span of it is in use.
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

    /// <summary>Creates memory, all of it zero. The machine has it ready when the call returns: it does not run out later.</summary>
    /// <param name="size">How many bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is not above zero.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    public SharedMemory(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        _block = SharedBlock.Create(SegmentKind.Memory, size, nameof(SharedMemory));
    }

    private SharedMemory(SharedBlock block) => _block = block;

    /// <summary>How many bytes: exactly as many as it was created with, in every process.</summary>
    public long Size => _block.Bytes;

    /// <summary>A lock that comes with the memory, for whatever its users agree to guard by it. It may be entered again by who holds it, and it is disposed with this object.</summary>
    /// <exception cref="ObjectDisposedException">The memory was disposed in this process.</exception>
    public ProcessLock Lock => _block.Lock;

    /// <summary>All bytes.</summary>
    /// <exception cref="InvalidOperationException">There are more than a span can have (2 GiB); use <see cref="GetSpan(long, int)"/>.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed in this process.</exception>
    public Span<byte> Span => GetSpan(0, Whole());

    /// <summary>All bytes, for asynchronous code. It throws when it is looked at after the memory was disposed.</summary>
    /// <exception cref="InvalidOperationException">There are more than a <see cref="Memory{T}"/> can have (2 GiB); use <see cref="GetMemory(long, int)"/>.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed in this process.</exception>
    public Memory<byte> Memory => GetMemory(0, Whole());

    /// <summary>
    /// Opens the memory of a name, or creates it: all programs of this user that ask for the name get the same one, whoever started them. It goes when the last of them has disposed it, or has
    /// ended, however that was. It is all zero when it is created.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters; case counts. All kinds of objects share the names.</param>
    /// <param name="size">How many bytes; the same for all.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, to memory of another size, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is not above zero.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    public static SharedMemory OpenOrCreate(string name, long size) => OpenOrCreate(null, name, size);

    /// <summary>Opens the memory of a name, as the programs have it that created it.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has one of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static SharedMemory Open(string name) => NamedObject.Open(null, name, NamedIdentity.Of<SharedMemory>(null), OpenNamed);

    /// <summary>Opens the memory of a name if there is one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">It, or null.</param>
    /// <returns>False if no program has one of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out SharedMemory? opened) => NamedObject.TryOpen(null, name, NamedIdentity.Of<SharedMemory>(null), OpenNamed, out opened);

    internal static SharedMemory OpenOrCreate(Session? session, string name, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return NamedObject.OpenOrCreate(session, name, NamedIdentity.Of<SharedMemory>($"{size} bytes"), OpenNamed, owner => new SharedMemory(SharedBlock.Create(SegmentKind.Memory, size, nameof(SharedMemory), owner)));
    }

    private static SharedMemory? OpenNamed(Session session, SegmentId id) => SharedBlock.Open(session, id, nameof(SharedMemory)) is { } block ? new SharedMemory(block) : null;

    /// <summary>Some of the bytes.</summary>
    /// <param name="offset">The first one.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie in the memory.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed in this process.</exception>
    public Span<byte> GetSpan(long offset, int length) => new(At(offset, length, length), length);

    /// <summary>Some of the bytes, for asynchronous code.</summary>
    /// <inheritdoc cref="GetSpan(long, int)"/>
    public Memory<byte> GetMemory(long offset, int length) => new BlockMemory<byte>(_block, At(offset, length, length), length).Whole();

    /// <summary>All bytes as elements of a type; what is left over at the end is left out.</summary>
    /// <typeparam name="T">What lies in the memory.</typeparam>
    /// <exception cref="InvalidOperationException">There are more elements than a span can have; use <see cref="AsSpan{T}(long, int)"/>.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed in this process.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged => AsSpan<T>(0, Whole(sizeof(T)));

    /// <summary>Some of the bytes as elements of a type.</summary>
    /// <typeparam name="T">What lies in the memory.</typeparam>
    /// <param name="offset">The first byte.</param>
    /// <param name="count">How many elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie in the memory.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed in this process.</exception>
    public Span<T> AsSpan<T>(long offset, int count)
        where T : unmanaged => new(At(offset, count, (long)count * sizeof(T)), count);

    /// <summary>Some of the bytes as an array, with its bounds and atomic operations. It crosses like any other, and keeps the memory; to be disposed on its own.</summary>
    /// <typeparam name="T">What lies in the memory.</typeparam>
    /// <param name="offset">The first byte; for atomic operations a multiple of the size of what <typeparamref name="T"/> consists of (up to 8).</param>
    /// <param name="count">How many elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie in the memory.</exception>
    /// <exception cref="ArgumentException"><paramref name="offset"/> is no such multiple.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed in this process.</exception>
    public SharedArray<T> AsArray<T>(long offset, int count)
        where T : unmanaged
    {
        _ = At(offset, count, (long)count * sizeof(T));

        // An element across two cache lines could be read half.
        var alignment = Math.Min(8, 1 << int.TrailingZeroCount(sizeof(T)));
        return offset % alignment == 0
            ? SharedArray<T>.Over(_block, offset, count)
            : throw new ArgumentException($"Elements of {typeof(T)} begin at multiples of {alignment} bytes, and {offset} is none.", nameof(offset));
    }

    /// <summary>Lets go of the memory in this process. It goes with its last holder or, while a message has it, when the message was read. A second call does nothing.</summary>
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
        count < 0 ? $"{count} is not a number of elements." : $"{bytes} bytes from {offset} on do not lie in shared memory of {Size} bytes.");

    private int Whole(int elementSize = 1)
    {
        _block.ThrowIfDisposed();
        return Size / elementSize <= int.MaxValue
            ? (int)(Size / elementSize)
            : throw new InvalidOperationException(
                $"The shared memory has {Size} bytes, and a span or Memory<T> at most {int.MaxValue} elements. Take parts of it: GetSpan(offset, length), GetMemory, AsSpan<T>(offset, count).");
    }
}
