using System.Diagnostics;
using System.Runtime.Serialization;
using Apache.Arrow;

namespace Multiprocessing;

/// <summary>
/// A record batch of Apache Arrow in shared memory that is passed from process to process without a copy: it is written once, a queue, a child, a
/// pool, a pipe or a service receives its handle, and each process reads the columns in place. Columns of all types cross that Arrow's stream format
/// has in .NET, with nulls, strings, dictionaries and nested types.
/// <para>
/// What holds for a <see cref="SharedBuffer{T}"/> holds here. Each process that has the batch disposes it; the memory is used again or freed when the
/// last process has disposed it or has ended in any way, and no message contains it. Sending does not take it from the sender; see
/// <see cref="HandOver"/>. The content does not change.
/// </para>
/// <para>
/// After <see cref="Dispose"/> the columns throw <see cref="ObjectDisposedException"/>. A span of a column is an address and cannot throw: do not use
/// it then, and keep a reference to this object (<c>using</c>, a field, <see cref="GC.KeepAlive"/>) as long as a span of a column is in use.
/// </para>
/// </summary>
/// <example>
/// <code>
/// using RecordBatch sales = new RecordBatch.Builder()
///     .Append("article", nullable: false, column => column.String(texts => texts.Append("tea").Append("milk")))
///     .Append("amount", nullable: true, column => column.Int64(numbers => numbers.Append(5).AppendNull()))
///     .Build();
/// using var shared = new SharedRecordBatch(sales); // written once
/// using var child = ChildProcess.Run(() => ((Int64Array)shared.Batch.Column("amount")).Sum(amount => amount ?? 0)); // read in place
/// Console.WriteLine(sum = child.Result.Result); // 5
/// </code>
/// </example>
[DebuggerDisplay("{Batch}")]
public sealed class SharedRecordBatch : IDisposable
{
    private readonly SharedBuffer<byte> _stream;

    [NonSerialized]
    private RecordBatch? _batch;

    [NonSerialized]
    private bool _isHandedOver;

    /// <summary>
    /// Initializes a new instance of the <see cref="SharedRecordBatch"/> class with a copy of a batch, which the caller still disposes.
    /// </summary>
    /// <param name="batch">The batch to copy; it may be a slice of a larger one.</param>
    /// <exception cref="ArgumentException">The batch needs more than 2 GiB.</exception>
    /// <exception cref="NotSupportedException">Arrow's stream format has no such column in .NET.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory.</exception>
    public SharedRecordBatch(RecordBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var counter = new CountingStream();
        ArrowStreams.Write(batch, counter);
        if (counter.Length > System.Array.MaxLength)
        {
            throw new ArgumentException(
                $"The batch has {batch.Length} rows with {counter.Length} bytes, "
                + $"and one SharedRecordBatch has at most {System.Array.MaxLength} bytes. "
                + "Share slices of it.",
                nameof(batch));
        }

        _stream = SharedMemoryPool.Shared.Rent<byte>((int)counter.Length);
        try
        {
            using var output = new MemoryOutput(_stream);
            ArrowStreams.Write(batch, output);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>Gets the batch, whose columns are parts of the shared memory. Dispose this object, not the batch.</summary>
    /// <exception cref="ObjectDisposedException">This object was disposed in this process.</exception>
    public RecordBatch Batch
    {
        get
        {
            // Two threads may both read the schema, and one result stays.
            _ = _stream.Span;
            return Volatile.Read(ref _batch) ?? Interlocked.CompareExchange(ref _batch, ArrowStreams.Read(_stream.Memory), null) ?? _batch;
        }
    }

    /// <summary>Gets the memory with the batch, in Arrow's stream format. Dispose this object, not the buffer.</summary>
    public SharedBuffer<byte> Buffer => _stream;

    /// <summary>
    /// Disposes the batch in this process as soon as a message contains it, so that the receiver has it alone: <c>queue.Put(batch.HandOver())</c>,
    /// or <c>return batch.HandOver()</c> in a child or a task, which cannot dispose it after its result was written.
    /// </summary>
    /// <returns>This batch.</returns>
    /// <remarks>
    /// It is disposed also if the call that sends it fails after the message was written, for example because a queue stayed full. Killed before the
    /// message is written: this process is a holder, and the memory is freed. Killed after it was sent: the receiver gets it. Killed in between, such
    /// as while it waits for room in a full queue: the memory stays until the program ends. Where that matters, dispose the batch after
    /// <see cref="ProcessQueue{T}.Put(T)"/>.
    /// </remarks>
    public SharedRecordBatch HandOver()
    {
        _isHandedOver = true;
        return this;
    }

    /// <summary>
    /// Releases the batch in this process. Its memory is used again or freed when no process has it and no message contains it. A second call does
    /// nothing.
    /// </summary>
    public void Dispose() => _stream.Dispose();

    /// <summary>The message has counted the handle in flight, or holds the memory itself, before this runs.</summary>
    [OnSerialized]
    private void WhenWritten(StreamingContext context)
    {
        if (_isHandedOver)
        {
            Dispose();
        }
    }
}
