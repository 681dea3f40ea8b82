using System.Buffers;
using Apache.Arrow;

namespace Multiprocessing;

/// <summary>Writes and reads a batch in Arrow's stream format. The library finds it by its name.</summary>
internal sealed class RecordBatchSerializer : IProcessSerializer<RecordBatch>
{
    public void Write(RecordBatch value, IBufferWriter<byte> output) => ArrowStreams.Write(value, new MessageOutput(output));

    public RecordBatch Read(ReadOnlySpan<byte> data) => ArrowStreams.Read(ArrowStreams.Keep(data));
}

/// <summary>Writes and reads a schema in Arrow's stream format. The library finds it by its name.</summary>
internal sealed class SchemaSerializer : IProcessSerializer<Schema>
{
    public void Write(Schema value, IBufferWriter<byte> output) => ArrowStreams.Write(value, new MessageOutput(output));

    public Schema Read(ReadOnlySpan<byte> data) => ArrowStreams.ReadSchema(ArrowStreams.Keep(data));
}

/// <summary>Writes and reads the array of a column, as a batch with this column alone. The library finds it by its name.</summary>
/// <typeparam name="T">The exact class of the array, which follows from the type of its elements.</typeparam>
internal sealed class ArrowArraySerializer<T> : IProcessSerializer<T>
    where T : class, IArrowArray
{
    public void Write(T value, IBufferWriter<byte> output)
    {
        var schema = new Schema([new Field("", value.Data.DataType, nullable: true)], metadata: null);
        ArrowStreams.Write(new RecordBatch(schema, [value], value.Length), new MessageOutput(output));
    }

    public T Read(ReadOnlySpan<byte> data) => ArrowStreams.Read(ArrowStreams.Keep(data)).Column(0) as T
        ?? throw new InvalidDataException($"The message has another array of Arrow than a {typeof(T)}.");
}
