namespace Multiprocessing;

/// <summary>Structs that are created from a few values.</summary>
internal sealed class LeafValueCodec<T>(Action<GraphWriter, T> write, Func<GraphReader, T> read) : ValueCodec
    where T : struct
{
    public override void Write(GraphWriter writer, ref byte location) =>
        write(writer, System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref location));

    public override void Read(GraphReader reader, ref byte location) =>
        System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref location) = read(reader);
}
