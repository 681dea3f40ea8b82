namespace Multiprocessing;

/// <summary>A value that is its bytes.</summary>
internal sealed class RawValueCodec(int size) : ValueCodec
{
    public override int RawSize => size;

    public override void Write(GraphWriter writer, ref byte place) => writer.Out.WriteBytes(ref place, (nuint)size);

    public override void Read(GraphReader reader, ref byte place) => reader.ReadBytes(ref place, (nuint)size);
}
