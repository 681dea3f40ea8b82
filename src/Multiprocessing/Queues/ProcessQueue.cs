using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Multiprocessing;

/// <summary>
/// A first-in-first-out queue between processes, and between the threads of one process, for any number of producers and consumers. It crosses to
/// another process when it is captured by a body, passed as an argument, or put into another queue; all these processes then use the same queue.
/// <para>
/// When <see cref="Put(T)"/> has returned, the item is in shared memory: <see cref="Count"/> is at least 1, <see cref="TryGet(out T)"/> succeeds, and
/// the process that put it may exit. A process killed at any instruction leaves the queue consistent; at most the item that it was putting or had
/// taken is lost. Items of one producer stay in order.
/// </para>
/// <para>All members are safe to call from any thread of any process at the same time.</para>
/// </summary>
/// <typeparam name="T">
/// The type of the items. Unmanaged types are copied as they lie in memory, all others are serialized by the call that puts them.
/// </typeparam>
/// <example>
/// <code>
/// using var queue = new ProcessQueue&lt;string>(capacity: 100);
/// using var producer = ChildProcess.Run(() =>
/// {
///     queue.Put("one");
///     queue.Put("two");
///     queue.Complete();
/// });
/// foreach (string item in queue.ReadAll())
/// {
///     Console.WriteLine(item);
/// }
/// </code>
/// </example>
[DebuggerDisplay("{DebuggerText,nq}")]
public sealed partial class ProcessQueue<T> : IDisposable, IProcessHandle<ProcessQueue<T>>, IProcessWaitable, IWaitable
{
    private static string? _itemTypeText;

    private readonly QueueCore _core;
    private volatile bool _disposed;
    private int _released;
    private QueueChannelReader<T>? _reader;
    private QueueChannelWriter<T>? _writer;

    /// <summary>Creates a queue.</summary>
    /// <param name="capacity">
    /// The maximum number of items; <see langword="null"/>, the default, for as many as fit into 1 GiB of shared memory.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is zero or less.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory (40 KiB).</exception>
    public ProcessQueue(int? capacity = null)
        : this(new ProcessQueueOptions { Capacity = capacity })
    {
    }

    /// <summary>Creates a queue.</summary>
    /// <param name="options">The options; read during the call only.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory (40 KiB).</exception>
    [OverloadResolutionPriority(1)] // for new ProcessQueue<T>(new() { ... })
    public ProcessQueue(ProcessQueueOptions options)
        : this(null, options, ValueSerializer<T>.IsRaw)
    {
    }

    /// <param name="session">Null for this process's own, which is created if necessary, but not before the options are checked.</param>
    /// <param name="options">The options.</param>
    /// <param name="raw">Items are copied as they lie in memory.</param>
    internal ProcessQueue(Session? session, ProcessQueueOptions options, bool raw)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(options);
        _mode = raw ? ItemMode.Raw : ItemMode.Undecided;
        _core = QueueCore.Create(session ?? Session.Current, options, raw ? Unsafe.SizeOf<T>() : 0, ItemTypeText);
    }

    private ProcessQueue(QueueCore core)
    {
        _core = core;
        _mode = core.RawSize != 0 ? ItemMode.Raw : ItemMode.Undecided;
    }

    /// <summary>Releases the queue when it was not disposed.</summary>
    ~ProcessQueue() => LastResort.Finalize(this, static queue => queue.Release());

    /// <summary>Gets the maximum number of items; <see langword="null"/> when only bytes limit the queue.</summary>
    public int? Capacity => Core.Capacity;

    /// <summary>Gets the number of items in the queue: exact at one moment during the call, and possibly different when it returns.</summary>
    public int Count => (int)Math.Min(Core.Count, int.MaxValue);

    /// <summary>
    /// Gets whether there was no item at one moment during the call. To end a reader use <see cref="Complete()"/> and <see cref="ReadAll"/> instead:
    /// items may be put into an empty queue later.
    /// </summary>
    public bool IsEmpty => Count == 0;

    /// <summary>Gets whether there were <see cref="Capacity"/> items at one moment during the call; always false without a capacity.</summary>
    public bool IsFull => Core.Capacity is { } capacity && Count >= capacity;

    /// <summary>Gets whether <see cref="Complete()"/> was called, in any process.</summary>
    public bool IsCompletionRequested => Core.IsCompletionRequested;

    /// <summary>Gets whether <see cref="Complete()"/> was called and all items were taken: no item will follow.</summary>
    public bool IsCompleted => Core.IsDrained;

    /// <summary>
    /// Gets a task that completes when <see cref="Complete()"/> was called and all items were taken; it fails with the error if there was one
    /// (<see cref="Complete(Exception)"/>). The same task as the <see cref="ChannelReader{T}.Completion"/> of <see cref="Reader"/>.
    /// </summary>
    public Task Completion => Reader.Completion;

    /// <summary>Gets the name given by <see cref="ProcessQueueOptions.DisplayName"/>.</summary>
    public string? DisplayName => _core.Name;

    /// <summary>Gets the taking side as a <see cref="ChannelReader{T}"/>, for code written for channels; the same object every time.</summary>
    public ChannelReader<T> Reader => _reader ?? Interlocked.CompareExchange(ref _reader, new QueueChannelReader<T>(this), null) ?? _reader;

    /// <summary>Gets the putting side as a <see cref="ChannelWriter{T}"/>, for code written for channels; the same object every time.</summary>
    public ChannelWriter<T> Writer => _writer ?? Interlocked.CompareExchange(ref _writer, new QueueChannelWriter<T>(this), null) ?? _writer;

    private static string ItemTypeText => _itemTypeText ??= TypeText.Of(typeof(T));

    private string DebuggerText => _disposed
        ? "disposed"
        : $"{DisplayName ?? "queue"}: {Count} of {Capacity?.ToString() ?? "unbounded"}{(IsCompletionRequested ? ", completed" : "")}";

    /// <summary>
    /// Marks the queue as complete: no more items will be put. Later puts, and puts that wait, throw <see cref="QueueCompletedException"/>. The items
    /// in the queue can still be taken; then <see cref="Get()"/> throws <see cref="QueueCompletedException"/> and <see cref="ReadAll"/> ends. It
    /// applies to all processes and cannot be undone; a second call does nothing.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The queue was disposed in this process.</exception>
    public void Complete()
    {
        Core.Complete(null);
        GC.KeepAlive(this);
    }

    /// <summary>
    /// Marks the queue as complete because of an error. As <see cref="Complete()"/>, and every process that sees the end also gets the error:
    /// as the <see cref="Exception.InnerException"/> of the <see cref="QueueCompletedException"/> that <see cref="Get()"/>, <see cref="ReadAll"/> and
    /// puts throw, and from the <see cref="ChannelReader{T}.Completion"/> of <see cref="Reader"/>. Items that are in the queue can be taken first. Of
    /// two errors the first one is kept.
    /// </summary>
    /// <param name="error">The error. If it cannot cross as it is, a <see cref="RemoteException"/> describes it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="error"/> is null.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory for the error; the queue is not completed.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed in this process.</exception>
    public void Complete(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        Core.Complete(error);
        GC.KeepAlive(this);
    }

    /// <summary>
    /// Releases the queue in this process; calls that wait throw <see cref="ObjectDisposedException"/>. The queue and its items are freed when its
    /// last holder releases it or, while it is in flight in a message, when the message was read. A second call does nothing.
    /// </summary>
    public void Dispose()
    {
        _disposed = true;
        Release();
        GC.SuppressFinalize(this);
    }

    void IProcessHandle<ProcessQueue<T>>.WriteHandle(HandleWriter writer)
    {
        writer.AddTravelling(writer.SenderKeepsReferences ? Core.KeepForBody() : Core.StartTravel());
        writer.Write(HandleWord.Of(_core.Session, _core.Segment.Id));
        writer.Write((byte)(writer.SenderKeepsReferences ? 1 : 0));
        GC.KeepAlive(this);
    }

    static ProcessQueue<T> IProcessHandle<ProcessQueue<T>>.ReadHandle(ref HandleReader reader)
    {
        var word = reader.Read<long>();
        return ReadHandle(HandleWord.SessionOf(ref word), SegmentId.FromWord(word), endsTravel: reader.Read<byte>() == 0);
    }

    /// <summary>This process becomes a holder before the in-transit count drops, so the queue always has a holder.</summary>
    internal static ProcessQueue<T> ReadHandle(Session session, SegmentId id, bool endsTravel)
    {
        try
        {
            return Open(session, id);
        }
        finally
        {
            if (endsTravel)
            {
                KillPoints.Pass(KillPoint.InFlightEnding);
                session.Segments.AddInFlight(id, -1);
            }
        }
    }

    internal static ProcessQueue<T> Open(Session session, SegmentId id)
    {
        var core = QueueCore.Open(session, id)
            ?? throw new InvalidOperationException("The queue does not exist any more: its session has ended.");
        var expected = core.RawSize == 0 ? 0 : Unsafe.SizeOf<T>();
        if (core.RawSize != expected || (expected != 0 && RuntimeHelpers.IsReferenceOrContainsReferences<T>()))
        {
            session.Objects.Release(core);
            throw new InvalidDataException(
                $"The queue's items have {core.RawSize} bytes; {typeof(T)} has another size. Both sides must use the same type.");
        }

        return new ProcessQueue<T>(core);
    }

    private void Release()
    {
        // A constructor that threw leaves an object with a finalizer and no core.
        if (_core is not null && Interlocked.Exchange(ref _released, 1) == 0)
        {
            // Waiting calls of this wrapper see that it is disposed; those of other wrappers check once more than needed.
            _core.Session.Objects.Release(_core);
            _core.ReleaseAsync();
        }
    }
}
