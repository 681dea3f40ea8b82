namespace Multiprocessing;

/// <summary>Values that are their bytes.</summary>
internal sealed class RawValueCodec(int size) : ValueCodec
{
    public override int RawSize => size;

    public override void Write(GraphWriter writer, ref byte location) => writer.Out.WriteBytes(ref location, (nuint)size);

    public override void Read(GraphReader reader, ref byte location) => reader.ReadBytes(ref location, (nuint)size);
}
