using System.Runtime.CompilerServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>How a place of one declared type (a field, an element, a boxed value) crosses. Places are given by address, so no type needs code of its own.</summary>
internal abstract class ValueCodec
{
    /// <summary>The place is its bytes, that many; 0 if it is more than that.</summary>
    public virtual int RawSize => 0;

    /// <summary>Whether it reads what any serializer wrote that the message names.</summary>
    public virtual bool ReadsNamedSerializers => false;

    public abstract void Write(GraphWriter writer, ref byte place);

    public abstract void Read(GraphReader reader, ref byte place);

    /// <summary>Why this value (boxed) cannot cross; only asked of structs.</summary>
    public virtual Refusal? Refuse(object value, in WriteContext context) => null;

    /// <summary>What a struct (boxed) holds, for paths.</summary>
    public virtual IEnumerable<PathStep> Children(object value) => [];

    public static ValueCodec For(Type type) => CodecTable.ForPlace(type);
}

/// <summary>A value that is its bytes.</summary>
internal sealed class RawValueCodec(int size) : ValueCodec
{
    public override int RawSize => size;

    public override void Write(GraphWriter writer, ref byte place) => writer.Out.WriteBytes(ref place, (nuint)size);

    public override void Read(GraphReader reader, ref byte place) => reader.ReadBytes(ref place, (nuint)size);
}

/// <summary>The codec of places of type <typeparamref name="T"/>, for code that knows the type.</summary>
internal static class Place<T>
{
    public static readonly ValueCodec Codec = NativeProgram.Is && !NativeCodec.Takes(typeof(T), RuntimeHelpers.IsReferenceOrContainsReferences<T>()) ? new NativeCodec(typeof(T)) : ValueCodec.For(typeof(T));
    public static readonly bool IsRaw = Codec.RawSize > 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(GraphWriter writer, ref T value) => Codec.Write(writer, ref Unsafe.As<T, byte>(ref value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(GraphReader reader, ref T value) => Codec.Read(reader, ref Unsafe.As<T, byte>(ref value));
}

/// <summary>Places of a type that a natively compiled program cannot serialize.</summary>
internal sealed class NativeCodec(Type type) : ValueCodec
{
    public static bool Takes(Type type, bool hasReferences) =>
        !hasReferences || type == typeof(string) || (type.IsSZArray && type.GetElementType() is { } element && (element.IsPrimitive || element.IsEnum || element == typeof(string)));

    public override void Write(GraphWriter writer, ref byte place) => throw NativeProgram.CannotSerialize(type);

    public override void Read(GraphReader reader, ref byte place) => throw NativeProgram.CannotSerialize(type);
}
