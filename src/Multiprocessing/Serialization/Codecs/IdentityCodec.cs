using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// Types with well-known objects in each process (default comparers, <c>Encoding.UTF8</c>, <c>DBNull.Value</c>). Those cross by identity, other
/// objects of the type by their fields.
/// </summary>
internal sealed class IdentityCodec : ObjectCodec
{
    private readonly object[] _known;
    private FieldPlan? _plan;

    public IdentityCodec(Type type, object[] known)
        : base(type, CodecTraits.TwoPhase) => _known = known;

    private FieldPlan Plan => _plan ??= FieldPlan.Of(Type);

    public override void WriteHead(GraphWriter writer, object value) => writer.Out.WriteVarint((uint)(Find(value) + 1));

    public override void WriteBody(GraphWriter writer, object value)
    {
        if (Find(value) < 0)
        {
            Plan.Write(writer, ref ObjectData.Of(value));
        }
    }

    public override object Create(GraphReader reader)
    {
        var number = reader.ReadVarint();
        return number == 0 ? RuntimeHelpers.GetUninitializedObject(Type)
            : number <= (ulong)_known.Length ? _known[number - 1]
            : throw GraphReader.Torn();
    }

    public override void ReadBody(GraphReader reader, object value)
    {
        if (Find(value) < 0)
        {
            Plan.Read(reader, ref ObjectData.Of(value));
        }
    }

    public override IEnumerable<PathStep> Children(object value) => Find(value) < 0 ? Plan.Children(value) : [];

    private int Find(object value)
    {
        for (var i = 0; i < _known.Length; i++)
        {
            if (ReferenceEquals(_known[i], value))
            {
                return i;
            }
        }

        return -1;
    }
}
