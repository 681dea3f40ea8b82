using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Locations of a type that a natively compiled program cannot serialize.</summary>
internal sealed class NativeCodec(Type type) : ValueCodec
{
    public static bool Takes(Type type, bool hasReferences) =>
        !hasReferences || type == typeof(string)
        || (type.IsSZArray && type.GetElementType() is { } element && (element.IsPrimitive || element.IsEnum || element == typeof(string)));

    public override void Write(GraphWriter writer, ref byte location) => throw NativeProgram.CannotSerialize(type);

    public override void Read(GraphReader reader, ref byte location) => throw NativeProgram.CannotSerialize(type);
}
