namespace Multiprocessing;

/// <summary>The part of a message that an <see cref="IProcessHandle{TSelf}"/> may write.</summary>
internal sealed class HandleWriter
{
    private readonly MessageBuffer _buffer;

    internal HandleWriter(MessageBuffer buffer) => _buffer = buffer;

    /// <inheritdoc cref="MessageBuffer.SenderKeepsReferences"/>
    public bool SenderKeepsReferences => _buffer.SenderKeepsReferences;

    /// <inheritdoc cref="GraphWriter.Context"/>
    public WriteContext Context => _buffer.Writer.Context;

    public void Write<T>(T value)
        where T : unmanaged => _buffer.Write(value);

    public void Write(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _buffer.WriteVarint((uint)value.Length);
        _buffer.WriteBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(value.AsSpan()));
    }

    /// <summary>Registers a reference, which the message cancels if it is not sent (<see cref="MessageBuffer.MarkSent"/>).</summary>
    public void AddTravelling(ITravellingReference reference) => _buffer.AddTravelling(reference);
}

/// <summary>Reads what a <see cref="HandleWriter"/> wrote.</summary>
internal ref struct HandleReader
{
    private readonly GraphReader _reader;

    internal HandleReader(GraphReader reader) => _reader = reader;

    /// <inheritdoc cref="GraphReader.Context"/>
    public ReadContext? Context => _reader.Context;

    public T Read<T>()
        where T : unmanaged => _reader.Read<T>();

    public string ReadString() => _reader.ReadUtf16(_reader.ReadLength(sizeof(char)));
}
