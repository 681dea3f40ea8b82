using System.Data;
using System.Reflection;

namespace Multiprocessing;

/// <summary>The columns and rows of a <see cref="DataTable"/> in a message.</summary>
internal static class DataTableFormat
{
    /// <summary>The number for the next row of an auto-increment column; <see langword="null"/> on a runtime that has no such property.</summary>
    private static readonly PropertyInfo? NextNumber =
        typeof(DataColumn).GetProperty("AutoIncrementCurrent", BindingFlags.Instance | BindingFlags.NonPublic);

    /// <summary>Whether the table's own value was set, instead of that of its set.</summary>
    private static readonly FieldInfo? OwnCase = typeof(DataTable).GetField("_caseSensitiveUserSet", BindingFlags.Instance | BindingFlags.NonPublic);
    private static readonly FieldInfo? OwnCulture = typeof(DataTable).GetField("_cultureUserSet", BindingFlags.Instance | BindingFlags.NonPublic);

    /// <summary>Writes the table without constraints and expressions, which may refer to other tables.</summary>
    public static void Write(GraphWriter writer, DataTable table)
    {
        StringFormat.Write(writer, table.TableName);
        StringFormat.Write(writer, table.Namespace);
        StringFormat.Write(writer, table.Prefix);
        DataParts.Flags(writer, table.CaseSensitive, table.DataSet is null || OwnCase?.GetValue(table) is not false);
        DataParts.WriteCulture(writer, table.Locale, OwnCulture?.GetValue(table) is not false);
        writer.Out.Write(table.MinimumCapacity);
        DataParts.WriteProperties(writer, table.ExtendedProperties);
        writer.Out.WriteVarint((uint)table.Columns.Count);
        foreach (DataColumn column in table.Columns)
        {
            WriteColumn(writer, column);
        }

        writer.Out.WriteVarint((uint)table.Rows.Count);
        foreach (DataRow row in table.Rows)
        {
            DataRowFormat.Write(writer, row);
        }

        foreach (DataColumn column in table.Columns)
        {
            writer.WriteReference(column.AutoIncrement ? NextNumber?.GetValue(column) : null, ReferenceSlot.Object);
        }
    }

    public static void Read(GraphReader reader, DataTable table, DataSet? set = null)
    {
        table.TableName = DataParts.Text(reader);
        table.Namespace = DataParts.Text(reader);
        table.Prefix = DataParts.Text(reader);
        set?.Tables.Add(table);
        var (isCaseSensitive, hasOwnCase) = DataParts.Flags(reader);
        if (hasOwnCase)
        {
            table.CaseSensitive = isCaseSensitive;
        }

        if (DataParts.ReadCulture(reader, table.Locale) is { } culture)
        {
            table.Locale = culture;
        }

        // Memory is allocated for it at once, and in a torn message it may be any number.
        table.MinimumCapacity = Math.Clamp(reader.Read<int>(), 0, 1 << 20);
        DataParts.ReadProperties(reader, table.ExtendedProperties);
        for (var count = reader.ReadLength(); count > 0; count--)
        {
            table.Columns.Add(ReadColumn(reader));
        }

        for (var count = reader.ReadLength(); count > 0; count--)
        {
            DataRowFormat.Read(reader, table);
        }

        foreach (DataColumn column in table.Columns)
        {
            if (reader.ReadReference(ReferenceSlot.Object) is { } next)
            {
                NextNumber?.SetValue(column, next);
            }
        }
    }

    public static IEnumerable<PathStep> Values(DataTable table)
    {
        foreach (DataColumn column in table.Columns)
        {
            yield return new PathStep($"column '{column.ColumnName}' -> default value", column.DefaultValue);
            if (column.DataType.IsPrimitive || column.DataType == typeof(string))
            {
                continue;
            }

            for (var i = 0; i < table.Rows.Count; i++)
            {
                var row = table.Rows[i];
                yield return new PathStep(
                    $"row [{i}] -> column '{column.ColumnName}'", row.RowState == DataRowState.Deleted
                        ? row[column, DataRowVersion.Original]
                        : row[column]);
            }
        }

        yield return new PathStep("extended properties", table.ExtendedProperties);
    }

    private static void WriteColumn(GraphWriter writer, DataColumn column)
    {
        StringFormat.Write(writer, column.ColumnName);
        writer.WriteReference(column.DataType, ReferenceSlot.Object);
        StringFormat.Write(writer, column.Caption);
        StringFormat.Write(writer, column.Namespace);
        StringFormat.Write(writer, column.Prefix);
        writer.Out.WriteByte((byte)column.ColumnMapping);
        writer.Out.WriteByte(column.DataType == typeof(DateTime) ? (byte)column.DateTimeMode : (byte)0);
        writer.Out.Write(column.MaxLength);
        DataParts.Flags(writer, column.AutoIncrement, false);
        writer.Out.Write(column.AutoIncrementSeed);
        writer.Out.Write(column.AutoIncrementStep);
        writer.WriteReference(column.AutoIncrement ? null : column.DefaultValue, ReferenceSlot.Object);
        DataParts.WriteProperties(writer, column.ExtendedProperties);
    }

    private static DataColumn ReadColumn(GraphReader reader)
    {
        var column = new DataColumn(DataParts.Text(reader), reader.ReadReference(ReferenceSlot.Object) as Type ?? throw GraphReader.Torn())
        {
            Caption = DataParts.Text(reader),
            Namespace = DataParts.Text(reader),
            Prefix = DataParts.Text(reader),
        };
        column.ColumnMapping = (MappingType)reader.ReadByte();
        var mode = reader.ReadByte();
        if (mode > 0)
        {
            column.DateTimeMode = (DataSetDateTime)mode;
        }

        column.MaxLength = reader.Read<int>();
        var (counts, _) = DataParts.Flags(reader);
        column.AutoIncrement = counts;
        column.AutoIncrementSeed = reader.Read<long>();
        column.AutoIncrementStep = reader.Read<long>();
        if (reader.ReadReference(ReferenceSlot.Object) is { } value)
        {
            column.DefaultValue = value;
        }

        DataParts.ReadProperties(reader, column.ExtendedProperties);
        return column;
    }
}
