using System.Data;

namespace Multiprocessing;

/// <summary>
/// The parts of a <see cref="DataTable"/> that are set after its rows: constraints and expressions, which may refer to other tables.
/// </summary>
internal static class DataConstraints
{
    public static void WriteConstraints(GraphWriter writer, DataTable table)
    {
        writer.Out.WriteVarint((uint)table.Constraints.Count);
        foreach (Constraint constraint in table.Constraints)
        {
            StringFormat.Write(writer, constraint.ConstraintName);
            if (constraint is UniqueConstraint unique)
            {
                writer.Out.WriteByte(unique.IsPrimaryKey ? (byte)1 : (byte)0);
                DataParts.WriteColumns(writer, unique.Columns, withTable: false);
            }
            else
            {
                var foreign = (ForeignKeyConstraint)constraint;
                writer.Out.WriteByte(2);
                DataParts.WriteColumns(writer, foreign.RelatedColumns, withTable: table.DataSet is not null);
                DataParts.WriteColumns(writer, foreign.Columns, withTable: false);
                writer.Out.WriteByte((byte)foreign.DeleteRule);
                writer.Out.WriteByte((byte)foreign.UpdateRule);
                writer.Out.WriteByte((byte)foreign.AcceptRejectRule);
            }

            DataParts.WriteProperties(writer, constraint.ExtendedProperties);
        }
    }

    public static void ReadConstraints(GraphReader reader, DataTable table)
    {
        for (var count = reader.ReadLength(); count > 0; count--)
        {
            var name = DataParts.Text(reader);
            var kind = reader.ReadByte();
            Constraint constraint;
            if (kind == 2)
            {
                var related = DataParts.ReadColumns(reader, table.DataSet, table);
                constraint = new ForeignKeyConstraint(name, related, DataParts.ReadColumns(reader, null, table))
                {
                    DeleteRule = (Rule)reader.ReadByte(),
                    UpdateRule = (Rule)reader.ReadByte(),
                    AcceptRejectRule = (AcceptRejectRule)reader.ReadByte(),
                };
            }
            else
            {
                constraint = new UniqueConstraint(name, DataParts.ReadColumns(reader, null, table), kind == 1);
            }

            table.Constraints.Add(constraint);
            DataParts.ReadProperties(reader, constraint.ExtendedProperties);
        }
    }

    /// <summary>Writes the expressions of the columns, and the settings that would have prevented filling the table.</summary>
    public static void WriteExpressions(GraphWriter writer, DataTable table)
    {
        foreach (DataColumn column in table.Columns)
        {
            StringFormat.Write(writer, column.Expression);
            DataParts.Flags(writer, column.ReadOnly, column.AllowDBNull);
        }

        StringFormat.Write(writer, table.DisplayExpression);
    }

    public static void ReadExpressions(GraphReader reader, DataTable table)
    {
        foreach (DataColumn column in table.Columns)
        {
            var expression = DataParts.Text(reader);
            if (expression.Length > 0)
            {
                column.Expression = expression;
            }

            var (isReadOnly, allowsNull) = DataParts.Flags(reader);
            column.ReadOnly = isReadOnly || expression.Length > 0;
            if (!allowsNull)
            {
                column.AllowDBNull = false;
            }
        }

        table.DisplayExpression = DataParts.Text(reader);
    }
}
