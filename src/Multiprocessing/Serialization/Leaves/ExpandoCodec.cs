using System.Dynamic;

namespace Multiprocessing;

/// <summary>An expando object by its members, because its class keeps hash codes of their names.</summary>
internal sealed class ExpandoCodec(Type type) : ObjectCodec(type, CodecTraits.TwoPhase)
{
    public override void WriteBody(GraphWriter writer, object value)
    {
        var members = (IDictionary<string, object?>)value;
        writer.Out.WriteVarint((uint)members.Count);
        foreach (var (name, member) in members)
        {
            StringFormat.Write(writer, name);
            writer.WriteReference(member, ReferenceSlot.Object);
        }
    }

    public override object Create(GraphReader reader) => new ExpandoObject();

    public override void ReadBody(GraphReader reader, object value)
    {
        var members = (IDictionary<string, object?>)value;
        for (var count = reader.ReadLength(); count > 0; count--)
        {
            var name = StringFormat.Read(reader)!;
            members[name] = reader.ReadReference(ReferenceSlot.Object);
        }
    }

    public override IEnumerable<PathStep> Children(object value) =>
        ((IDictionary<string, object?>)value).Select(static member => new PathStep($"property '{member.Key}'", member.Value));
}
