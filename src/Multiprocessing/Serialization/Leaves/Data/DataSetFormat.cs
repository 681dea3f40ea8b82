using System.Data;
using System.Reflection;

namespace Multiprocessing;

/// <summary>The content of a <see cref="DataSet"/> in a message.</summary>
internal static class DataSetFormat
{
    private static readonly FieldInfo? OwnCulture = typeof(DataSet).GetField("_cultureUserSet", BindingFlags.Instance | BindingFlags.NonPublic);

    public static void Write(GraphWriter writer, DataSet set)
    {
        StringFormat.Write(writer, set.DataSetName);
        StringFormat.Write(writer, set.Namespace);
        StringFormat.Write(writer, set.Prefix);
        DataParts.Flags(writer, set.CaseSensitive, set.EnforceConstraints);
        DataParts.WriteCulture(writer, set.Locale, OwnCulture?.GetValue(set) is not false);
        DataParts.WriteProperties(writer, set.ExtendedProperties);
        writer.Out.WriteVarint((uint)set.Tables.Count);
        foreach (DataTable table in set.Tables)
        {
            if (table.GetType() != typeof(DataTable))
            {
                throw new CannotCrossException(CodecTable.For(table.GetType()).Refuse(table, writer.Context) ?? new Refusal(
                    table.GetType(), "Pass plain DataTables."), table);
            }

            DataTableFormat.Write(writer, table);
        }

        foreach (DataTable table in set.Tables)
        {
            DataConstraints.WriteConstraints(writer, table);
        }

        WriteRelations(writer, set);
        foreach (DataTable table in set.Tables)
        {
            DataConstraints.WriteExpressions(writer, table);
        }
    }

    public static DataSet Read(GraphReader reader)
    {
        var mark = reader.FinishMark;
        var set = new DataSet(DataParts.Text(reader)) { EnforceConstraints = false };
        set.Namespace = DataParts.Text(reader);
        set.Prefix = DataParts.Text(reader);
        var (isCaseSensitive, isEnforced) = DataParts.Flags(reader);
        set.CaseSensitive = isCaseSensitive;
        if (DataParts.ReadCulture(reader, set.Locale) is { } setCulture)
        {
            set.Locale = setCulture;
        }

        DataParts.ReadProperties(reader, set.ExtendedProperties);
        for (var count = reader.ReadLength(); count > 0; count--)
        {
            var table = new DataTable();
            DataTableFormat.Read(reader, table, set);
        }

        foreach (DataTable table in set.Tables)
        {
            DataConstraints.ReadConstraints(reader, table);
        }

        ReadRelations(reader, set);
        foreach (DataTable table in set.Tables)
        {
            DataConstraints.ReadExpressions(reader, table);
        }

        reader.FinishSince(mark);
        set.EnforceConstraints = isEnforced;
        return set;
    }

    private static void WriteRelations(GraphWriter writer, DataSet set)
    {
        writer.Out.WriteVarint((uint)set.Relations.Count);
        foreach (DataRelation relation in set.Relations)
        {
            StringFormat.Write(writer, relation.RelationName);
            DataParts.Flags(writer, relation.Nested, relation.ChildKeyConstraint is not null);
            DataParts.WriteColumns(writer, relation.ParentColumns, withTable: true);
            DataParts.WriteColumns(writer, relation.ChildColumns, withTable: true);
            DataParts.WriteProperties(writer, relation.ExtendedProperties);
        }
    }

    private static void ReadRelations(GraphReader reader, DataSet set)
    {
        for (var count = reader.ReadLength(); count > 0; count--)
        {
            var name = DataParts.Text(reader);
            var (isNested, isConstrained) = DataParts.Flags(reader);

            // Its constraints exist already; the relation uses them.
            var relation = new DataRelation(name, DataParts.ReadColumns(reader, set, null), DataParts.ReadColumns(reader, set, null), isConstrained);
            set.Relations.Add(relation);
            relation.Nested = isNested;
            DataParts.ReadProperties(reader, relation.ExtendedProperties);
        }
    }
}
