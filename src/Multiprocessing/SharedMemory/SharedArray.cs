using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// An array that processes share. It crosses to another process when it is captured by a body, passed as an argument, or put into a queue: not its content but the array itself, so
/// that costs the same whatever its length. It goes when the last one has disposed it, or has ended.
/// <para>
/// Nothing orders what processes do to the elements: enter <see cref="Lock"/>, use the atomic operations, or another lock, event or queue of this library.
/// </para>
/// <para>
/// After <see cref="Dispose"/> all members throw, also those of <see cref="Memory"/> that was taken before. A span is an address and cannot: the memory stays mapped for as long as
/// this object can be reached, so hold on to it (<c>using</c>, a field, <see cref="GC.KeepAlive"/>) as long as a span of it is in use.
/// </para>
/// </summary>
/// <typeparam name="T">Any type without references, also one with several fields.</typeparam>
[DebuggerDisplay("Length = {Length}")]
public sealed unsafe partial class SharedArray<T> : IProcessHandle<SharedArray<T>>, IReadOnlyList<T>, IDisposable
    where T : unmanaged
{
    private readonly SharedBlock _block;
    private readonly T* _start;
    private readonly int _length;

    // The length, or 0 after Dispose: one comparison is the look at both.
    private int _usable;

    /// <summary>Creates an array, all of it zero. The machine has its memory ready when the call returns: it does not run out later.</summary>
    /// <param name="length">How many elements.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    public SharedArray(int length)
        : this(Create(length), 0, length)
    {
    }

    /// <summary>Creates an array with the elements of another one, of a list, or of a span.</summary>
    /// <param name="content">What to copy.</param>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    public SharedArray(ReadOnlySpan<T> content)
        : this(content.Length) => CopyFrom(content);

    /// <summary>
    /// Opens the array of a name, or creates it: all programs of this user that ask for the name get the same one, whoever started them. It goes when the last of them has disposed it, or has
    /// ended, however that was. It is all zero when it is created.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters; case counts. All kinds of objects share the names.</param>
    /// <param name="length">How many elements; the same for all.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, to an array of another length or type, or of a type of another build, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    public static SharedArray<T> OpenOrCreate(string name, int length) => OpenOrCreate(null, name, length);

    /// <summary>Opens the array of a name, as the programs have it that created it.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has one of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static SharedArray<T> Open(string name) => NamedObject.Open(null, name, ItemBuild.IdentityOf<T>(nameof(SharedArray<T>), null), OpenNamed);

    /// <summary>Opens the array of a name if there is one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">It, or null.</param>
    /// <returns>False if no program has one of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out SharedArray<T>? opened) => NamedObject.TryOpen(null, name, ItemBuild.IdentityOf<T>(nameof(SharedArray<T>), null), OpenNamed, out opened);

    internal static SharedArray<T> OpenOrCreate(Session? session, string name, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return NamedObject.OpenOrCreate(session, name, ItemBuild.IdentityOf<T>(nameof(SharedArray<T>), $"{length} elements"), OpenNamed, owner => new SharedArray<T>(Create(length, owner), 0, length));
    }

    private static SharedArray<T>? OpenNamed(Session session, SegmentId id) =>
        SharedBlock.Open(session, id, Name) is { } block ? new SharedArray<T>(block, 0, (int)(block.Bytes / sizeof(T))) : null;

    private SharedArray(SharedBlock block, long offset, int length)
    {
        _block = block;
        _start = (T*)(block.Start + offset);
        _length = length;
        _usable = length;
    }

    /// <summary>How many elements.</summary>
    public int Length => _length;

    /// <summary>A lock that comes with the array, and with all parts of it. It may be entered again by who holds it, and it is disposed with this object.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public ProcessLock Lock => _block.Lock;

    /// <summary>The elements, which are in all processes the same.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public Span<T> Span
    {
        get
        {
            _block.ThrowIfDisposed();
            return new Span<T>(_start, _length);
        }
    }

    /// <summary>The elements, for asynchronous code. It throws when it is looked at after the array was disposed.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public Memory<T> Memory
    {
        get
        {
            _block.ThrowIfDisposed();
            return new BlockMemory<T>(_block, _start, _length).Whole();
        }
    }

    int IReadOnlyCollection<T>.Count => _length;

    private static string Name => $"SharedArray<{typeof(T).Name}>";

    /// <summary>
    /// An element. One of 1, 2, 4 or 8 bytes is read and written whole, and what was written before it is seen by who reads it (acquire, release). One of another size is copied piece
    /// by piece: where others may write it at the same time, read and write it inside <see cref="Lock"/>.
    /// </summary>
    /// <param name="index">Which one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T this[int index]
    {
        get
        {
            var value = SharedAtomics.Read(ref At(index));
            GC.KeepAlive(this);
            return value;
        }

        set
        {
            SharedAtomics.Write(ref At(index), value);
            GC.KeepAlive(this);
        }
    }

    /// <summary>
    /// The element itself, for a field of it or an operation that is not here. It is an address: the memory stays mapped for as long as this object can be reached, so hold on to that.
    /// </summary>
    /// <inheritdoc cref="this[int]"/>
    public ref T GetReference(int index) => ref At(index);

    /// <summary>
    /// A part of the array as an array of its own, with the same elements and the same lock. It crosses like any other. It keeps the whole memory, and is to be disposed on its own.
    /// </summary>
    /// <param name="start">The first element.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not in the array.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public SharedArray<T> Slice(int start, int length)
    {
        _ = Span.Slice(start, length);
        return new SharedArray<T>(_block.Share(Name), OffsetOf(start), length);
    }

    /// <summary>The same elements in rows and columns, row after row. To be disposed on its own.</summary>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns.</param>
    /// <exception cref="ArgumentException">That many do not make the length of the array.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public SharedArray2D<T> AsMatrix(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        return (long)rows * columns == _length
            ? new SharedArray2D<T>(Slice(0, _length), rows, columns)
            : throw new ArgumentException($"An array of {_length} elements is not {rows} rows of {columns}.");
    }

    /// <summary>Copies elements into the array.</summary>
    /// <param name="source">What to copy.</param>
    /// <param name="start">Where the first of them goes.</param>
    /// <exception cref="ArgumentException">There is no room for them.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public void CopyFrom(ReadOnlySpan<T> source, int start = 0)
    {
        source.CopyTo(Span[start..]);
        GC.KeepAlive(this);
    }

    /// <summary>Copies elements out of the array, as many as there is room for at the destination.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="start">The first one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many from there on.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public void CopyTo(Span<T> destination, int start = 0)
    {
        Span.Slice(start, destination.Length).CopyTo(destination);
        GC.KeepAlive(this);
    }

    /// <summary>Copies all elements into an array of this process.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T[] ToArray()
    {
        var copy = Span.ToArray();
        GC.KeepAlive(this);
        return copy;
    }

    /// <summary>Makes all elements the same.</summary>
    /// <param name="value">What they are made.</param>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public void Fill(T value)
    {
        Span.Fill(value);
        GC.KeepAlive(this);
    }

    /// <summary>Makes all elements zero.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public void Clear()
    {
        Span.Clear();
        GC.KeepAlive(this);
    }

    /// <summary>For <c>foreach</c>, without a copy. It keeps the array until the loop has ended.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Lets go of the array in this process. It goes with its last holder or, while a message has it, when the message was read. A second call does nothing.</summary>
    public void Dispose()
    {
        _usable = 0;
        _block.Dispose();
    }

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => Enumerate();

    IEnumerator IEnumerable.GetEnumerator() => Enumerate();

    void IProcessHandle<SharedArray<T>>.WriteHandle(HandleWriter writer) => Write(writer);

    static SharedArray<T> IProcessHandle<SharedArray<T>>.ReadHandle(ref HandleReader reader) => Read(ref reader);

    internal static SharedArray<T> Over(SharedBlock block, long offset, int length) => new(block.Share(Name), offset, length);

    internal void Write(HandleWriter writer)
    {
        _block.Write(writer);
        writer.Write(OffsetOf(0));
        writer.Write(_length);
    }

    internal static SharedArray<T> Read(ref HandleReader reader)
    {
        var block = SharedBlock.Read(ref reader, Name);
        var offset = reader.Read<long>();
        var length = reader.Read<int>();
        block.CheckPart(offset, (long)length * sizeof(T));
        return new SharedArray<T>(block, offset, length);
    }

    private static SharedBlock Create(int length, Session? session = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return SharedBlock.Create(SegmentKind.Array, (long)length * sizeof(T), Name, session);
    }

    private long OffsetOf(int index) => (byte*)(_start + index) - _block.Start;

    private IEnumerator<T> Enumerate()
    {
        for (var i = 0; i < _length; i++)
        {
            yield return this[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref T At(int index)
    {
        if ((uint)index >= (uint)_usable)
        {
            ThrowUnusable(index);
        }

        return ref _start[index];
    }

    private void ThrowUnusable(int index)
    {
        if ((uint)index < (uint)_length)
        {
            _block.ThrowDisposed();
        }

        _block.ThrowIfDisposed();
        throw new ArgumentOutOfRangeException(nameof(index), index, $"The array has {_length} elements.");
    }

    /// <summary>Goes through the elements. What others write meanwhile may be seen or not.</summary>
    /// <example>
    /// <code>
    /// using var numbers = new SharedArray&lt;int>([1, 2, 3]);
    /// var sum = 0;
    /// foreach (int number in numbers)
    /// {
    ///     sum += number;
    /// }
    /// </code>
    /// </example>
    public ref struct Enumerator
    {
        private readonly SharedArray<T> _array;
        private readonly ReadOnlySpan<T> _span;
        private int _index = -1;

        internal Enumerator(SharedArray<T> array)
        {
            _array = array;
            _span = array.Span;
        }

        /// <summary>The element.</summary>
        public readonly ref readonly T Current => ref _span[_index];

        /// <summary>Goes on to the next one.</summary>
        /// <returns>Whether there is one.</returns>
        public bool MoveNext() => ++_index < _span.Length;

        /// <summary>Lets go of the array, which must not go before the loop ends.</summary>
        public readonly void Dispose() => GC.KeepAlive(_array);
    }
}
