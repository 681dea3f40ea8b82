using System.Runtime.CompilerServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The codecs in a program that was compiled to native code: strings, values without references, and arrays of numbers or strings. They need
/// nothing that reflection would have to find. For all other types this class is the codec, which refuses.
/// </summary>
internal sealed class NativeCodec(Type type) : ValueCodec
{
    public static ValueCodec For<T>() =>
        typeof(T) == typeof(string) || IsKnownArray(typeof(T)) ? CodecTable.ForLocation(typeof(T))
        : RuntimeHelpers.IsReferenceOrContainsReferences<T>() ? new NativeCodec(typeof(T))
        : Refusals.Named(typeof(T)) is { } suggestion ? new RefusedValueCodec(typeof(T), suggestion)
        : new RawValueCodec(Unsafe.SizeOf<T>());

    public static bool IsKnownArray(Type type) =>
        type.IsSZArray && type.GetElementType() is { } element && (element.IsPrimitive || element.IsEnum || element == typeof(string));

    public override void Write(GraphWriter writer, ref byte location) => throw NativeProgram.CannotSerialize(type);

    public override void Read(GraphReader reader, ref byte location) => throw NativeProgram.CannotSerialize(type);
}
