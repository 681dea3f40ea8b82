namespace Multiprocessing;

/// <summary>How values and exceptions are written into the messages of calls. Immutable and safe to use from any thread.</summary>
internal abstract unsafe class PayloadFormat
{
    /// <summary>Gets whether both processes belong to one session and run the same build.</summary>
    public abstract bool IsSameBuild { get; }

    /// <summary>Appends a value.</summary>
    /// <param name="buffer">The message.</param>
    /// <param name="value">The value.</param>
    /// <param name="name">The name of the value in the text of a refusal.</param>
    /// <exception cref="NotSerializableException">Something in the value cannot cross. The message is as it was before the call.</exception>
    public abstract void Write<T>(MessageBuffer buffer, T value, string name);

    /// <summary>Reads a value and moves <paramref name="data"/> behind it.</summary>
    /// <exception cref="System.Runtime.Serialization.SerializationException">The bytes are no such value.</exception>
    public abstract T Read<T>(ref byte* data, byte* end, string name);

    /// <summary>Appends a value whose type the reader does not know from the call.</summary>
    /// <inheritdoc cref="Write"/>
    public virtual void WriteAny(MessageBuffer buffer, object? value, string name) => Write(buffer, value, name);

    /// <summary>Reads what <see cref="WriteAny"/> wrote.</summary>
    /// <inheritdoc cref="Read"/>
    public virtual object? ReadAny(ref byte* data, byte* end, string name) => Read<object?>(ref data, end, name);

    /// <summary>Appends an exception as the last part of a message. Does not throw, whatever the exception contains.</summary>
    public abstract void WriteException(MessageBuffer buffer, Exception exception);

    /// <summary>Reads an exception, which ends at <paramref name="end"/>. Does not throw.</summary>
    public abstract Exception ReadException(byte* data, byte* end);
}
