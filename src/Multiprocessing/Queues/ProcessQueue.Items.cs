using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>How the items of a queue cross: the one choice that every put and every take makes.</summary>
internal enum ItemMode
{
    /// <summary>
    /// Not raw. The choice between the other two is made when the first item crosses and not before, so that the program may register a serializer
    /// of its own until then.
    /// </summary>
    Undecided,

    /// <summary>Unmanaged values are copied as they lie in memory.</summary>
    Raw,

    /// <summary>
    /// Arrays of elements without references: the elements are copied once (<see cref="ArrayItem"/>). An item that is no such array, as null, is
    /// serialized.
    /// </summary>
    Array,

    /// <summary>All other items are serialized before they are put, and rebuilt after they were taken.</summary>
    Serialized,
}

/// <summary>The three ways of an item to the core and back (<see cref="ItemMode"/>).</summary>
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
public sealed partial class ProcessQueue<T>
{
    // An array of the wrong length is discarded: checking the item's length first costs less than a large one.
    private const int LargestGuess = 4096;

    private ItemMode _mode;
    private ArrayCodec? _codec;
    private int _lastArrayLength = -1;

    internal QueueCore Core
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_disposed)
            {
                ThrowDisposed();
            }

            return _core;
        }
    }

    private bool IsRaw => _mode is ItemMode.Raw;

    private ItemMode Mode => _mode is ItemMode.Undecided ? DecideMode() : _mode;

    private ArrayCodec? Codec => _codec ??= typeof(T).IsSZArray && CodecTable.For(typeof(T)) is ArrayCodec { IsRaw: true } codec ? codec : null;

    /// <summary>Puts one item, or the reason why not. Channel writers call it: a completed queue is no error for them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal QueueOutcome PutItem(in T item, Deadline deadline, CancellationToken cancellationToken)
    {
        if (IsRaw)
        {
            var payload = new RawPayload<T>(in item);
            return PutPayloads(ref payload, out _, deadline, cancellationToken);
        }

        return PutObject(item, deadline, cancellationToken);
    }

    private QueueOutcome PutObject(T item, Deadline deadline, CancellationToken cancellationToken) =>
        TryAsArray(item, out var array)
            ? PutPayloads(ref array, out _, deadline, cancellationToken)
            : PutSerialized(item, deadline, cancellationToken);

    /// <summary>One try to take an item. Blocked means that the queue was empty at one moment during the call.</summary>
    /// <param name="item">The item.</param>
    /// <param name="reuse">An array that may be overwritten if it has the item's length.</param>
    /// <param name="deadline">When to give up the lock of a stopped process.</param>
    /// <param name="cancellationToken">The same.</param>
    private QueueOutcome TakeOne(out T? item, Array? reuse, Deadline deadline, CancellationToken cancellationToken)
    {
        if (!IsRaw)
        {
            return Mode is ItemMode.Array
                ? TakeArray(out item, reuse, deadline, cancellationToken)
                : TakeSerialized(out item, deadline, cancellationToken);
        }

        // Not cleared before it is written: a large item would pay twice.
        Unsafe.SkipInit(out item);
        var sink = new RawSink<T>(ref item);
        var outcome = Core.Take(ref sink, 1, out _, deadline, cancellationToken);
        if (outcome is not QueueOutcome.Done)
        {
            item = default;
        }

        return outcome;
    }

    /// <inheritdoc cref="TakeOne(out T, Array, Deadline, CancellationToken)"/>
    private QueueOutcome TakeOne(out T? item, Deadline deadline, CancellationToken cancellationToken) =>
        TakeOne(out item, null, deadline, cancellationToken);

    private ItemMode DecideMode() => _mode = Codec is null ? ItemMode.Serialized : ItemMode.Array;

    private bool TryAsArray(T item, out ArrayPayload payload)
    {
        if (Mode is ItemMode.Array
            && item is Array array
            && array.GetType() == typeof(T)
            && array.LongLength * Codec!.Stride is var bytes and < ArrayItem.Most)
        {
            payload = new ArrayPayload(array, bytes);
            return true;
        }

        payload = default;
        return false;
    }

    private Array? Reusable(T? item) => !IsRaw && Mode is ItemMode.Array && item is Array array && array.GetType() == typeof(T) ? array : null;

    private QueueOutcome PutSerialized(T item, Deadline deadline, CancellationToken cancellationToken)
    {
        // Before the item is serialized: a completed or a disposed queue needs no serialization to refuse it.
        if (Core.IsCompletionRequested)
        {
            return QueueOutcome.Completed;
        }

        using var buffer = MessageBuffer.Rent();
        ValueSerializer.Serialize(buffer, item, "item");
        ItemTrailer.Append(buffer, _core.Session);
        var payload = new BufferPayload(buffer);
        return PutPayloads(ref payload, out _, deadline, cancellationToken);
    }

    /// <summary>
    /// The array is made before the read lock is taken, because nothing is allocated under a lock: with the last item's length if that is small,
    /// otherwise with the length that the first try found. If another consumer takes that item meanwhile and the next one has another length, it
    /// tries once more.
    /// </summary>
    private QueueOutcome TakeArray(out T? item, Array? array, Deadline deadline, CancellationToken cancellationToken)
    {
        var codec = Codec!;
        var core = Core;
        item = default;
        if (array is null && _lastArrayLength is var length and >= 0)
        {
            if (!core.MayHaveItems)
            {
                return QueueOutcome.Blocked;
            }

            array = codec.Allocate(length);
        }

        while (true)
        {
            var sink = new ArraySink(array, codec.Stride);
            var outcome = core.Take(ref sink, 1, out _, deadline, cancellationToken);
            if (outcome is QueueOutcome.Done)
            {
                item = Unsafe.As<Array, T>(ref array!);
                return outcome;
            }

            if (sink.Wanted == 0)
            {
                return outcome;
            }

            if (sink.WantedCount < 0 || sink.WantedCount * (long)codec.Stride >= ArrayItem.Most)
            {
                return TakeSerialized(out item, deadline, cancellationToken);
            }

            array = codec.Allocate(sink.WantedCount);
            _lastArrayLength = sink.WantedCount * (long)codec.Stride <= LargestGuess ? sink.WantedCount : -1;
        }
    }

    private unsafe QueueOutcome TakeSerialized(out T? item, Deadline deadline, CancellationToken cancellationToken)
    {
        var core = Core;
        var scratch = ScratchBuffer.Rent();
        var used = 0L;
        try
        {
            while (true)
            {
                var sink = new ScratchSink(scratch);
                var outcome = core.Take(ref sink, 1, out _, deadline, cancellationToken);
                if (outcome is QueueOutcome.Done)
                {
                    var data = scratch.Start + RecordHeader.Size;
                    used = *(long*)scratch.Start + RecordHeader.Size;
                    item = ValueSerializer.Deserialize<T>(ref data, data + *(long*)scratch.Start);
                    return outcome;
                }

                if (sink.Wanted == 0)
                {
                    item = default;
                    return outcome;
                }

                scratch.Grow(sink.Wanted);
            }
        }
        finally
        {
            scratch.Return(used);
        }
    }

    private void ThrowDisposed() => throw new ObjectDisposedException(GetType().Name, $"{_core.Described} was disposed in this process.");
}

/// <summary>An unmanaged value as it lies in memory, copied once: from the caller's variable into the ring.</summary>
internal readonly unsafe ref struct RawPayload<T>(ref readonly T value) : IPayloads
{
    private readonly ref readonly T _value = ref value;

    public int Count => 1;

    public long LengthOf(int index) => Unsafe.SizeOf<T>();

    public void CopyTo(int index, byte* destination) => Unsafe.WriteUnaligned(destination, _value);

    public void MarkSent(int from, int to)
    {
    }

    public void SetWaiting(bool isWaiting)
    {
    }
}

/// <summary>One unmanaged value, copied once: from the ring into the caller's variable.</summary>
internal readonly unsafe ref struct RawSink<T>(ref T? target) : ISink
{
    private readonly ref T? _target = ref target;

    public long Wanted => 0;

    public bool Accept(byte* data, long length)
    {
        if (length != Unsafe.SizeOf<T>())
        {
            return false;
        }

        _target = Unsafe.ReadUnaligned<T>(data);
        return true;
    }
}
