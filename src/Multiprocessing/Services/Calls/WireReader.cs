using System.Runtime.CompilerServices;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>Reads the fixed parts of messages. The bytes may have any content: each read checks the end.</summary>
internal static unsafe class WireReader
{
    /// <exception cref="SerializationException">The message ends before the value.</exception>
    public static T Read<T>(ref byte* data, byte* end)
        where T : unmanaged
    {
        if (end - data < sizeof(T))
        {
            throw Torn();
        }

        var value = Unsafe.ReadUnaligned<T>(data);
        data += sizeof(T);
        return value;
    }

    public static SerializationException Torn() => new("A message of a call is shorter than its content, or it was changed on its way.");
}
