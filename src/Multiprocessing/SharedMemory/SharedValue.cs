using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// A value that processes share. It crosses to another process when it is captured by a body, passed as an argument, or put into a queue; all of them then have the same one.
/// It goes when the last one has disposed it, or has ended.
/// <para>
/// The atomic operations are those of <see cref="Interlocked"/>, with the same names and results, for all processes at once. What no single one of them does, such as a change of a
/// value with several fields, is done inside <see cref="Lock"/>.
/// </para>
/// <para>All members are safe to call from any thread of any process at the same time. After <see cref="Dispose"/> all of them throw.</para>
/// </summary>
/// <typeparam name="T">Any type without references, also one with several fields.</typeparam>
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

    /// <summary>Creates a value.</summary>
    /// <param name="value">What it is at first. The default value is that of the type.</param>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it (4 KiB for a small one).</exception>
    public SharedValue(T value = default)
        : this(SharedBlock.Create(SegmentKind.Array, sizeof(T), Name))
    {
        *_at = value;
        GC.KeepAlive(this);
    }

    /// <summary>
    /// Opens the value of a name, or creates it: all programs of this user that ask for the name get the same one, whoever started them. It goes when the last of them has disposed it, or has
    /// ended, however that was.
    /// </summary>
    /// <param name="name">The name: 1 to 128 characters, no control characters; case counts. All kinds of objects share the names.</param>
    /// <param name="value">What it is at first, if it is created here; otherwise it means nothing.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, to a value of another type, or of a type of another build, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for it.</exception>
    public static SharedValue<T> OpenOrCreate(string name, T value = default) => OpenOrCreate(null, name, value);

    /// <summary>Opens the value of a name, as the programs have it that created it.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="NamedObjectNotFoundException">No program has one of that name.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static SharedValue<T> Open(string name) => NamedObject.Open(null, name, ItemBuild.IdentityOf<T>(nameof(SharedValue<T>), null), OpenNamed);

    /// <summary>Opens the value of a name if there is one.</summary>
    /// <param name="name">The name.</param>
    /// <param name="opened">It, or null.</param>
    /// <returns>False if no program has one of that name.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, longer than 128 characters, or has a control character.</exception>
    /// <exception cref="NamedObjectMismatchException">The name belongs to something else, or to programs of a build with another layout.</exception>
    /// <exception cref="UnauthorizedAccessException">The place where programs meet is not this user's alone.</exception>
    public static bool TryOpen(string name, [NotNullWhen(true)] out SharedValue<T>? opened) => NamedObject.TryOpen(null, name, ItemBuild.IdentityOf<T>(nameof(SharedValue<T>), null), OpenNamed, out opened);

    internal static SharedValue<T> OpenOrCreate(Session? session, string name, T value)
    {
        return NamedObject.OpenOrCreate(session, name, ItemBuild.IdentityOf<T>(nameof(SharedValue<T>), ""), OpenNamed, owner =>
        {
            var created = new SharedValue<T>(SharedBlock.Create(SegmentKind.Array, sizeof(T), Name, owner));
            *created._at = value;
            return created;
        });
    }

    private static SharedValue<T>? OpenNamed(Session session, SegmentId id) => SharedBlock.Open(session, id, Name) is { } block ? new SharedValue<T>(block) : null;

    private SharedValue(SharedBlock block)
    {
        block.CheckPart(0, sizeof(T));
        _block = block;
        _at = (T*)block.Start;
    }

    /// <summary>
    /// The value. One of 1, 2, 4 or 8 bytes is read and written whole, and what was written before it is seen by who reads it (acquire, release). One of another size is copied piece
    /// by piece: where others may write it at the same time, read and write it inside <see cref="Lock"/>. <c>Value += x</c> is a read and a write, and not <see cref="Add"/>.
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
    /// The value itself, for a field of it or an operation that is not here. It is an address: the memory stays mapped for as long as this object can be reached, so hold on to that.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
    public ref T Reference => ref At();

    /// <summary>A lock that comes with the value. It may be entered again by who holds it, and it is disposed with this object.</summary>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
    public ProcessLock Lock => _block.Lock;

    private static string Name => $"SharedValue<{typeof(T).Name}>";

    private string DebuggerText => _block.IsDisposed ? "disposed" : Value.ToString() ?? "";

    /// <summary>Adds to the value.</summary>
    /// <param name="value">What to add; below zero to subtract.</param>
    /// <returns>The sum. Integers wrap around.</returns>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is no integer of up to 8 bytes, Half, float or double.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
    public T Add(T value)
    {
        var sum = SharedAtomics.Add(ref At(), value);
        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>Adds one.</summary>
    /// <returns>The value after that.</returns>
    /// <inheritdoc cref="Add"/>
    public T Increment()
    {
        var sum = SharedAtomics.Increment(ref At());
        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>Takes one away.</summary>
    /// <returns>The value after that.</returns>
    /// <inheritdoc cref="Add"/>
    public T Decrement()
    {
        var sum = SharedAtomics.Decrement(ref At());
        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>Leaves only those bits that are set in both.</summary>
    /// <param name="value">The bits.</param>
    /// <returns>The value before that.</returns>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is no integer of up to 8 bytes, enumeration or bool.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
    public T And(T value)
    {
        var before = SharedAtomics.And(ref At(), value);
        GC.KeepAlive(this);
        return before;
    }

    /// <summary>Sets those bits that are set in either.</summary>
    /// <inheritdoc cref="And"/>
    public T Or(T value)
    {
        var before = SharedAtomics.Or(ref At(), value);
        GC.KeepAlive(this);
        return before;
    }

    /// <summary>Puts another value in its place.</summary>
    /// <param name="value">The other value.</param>
    /// <returns>The value before that.</returns>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> has not 1, 2, 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
    public T Exchange(T value)
    {
        var before = SharedAtomics.Exchange(ref At(), value);
        GC.KeepAlive(this);
        return before;
    }

    /// <summary>Puts another value in its place if it is what it is thought to be, bit by bit (0.0 is not -0.0, and what lies between the fields of a value counts).</summary>
    /// <param name="value">The other value.</param>
    /// <param name="comparand">What it is thought to be.</param>
    /// <inheritdoc cref="Exchange"/>
    public T CompareExchange(T value, T comparand)
    {
        var before = SharedAtomics.CompareExchange(ref At(), value, comparand);
        GC.KeepAlive(this);
        return before;
    }

    /// <summary>Lets go of the value in this process. It goes with its last holder or, while a message has it, when the message was read. A second call does nothing.</summary>
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
