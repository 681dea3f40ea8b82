using System.Runtime.CompilerServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The codec of storage locations of type <typeparamref name="T"/>, for code that has the type as a type argument.</summary>
internal static class LocationCodec<T>
{
    public static readonly ValueCodec Codec = NativeProgram.Is ? NativeCodec.For<T>() : ValueCodec.For(typeof(T));

    public static readonly bool IsRaw = Codec.RawSize > 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(GraphWriter writer, ref T value) => Codec.Write(writer, ref Unsafe.As<T, byte>(ref value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read(GraphReader reader, ref T value) => Codec.Read(reader, ref Unsafe.As<T, byte>(ref value));
}
