using System.Globalization;

namespace Multiprocessing;

/// <summary>A culture by its name. One that is not read-only may have been changed, and crosses with its formats.</summary>
internal sealed class CultureCodec(Type type) : ObjectCodec(type, CodecTraits.TwoPhase)
{
    public override void WriteHead(GraphWriter writer, object value)
    {
        var culture = (CultureInfo)value;
        StringFormat.Write(writer, culture.Name);
        var isInvariant = ReferenceEquals(culture, CultureInfo.InvariantCulture);
        writer.Out.WriteByte((byte)((culture.IsReadOnly ? 1 : 0) | (culture.UseUserOverride ? 2 : 0) | (isInvariant ? 4 : 0)));
    }

    public override void WriteBody(GraphWriter writer, object value)
    {
        var culture = (CultureInfo)value;
        if (!culture.IsReadOnly)
        {
            writer.WriteReference(culture.NumberFormat, ReferenceSlot.Object);
            writer.WriteReference(culture.DateTimeFormat, ReferenceSlot.Object);
        }
    }

    public override object Create(GraphReader reader)
    {
        var name = StringFormat.Read(reader)!;
        var flags = reader.ReadByte();
        return (flags & 4) != 0
            ? CultureInfo.InvariantCulture
            : (flags & 1) != 0 ? CultureInfo.GetCultureInfo(name) : new CultureInfo(name, (flags & 2) != 0);
    }

    public override void ReadBody(GraphReader reader, object value)
    {
        var culture = (CultureInfo)value;
        if (!culture.IsReadOnly)
        {
            culture.NumberFormat = (NumberFormatInfo)reader.ReadReference(ReferenceSlot.Object)!;
            culture.DateTimeFormat = (DateTimeFormatInfo)reader.ReadReference(ReferenceSlot.Object)!;
        }
    }
}
