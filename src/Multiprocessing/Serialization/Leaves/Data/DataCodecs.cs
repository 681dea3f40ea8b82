using System.Data;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// DataTable and DataSet by their content: columns, constraints, relations, and rows with their state, original values and errors. Event handlers do
/// not cross. A table of a set crosses with the set. Rows, columns, relations and constraints cross as an index with the table or set that they
/// belong to.
/// </summary>
internal static class DataCodecs
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Set(Type type) => type == typeof(DataSet)
        ? new SetCodec(type)
        : new RefusedCodec(type, "It is a DataSet of a derived class; pass a plain one (new DataSet() and Merge), and merge it in the child.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Table(Type type) => type == typeof(DataTable)
        ? new TableCodec(type)
        : new RefusedCodec(type, "It is a DataTable of a derived class; pass a plain one (new DataTable() and Merge), and merge it in the child.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Row(Type type) => type == typeof(DataRow)
        ? new PartCodec<DataRow>(
            type,
            static row => row.RowState == DataRowState.Detached ? null : row.Table,
            static row => row.Table.Rows.IndexOf(row),
            static (table, index) => ((DataTable)table).Rows[index])
        : new RefusedCodec(type, "It is a row of a derived class; pass its ItemArray.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Column(Type type) => new PartCodec<DataColumn>(
        type, static column => column.Table, static column => column.Ordinal, static (table, index) => ((DataTable)table).Columns[index]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Relation(Type type) => new PartCodec<DataRelation>(
        type,
        static relation => relation.DataSet,
        static relation => relation.DataSet!.Relations.IndexOf(relation),
        static (set, index) => ((DataSet)set).Relations[index]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Constraint(Type type) => new PartCodec<Constraint>(
        type,
        static constraint => constraint.Table,
        static constraint => constraint.Table!.Constraints.IndexOf(constraint),
        static (table, index) => ((DataTable)table).Constraints[index]);

    private sealed class SetCodec(Type type) : ObjectCodec(type, CodecTraits.Tracked | CodecTraits.HeadRefers)
    {
        public override void WriteHead(GraphWriter writer, object value) => DataSetFormat.Write(writer, (DataSet)value);

        public override object Create(GraphReader reader) => DataSetFormat.Read(reader);

        public override IEnumerable<PathStep> Children(object value) => ((DataSet)value).Tables.Cast<DataTable>().SelectMany(DataTableFormat.Values);
    }

    private sealed class TableCodec(Type type) : ObjectCodec(type, CodecTraits.Tracked | CodecTraits.HeadRefers)
    {
        public override void WriteHead(GraphWriter writer, object value)
        {
            var table = (DataTable)value;
            if (table.DataSet is { } set)
            {
                writer.WriteReference(set, ReferenceSlot.Object);
                writer.Out.WriteVarint((uint)set.Tables.IndexOf(table));
                return;
            }

            writer.WriteReference(null, ReferenceSlot.Object);
            DataTableFormat.Write(writer, table);
            DataConstraints.WriteConstraints(writer, table);
            DataConstraints.WriteExpressions(writer, table);
        }

        public override object Create(GraphReader reader)
        {
            if (reader.ReadReference(ReferenceSlot.Object) is DataSet set)
            {
                return reader.ReadVarint() is var index && index < (ulong)set.Tables.Count ? set.Tables[(int)index] : throw GraphReader.Torn();
            }

            var mark = reader.FinishMark;
            var table = new DataTable();
            DataTableFormat.Read(reader, table);
            DataConstraints.ReadConstraints(reader, table);
            DataConstraints.ReadExpressions(reader, table);
            reader.FinishSince(mark);
            return table;
        }

        public override IEnumerable<PathStep> Children(object value) =>
            ((DataTable)value).DataSet is { } set ? [new PathStep("data set", set)] : DataTableFormat.Values((DataTable)value);
    }

    /// <summary>A part of a table or set, by its index there.</summary>
    private sealed class PartCodec<T>(Type type, Func<T, object?> ownerOf, Func<T, int> indexOf, Func<object, int, object> find)
        : ObjectCodec(type, CodecTraits.Tracked | CodecTraits.HeadRefers)
        where T : class
    {
        public override void WriteHead(GraphWriter writer, object value)
        {
            var owner = Refuse(value, writer.Context) is { } refusal ? throw new CannotCrossException(refusal, value) : ownerOf((T)value);
            writer.WriteReference(owner, ReferenceSlot.Object);
            writer.Out.WriteVarint((uint)indexOf((T)value));
        }

        public override object Create(GraphReader reader)
        {
            var owner = reader.ReadReference(ReferenceSlot.Object) ?? throw GraphReader.Torn();
            return find(owner, (int)Math.Min(reader.ReadVarint(), int.MaxValue));
        }

        public override Refusal? Refuse(object value, in WriteContext context) =>
            ownerOf((T)value) is null
                ? new Refusal(
                    Type,
                    $"It belongs to no {(typeof(T) == typeof(DataRelation) ? "DataSet" : "DataTable")}; add it to one first, or pass its values.")
                : null;

        public override IEnumerable<PathStep> Children(object value) =>
            [new PathStep(typeof(T) == typeof(DataRelation) ? "data set" : "table", ownerOf((T)value))];
    }
}
