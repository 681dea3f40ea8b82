using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// A value that processes share. Another process receives it when it is captured by a body, passed as an argument, or put into a queue; all of them
/// then access the same value. The memory is freed when every process that has the value has disposed it or has ended.
/// <para>
/// The atomic operations have the names and results of <see cref="Interlocked"/> and apply to all processes. Make a change that no single operation
/// makes, such as a change of a value with several fields, inside <see cref="Lock"/>.
/// </para>
/// <para>All members are thread-safe, also across processes. After <see cref="Dispose"/> all of them throw.</para>
/// </summary>
/// <typeparam name="T">Any unmanaged type, also one with several fields.</typeparam>
/// <example>
/// <code>
/// using var counter = new SharedValue&lt;long>();
/// using var first = ChildProcess.Run(() => counter.Add(1)); // atomic
/// using var second = ChildProcess.Run(() => counter.Add(2));
/// first.Wait();
/// second.Wait();
/// Console.WriteLine(counter.Value); // 3
/// </code>
/// </example>
[DebuggerDisplay("{DebuggerText,nq}")]
public sealed unsafe class SharedValue<T> : IProcessHandle<SharedValue<T>>, IDisposable
    where T : unmanaged
{
    private readonly SharedBlock _block;
    private readonly T* _at;

    /// <summary>Initializes a new instance of the <see cref="SharedValue{T}"/> class.</summary>
    /// <param name="value">The initial value. The default value is that of the type.</param>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory (4 KiB for a small value).</exception>
    public SharedValue(T value = default)
        : this(SharedBlock.Create(SegmentKind.Array, sizeof(T), Name))
    {
        *_at = value;
        GC.KeepAlive(this);
    }

    /// <summary>
    /// Opens the value with a name, or creates it. All programs of this user that use the name get the same value. Its memory is freed when each of
    /// them has disposed it or has ended in any way.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters, case-sensitive. All kinds of objects share one set of names.</param>
    /// <param name="value">The initial value if this call creates it; otherwise ignored.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, to a value of another type or of another build of the type, or to programs of a build with another
    /// layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">Other users have access to the directory of the named objects.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory.</exception>
    public static SharedValue<T> OpenOrCreate(string name, T value = default) => OpenOrCreate(null, name, value);

    /// <summary>Opens the existing value with a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has such an object with that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs of a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">Other users have access to the directory of the named objects.</exception>
    public static SharedValue<T> Open(string name) => NamedObject.Open(null, name, ItemBuild.IdentityOf<T>(nameof(SharedValue<T>), null), OpenNamed);

    /// <summary>Opens the value with a name if it exists.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">The opened object, or null.</param>
    /// <returns>False if no program has such an object with that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">
    /// The name belongs to another kind of object, or to programs of a build with another layout.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">Other users have access to the directory of the named objects.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out SharedValue<T>? opened) =>
        NamedObject.TryOpen(null, name, ItemBuild.IdentityOf<T>(nameof(SharedValue<T>), null), OpenNamed, out opened);

    internal static SharedValue<T> OpenOrCreate(Session? session, string name, T value)
    {
        return NamedObject.OpenOrCreate(session, name, ItemBuild.IdentityOf<T>(nameof(SharedValue<T>), ""), OpenNamed, owner =>
        {
            var created = new SharedValue<T>(SharedBlock.Create(SegmentKind.Array, sizeof(T), Name, owner));
            *created._at = value;
            return created;
        });
    }

    private static SharedValue<T>? OpenNamed(Session session, SegmentId id) =>
        SharedBlock.Open(session, id, Name) is { } block ? new SharedValue<T>(block) : null;

    private SharedValue(SharedBlock block)
    {
        block.CheckPart(0, sizeof(T));
        _block = block;
        _at = (T*)block.Start;
    }

    /// <summary>
    /// Gets or sets the value. A value of 1, 2, 4 or 8 bytes is read and written as a whole, with acquire and release semantics: a reader that sees
    /// the value sees all writes before it. A value of another size is copied in pieces: if other threads may write it at the same time, read and
    /// write it inside <see cref="Lock"/>. <c>Value += x</c> is a read and a write, not an atomic <see cref="Add"/>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
    public T Value
    {
        get
        {
            var value = SharedAtomics.Read(ref At());
            GC.KeepAlive(this);
            return value;
        }

        set
        {
            SharedAtomics.Write(ref At(), value);
            GC.KeepAlive(this);
        }
    }

    /// <summary>
    /// Gets a reference to the value, for access to one of its fields or for other atomic operations. It is an address: the memory stays mapped as
    /// long as this object is reachable, so keep a reference to this object.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
    public ref T Reference => ref At();

    /// <summary>Gets the lock of the value. It is recursive, and is disposed with this object.</summary>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
    public ProcessLock Lock => _block.Lock;

    private static string Name => $"SharedValue<{typeof(T).Name}>";

    private string DebuggerText => _block.IsDisposed ? "disposed" : Value.ToString() ?? "";

    /// <summary>Adds to the value, as an atomic operation.</summary>
    /// <param name="value">The value to add; negative to subtract.</param>
    /// <returns>The sum. Integers wrap around.</returns>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is not an integer of up to 8 bytes, Half, float or double.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
    public T Add(T value)
    {
        var sum = SharedAtomics.Add(ref At(), value);
        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>Adds one, as an atomic operation.</summary>
    /// <returns>The new value.</returns>
    /// <inheritdoc cref="Add"/>
    public T Increment()
    {
        var sum = SharedAtomics.Increment(ref At());
        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>Subtracts one, as an atomic operation.</summary>
    /// <returns>The new value.</returns>
    /// <inheritdoc cref="Add"/>
    public T Decrement()
    {
        var sum = SharedAtomics.Decrement(ref At());
        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>Combines the value with another one by bitwise AND, as an atomic operation.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The original value.</returns>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is not an integer of up to 8 bytes, an enumeration or bool.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
    public T And(T value)
    {
        var before = SharedAtomics.And(ref At(), value);
        GC.KeepAlive(this);
        return before;
    }

    /// <summary>Combines the value with another one by bitwise OR, as an atomic operation.</summary>
    /// <inheritdoc cref="And"/>
    public T Or(T value)
    {
        var before = SharedAtomics.Or(ref At(), value);
        GC.KeepAlive(this);
        return before;
    }

    /// <summary>Sets the value, as an atomic operation.</summary>
    /// <param name="value">The new value.</param>
    /// <returns>The original value.</returns>
    /// <exception cref="NotSupportedException">The size of <typeparamref name="T"/> is not 1, 2, 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
    public T Exchange(T value)
    {
        var before = SharedAtomics.Exchange(ref At(), value);
        GC.KeepAlive(this);
        return before;
    }

    /// <summary>
    /// Sets the value if it equals another one bit by bit, as an atomic operation (0.0 is not -0.0, and the padding between fields counts).
    /// </summary>
    /// <param name="value">The new value.</param>
    /// <param name="comparand">The value to compare with.</param>
    /// <inheritdoc cref="Exchange"/>
    public T CompareExchange(T value, T comparand)
    {
        var before = SharedAtomics.CompareExchange(ref At(), value, comparand);
        GC.KeepAlive(this);
        return before;
    }

    /// <summary>
    /// Releases the value in this process. The memory is freed when no process holds it and no message contains it. A second call does nothing.
    /// </summary>
    public void Dispose() => _block.Dispose();

    void IProcessHandle<SharedValue<T>>.WriteHandle(HandleWriter writer) => _block.Write(writer);

    static SharedValue<T> IProcessHandle<SharedValue<T>>.ReadHandle(ref HandleReader reader) => new(SharedBlock.Read(ref reader, Name));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref T At()
    {
        _block.ThrowIfDisposed();
        return ref *_at;
    }
}
