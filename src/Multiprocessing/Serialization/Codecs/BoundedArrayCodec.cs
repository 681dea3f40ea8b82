namespace Multiprocessing;

/// <summary>Arrays of several dimensions, or with a lower bound other than 0.</summary>
internal sealed class BoundedArrayCodec(Type type) : ElementCodec(type)
{
    private readonly int _rank = type.GetArrayRank();

    public override void WriteHead(GraphWriter writer, object value)
    {
        var array = (Array)value;
        for (var i = 0; i < _rank; i++)
        {
            writer.Out.WriteVarint((uint)array.GetLength(i));
            writer.Out.Write(array.GetLowerBound(i));
        }
    }

    public override void WriteBody(GraphWriter writer, object value) => WriteItems(writer, (Array)value, 0, (nint)((Array)value).LongLength);

    public override object Create(GraphReader reader)
    {
        var lengths = new int[_rank];
        var bounds = new int[_rank];
        var size = (UInt128)MinSize;
        for (var i = 0; i < _rank; i++)
        {
            var length = reader.ReadVarint();
            lengths[i] = length <= int.MaxValue ? (int)length : throw GraphReader.Torn();
            bounds[i] = reader.Read<int>();
            size *= length;
        }

        return size <= reader.Remaining ? Array.CreateInstanceFromArrayType(Type, lengths, bounds) : throw GraphReader.Torn();
    }

    public override void ReadBody(GraphReader reader, object value) => ReadItems(reader, (Array)value, (nint)((Array)value).LongLength);

    public override IEnumerable<PathStep> Children(object value)
    {
        var array = (Array)value;
        var at = new int[_rank];
        for (var i = 0; i < _rank; i++)
        {
            at[i] = array.GetLowerBound(i);
        }

        for (var count = array.LongLength; count > 0 && !IsRaw; count--)
        {
            yield return new PathStep($"element [{string.Join(", ", at)}]", array.GetValue(at));
            for (var i = _rank - 1; i >= 0 && ++at[i] > array.GetUpperBound(i); i--)
            {
                at[i] = array.GetLowerBound(i);
            }
        }
    }
}
