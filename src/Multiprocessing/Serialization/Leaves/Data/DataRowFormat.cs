using System.Data;

namespace Multiprocessing;

/// <summary>The rows of a <see cref="DataTable"/> in a message: values, original values, state and errors.</summary>
internal static class DataRowFormat
{
    public static void Write(GraphWriter writer, DataRow row)
    {
        if (row.HasVersion(DataRowVersion.Proposed))
        {
            throw new CannotCrossException(new Refusal(typeof(DataRow), "It is being edited; call EndEdit or CancelEdit first."), row);
        }

        writer.Out.WriteByte((byte)row.RowState);
        if (row.RowState != DataRowState.Added)
        {
            WriteValues(writer, row, DataRowVersion.Original);
        }

        if (row.RowState is DataRowState.Added or DataRowState.Modified)
        {
            WriteValues(writer, row, DataRowVersion.Current);
        }

        StringFormat.Write(writer, row.HasErrors ? row.RowError : "");
        var faulty = row.HasErrors ? row.GetColumnsInError() : [];
        writer.Out.WriteVarint((uint)faulty.Length);
        foreach (var column in faulty)
        {
            writer.Out.WriteVarint((uint)column.Ordinal);
            StringFormat.Write(writer, row.GetColumnError(column));
        }
    }

    public static void Read(GraphReader reader, DataTable table)
    {
        var state = (DataRowState)reader.ReadByte();
        var row = table.NewRow();
        ReadValues(reader, row);
        table.Rows.Add(row);
        if (state != DataRowState.Added)
        {
            row.AcceptChanges();
        }

        if (state == DataRowState.Modified)
        {
            row.SetModified();
            ReadValues(reader, row);
        }

        row.RowError = DataParts.Text(reader);
        for (var count = reader.ReadLength(); count > 0; count--)
        {
            var index = reader.ReadVarint();
            row.SetColumnError(index < (ulong)table.Columns.Count ? (int)index : throw GraphReader.Torn(), StringFormat.Read(reader));
        }

        if (state == DataRowState.Deleted)
        {
            row.Delete();
        }
    }

    private static void WriteValues(GraphWriter writer, DataRow row, DataRowVersion version)
    {
        foreach (DataColumn column in row.Table.Columns)
        {
            if (column.Expression.Length == 0)
            {
                writer.Out.WriteByte(1);
                writer.WriteReference(row[column, version], ReferenceSlot.Object);
            }
            else
            {
                writer.Out.WriteByte(0);
            }
        }
    }

    private static void ReadValues(GraphReader reader, DataRow row)
    {
        for (var i = 0; i < row.Table.Columns.Count; i++)
        {
            if (reader.ReadByte() != 0)
            {
                row[i] = reader.ReadReference(ReferenceSlot.Object);
            }
        }
    }
}
