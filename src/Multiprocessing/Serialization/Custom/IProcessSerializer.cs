using System.Buffers;

namespace Multiprocessing;

/// <summary>
/// Writes and reads the values of a type that cross between processes, instead of the library. Set it by <see cref="ProcessSerializerAttribute"/> on
/// the type, or by <see cref="ProcessSerialization.Register{T, TSerializer}"/> for a type that you cannot change.
/// </summary>
/// <typeparam name="T">The type whose values it writes.</typeparam>
/// <remarks>Each process creates one instance, with the parameterless constructor, and uses it from all threads.</remarks>
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
    /// <summary>Writes a value that is not <see langword="null"/>. An exception is thrown by the call that sends the value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="output">Receives the bytes.</param>
    void Write(T value, IBufferWriter<byte> output);

    /// <summary>Creates a value from exactly the bytes that <see cref="Write"/> wrote.</summary>
    /// <param name="data">The bytes; valid during the call only.</param>
    /// <returns>The value.</returns>
    T Read(ReadOnlySpan<byte> data);
}
