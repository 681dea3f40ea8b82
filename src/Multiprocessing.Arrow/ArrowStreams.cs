using System.Buffers;
using Apache.Arrow;
using Apache.Arrow.Ipc;

namespace Multiprocessing;

/// <summary>Writes and reads Arrow's stream format: the schema, the dictionaries, one batch.</summary>
internal static class ArrowStreams
{
    public static void Write(RecordBatch batch, Stream stream)
    {
        using var writer = new ArrowStreamWriter(stream, batch.Schema, leaveOpen: true);
        writer.WriteRecordBatch(batch);
        writer.WriteEnd();
    }

    public static void Write(Schema schema, Stream stream)
    {
        using var writer = new ArrowStreamWriter(stream, schema, leaveOpen: true);
        writer.WriteStart();
        writer.WriteEnd();
    }

    /// <summary>Returns a batch whose columns are parts of the memory.</summary>
    /// <exception cref="InvalidDataException">The memory is not such a stream.</exception>
    public static RecordBatch Read(ReadOnlyMemory<byte> memory)
    {
        using var reader = new ArrowStreamReader(memory);
        return reader.ReadNextRecordBatch()
            ?? throw new InvalidDataException($"{memory.Length} bytes in Arrow's stream format contain no record batch.");
    }

    public static Schema ReadSchema(ReadOnlyMemory<byte> memory)
    {
        using var reader = new ArrowStreamReader(memory);
        return reader.Schema ?? throw new InvalidDataException($"{memory.Length} bytes in Arrow's stream format contain no schema.");
    }

    /// <summary>Copies what a serializer reads: it is valid during the call only, and the columns are parts of it.</summary>
    public static ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> data)
    {
        var copy = GC.AllocateUninitializedArray<byte>(data.Length);
        data.CopyTo(copy);
        return copy;
    }
}

/// <summary>The writer of Arrow needs a stream. It only writes to it, and does not seek.</summary>
internal abstract class OutputStream : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    /// <summary>Gets the number of bytes written.</summary>
    public sealed override long Length => Written;

    public sealed override long Position
    {
        get => Written;
        set => throw new NotSupportedException();
    }

    protected long Written { get; private set; }

    public sealed override void Write(ReadOnlySpan<byte> buffer)
    {
        Take(buffer);
        Written += buffer.Length;
    }

    public sealed override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public sealed override void Flush()
    {
    }

    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();

    protected abstract void Take(ReadOnlySpan<byte> bytes);
}

/// <summary>Counts what is written to it, so that the shared memory gets the right size before anything is copied.</summary>
internal sealed class CountingStream : OutputStream
{
    protected override void Take(ReadOnlySpan<byte> bytes)
    {
    }
}

/// <summary>Writes to memory of the right size.</summary>
internal sealed class MemoryOutput(SharedBuffer<byte> memory) : OutputStream
{
    protected override void Take(ReadOnlySpan<byte> bytes) => bytes.CopyTo(memory.Span[(int)Written..]);
}

/// <summary>Writes to a message.</summary>
internal sealed class MessageOutput(IBufferWriter<byte> message) : OutputStream
{
    protected override void Take(ReadOnlySpan<byte> bytes) => message.Write(bytes);
}
