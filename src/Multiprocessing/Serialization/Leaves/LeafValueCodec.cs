namespace Multiprocessing;

/// <summary>Structs that are rebuilt from a few values.</summary>
internal sealed class LeafValueCodec<T>(Action<GraphWriter, T> write, Func<GraphReader, T> read) : ValueCodec
    where T : struct
{
    public override void Write(GraphWriter writer, ref byte place) => write(writer, System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref place));

    public override void Read(GraphReader reader, ref byte place) => System.Runtime.CompilerServices.Unsafe.As<byte, T>(ref place) = read(reader);
}
