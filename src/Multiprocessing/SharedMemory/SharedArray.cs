using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// An array that processes share. Another process receives it when it is captured by a body, passed as an argument, or put into a queue. Only a
/// handle is sent, not the content, so the cost does not depend on the length. The memory is freed when every process that has the array has disposed
/// it or has ended.
/// <para>
/// Accesses of several processes to the elements are not synchronized: enter <see cref="Lock"/>, use the atomic operations, or use another lock,
/// event or queue of this library.
/// </para>
/// <para>
/// After <see cref="Dispose"/> all members throw, and so does a <see cref="Memory"/> that was taken before. A span is an address and cannot throw:
/// the memory stays mapped as long as this object is reachable, so keep a reference to it (<c>using</c>, a field, <see cref="GC.KeepAlive"/>) as long
/// as a span of it is in use.
/// </para>
/// </summary>
/// <typeparam name="T">Any unmanaged type, also one with several fields.</typeparam>
[DebuggerDisplay("Length = {Length}")]
public sealed unsafe partial class SharedArray<T> : IProcessHandle<SharedArray<T>>, IReadOnlyList<T>, IDisposable
    where T : unmanaged
{
    private readonly SharedBlock _block;
    private readonly T* _start;
    private readonly int _length;

    // The length, or 0 after Dispose: one comparison checks both.
    private int _usable;

    /// <summary>
    /// Initializes a new instance of the <see cref="SharedArray{T}"/> class with all elements zero. The memory is allocated when the call returns; it
    /// cannot run out later.
    /// </summary>
    /// <param name="length">The number of elements.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory.</exception>
    public SharedArray(int length)
        : this(Create(length), 0, length)
    {
    }

    /// <summary>
    /// Initializes a new instance of the <see cref="SharedArray{T}"/> class with the elements of another array, of a list, or of a span.
    /// </summary>
    /// <param name="content">The elements to copy.</param>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory.</exception>
    public SharedArray(ReadOnlySpan<T> content)
        : this(content.Length) => CopyFrom(content);

    /// <summary>
    /// Opens the array with a name, or creates it. All programs of this user that use the name get the same array. Its memory is freed when each of
    /// them has disposed it or has ended in any way. All elements are zero after creation.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters, case-sensitive. All kinds of objects share one set of names.</param>
    /// <param name="length">The number of elements; the same in all programs.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, to an array of another length or type or of another build of the type, or to programs of a build
    /// with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">Other users have access to the directory of the named objects.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory.</exception>
    public static SharedArray<T> OpenOrCreate(string name, int length) => OpenOrCreate(null, name, length);

    /// <summary>Opens the existing array with a name, whatever its length is.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has such an object with that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs of a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">Other users have access to the directory of the named objects.</exception>
    public static SharedArray<T> Open(string name) => NamedObject.Open(null, name, ItemBuild.IdentityOf<T>(nameof(SharedArray<T>), null), OpenNamed);

    /// <summary>Opens the array with a name if it exists.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">The opened object, or null.</param>
    /// <returns>False if no program has such an object with that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs of a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">Other users have access to the directory of the named objects.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out SharedArray<T>? opened) =>
        NamedObject.TryOpen(null, name, ItemBuild.IdentityOf<T>(nameof(SharedArray<T>), null), OpenNamed, out opened);

    internal static SharedArray<T> OpenOrCreate(Session? session, string name, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var wanted = ItemBuild.IdentityOf<T>(nameof(SharedArray<T>), $"{length} elements");
        return NamedObject.OpenOrCreate(session, name, wanted, OpenNamed, owner => new SharedArray<T>(Create(length, owner), 0, length));
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

    /// <summary>Gets the number of elements.</summary>
    public int Length => _length;

    /// <summary>Gets the lock of the array and of all its parts. It is recursive, and is disposed with this object.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public ProcessLock Lock => _block.Lock;

    /// <summary>Gets a span over the elements. All processes access the same memory.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public Span<T> Span
    {
        get
        {
            _block.ThrowIfDisposed();
            return new Span<T>(_start, _length);
        }
    }

    /// <summary>Gets the elements for asynchronous code. Accessing them after the array was disposed throws.</summary>
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
    /// Gets or sets an element. An element of 1, 2, 4 or 8 bytes is read and written as a whole, with acquire and release semantics: a reader that
    /// sees the element sees all writes before it. An element of another size is copied in pieces: if other threads may write it at the same time,
    /// read and write it inside <see cref="Lock"/>.
    /// </summary>
    /// <param name="index">The index of the element.</param>
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
    /// Returns a reference to an element, for access to one of its fields or for other atomic operations. It is an address: the memory stays mapped
    /// as long as this object is reachable, so keep a reference to this object.
    /// </summary>
    /// <inheritdoc cref="this[int]"/>
    public ref T GetReference(int index) => ref At(index);

    /// <summary>
    /// Returns a part of the array as an array with the same elements and the same lock. It can be sent to other processes like any other array. It
    /// keeps the whole memory; dispose it separately.
    /// </summary>
    /// <param name="start">The index of the first element.</param>
    /// <param name="length">The number.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is not inside the array.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public SharedArray<T> Slice(int start, int length)
    {
        _ = Span.Slice(start, length);
        return new SharedArray<T>(_block.Share(Name), OffsetOf(start), length);
    }

    /// <summary>Returns the same elements as rows and columns, row after row. Dispose the result separately.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <exception cref="ArgumentException">Rows times columns is not the length of the array.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public SharedArray2D<T> AsMatrix(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        return (long)rows * columns == _length
            ? new SharedArray2D<T>(Slice(0, _length), rows, columns)
            : throw new ArgumentException($"An array of {_length} elements does not have {rows} rows of {columns}.");
    }

    /// <summary>Copies elements into the array.</summary>
    /// <param name="source">The elements to copy.</param>
    /// <param name="start">The index at which the first one is stored.</param>
    /// <exception cref="ArgumentException">The array is too short for them.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public void CopyFrom(ReadOnlySpan<T> source, int start = 0)
    {
        source.CopyTo(Span[start..]);
        GC.KeepAlive(this);
    }

    /// <summary>Copies elements out of the array; their number is the length of the destination.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="start">The index of the first one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The array has fewer elements from there on.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public void CopyTo(Span<T> destination, int start = 0)
    {
        Span.Slice(start, destination.Length).CopyTo(destination);
        GC.KeepAlive(this);
    }

    /// <summary>Copies all elements into a new array of this process.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T[] ToArray()
    {
        var copy = Span.ToArray();
        GC.KeepAlive(this);
        return copy;
    }

    /// <summary>Sets all elements to a value.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public void Fill(T value)
    {
        Span.Fill(value);
        GC.KeepAlive(this);
    }

    /// <summary>Sets all elements to zero.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public void Clear()
    {
        Span.Clear();
        GC.KeepAlive(this);
    }

    /// <summary>Returns an enumerator for <c>foreach</c> that does not copy. It keeps the array reachable until the loop ends.</summary>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>
    /// Releases the array in this process. The memory is freed when no process holds it and no message contains it. A second call does nothing.
    /// </summary>
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

    /// <summary>Enumerates the elements. Writes of other threads during the loop may be seen or not.</summary>
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

        /// <summary>Gets the current element.</summary>
        public readonly ref readonly T Current => ref _span[_index];

        /// <summary>Advances to the next element.</summary>
        /// <returns>True if there is one.</returns>
        public bool MoveNext() => ++_index < _span.Length;

        /// <summary>Keeps the array reachable until the loop ends.</summary>
        public readonly void Dispose() => GC.KeepAlive(_array);
    }
}
