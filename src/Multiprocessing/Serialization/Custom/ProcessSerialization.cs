using System.Buffers;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>Registers serializers for types whose values cannot cross to other processes in the default way.</summary>
/// <example>
/// <code>
/// ProcessSerialization.Register&lt;Money, MoneySerializer>(); // at the start of the program
/// using var child = ChildProcess.Run(price => new Money(price.Amount * 2), new Money(9.95m));
/// Console.WriteLine((await child.Result).Amount); // 19.90
/// </code>
/// </example>
public static class ProcessSerialization
{
    /// <summary>
    /// Registers <typeparamref name="TSerializer"/> for the values of a type that you cannot mark with <see cref="ProcessSerializerAttribute"/>.
    /// The other processes of the program get the registration automatically: with the body of a child or of a pool's task, and with messages that
    /// contain such values. Any process can read objects of a class. A process that has sent or received values of a struct without the serializer
    /// throws when it reads one that was written with it.
    /// </summary>
    /// <typeparam name="T">The exact type; derived types are not included.</typeparam>
    /// <typeparam name="TSerializer">The serializer.</typeparam>
    /// <exception cref="InvalidOperationException">
    /// A value of the type was sent already; another serializer is registered; the serializer exists in this process only; no object can have exactly
    /// this type (an interface, an abstract class); or the type is a number, an enum or string, whose values always cross by the library's own
    /// format.
    /// </exception>
    /// <remarks>Thread-safe. Call it when the program starts.</remarks>
    public static void Register<T, TSerializer>()
        where TSerializer : IProcessSerializer<T>, new() => CustomSerializers.Register(typeof(T), typeof(TSerializer));

    /// <summary>
    /// Writes large memory in an <see cref="IProcessSerializer{T}.Write"/>. An array of 64 KiB or more is not copied into the message first: its
    /// bytes are copied once, to where the receiver reads them. Do not change it before the call that sends the value returns, or before the task
    /// of a pool has ended. Smaller arrays and memory that is not an array are copied at once.
    /// </summary>
    /// <typeparam name="T">The type of the elements, whose bytes are written.</typeparam>
    /// <param name="output">The output that the serializer was called with. Bytes are copied to any other one.</param>
    /// <param name="memory">The elements.</param>
    public static void WriteMemory<T>(this IBufferWriter<byte> output, ReadOnlyMemory<T> memory)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(output);
        if (output is CustomOutput message)
        {
            message.WriteMemory(memory);
        }
        else
        {
            output.Write(MemoryMarshal.AsBytes(memory.Span));
        }
    }
}
