namespace Multiprocessing;

/// <summary>A memory stream with its content and position. The copy is readable, and expandable if the original was writable.</summary>
internal sealed class MemoryStreamCodec() : ObjectCodec(typeof(MemoryStream), CodecTraits.Tracked)
{
    public override void WriteHead(GraphWriter writer, object value)
    {
        var stream = (MemoryStream)value;
        if (!stream.CanRead)
        {
            throw new CannotCrossException(new Refusal(Type, "It is closed; pass its bytes (ToArray())."), value);
        }

        writer.Out.WriteVarint((ulong)stream.Length);
        writer.Out.WriteVarint((ulong)stream.Position);
        writer.Out.WriteByte(stream.CanWrite ? (byte)1 : (byte)0);
        var content = stream.TryGetBuffer(out var segment) ? segment : new ArraySegment<byte>(stream.ToArray());
        writer.Out.WriteArray(content.Array!, content.Offset, content.Count);
    }

    public override object Create(GraphReader reader)
    {
        var length = reader.ReadLength();
        var position = reader.ReadVarint();
        var canWrite = reader.ReadByte() != 0;
        var content = reader.ReadSpan(length);
        MemoryStream stream;
        if (canWrite)
        {
            stream = new MemoryStream(length);
            stream.Write(content);
        }
        else
        {
            stream = new MemoryStream(content.ToArray(), writable: false);
        }

        stream.Position = position <= int.MaxValue ? (long)position : throw GraphReader.Torn();
        return stream;
    }
}
