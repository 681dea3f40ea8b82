using System.Buffers;

namespace Multiprocessing;

/// <summary>
/// Gives a type its own way between processes. Named by <see cref="ProcessSerializerAttribute"/> on the type, or by
/// <see cref="ProcessSerialization.Register{T, TSerializer}"/> for types of others.
/// </summary>
/// <typeparam name="T">The type whose values it writes.</typeparam>
/// <remarks>An instance is made once in each process, with the parameterless constructor, and used by all threads.</remarks>
/// <example>
/// <code>
/// public sealed class TemperatureSerializer : IProcessSerializer&lt;Temperature>
/// {
///     public void Write(Temperature value, IBufferWriter&lt;byte> output)
///     {
///         BinaryPrimitives.WriteDoubleLittleEndian(output.GetSpan(8), value.Celsius);
///         output.Advance(8);
///     }
///
///     public Temperature Read(ReadOnlySpan&lt;byte> data) => new(BinaryPrimitives.ReadDoubleLittleEndian(data));
/// }
/// </code>
/// </example>
public interface IProcessSerializer<T>
{
    /// <summary>Writes a value that is not <see langword="null"/>. An exception thrown here reaches the caller who wanted to send the value.</summary>
    /// <param name="value">What to write.</param>
    /// <param name="output">Where to.</param>
    void Write(T value, IBufferWriter<byte> output);

    /// <summary>Rebuilds a value from exactly the bytes that <see cref="Write"/> wrote.</summary>
    /// <param name="data">The bytes; valid during the call only.</param>
    /// <returns>The value.</returns>
    T Read(ReadOnlySpan<byte> data);
}
