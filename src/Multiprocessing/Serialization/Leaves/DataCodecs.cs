using System.Data;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// DataTable and DataSet by their content: columns, constraints, relations, and rows with their state, their original values and their errors. Handlers of events stay behind. A table of a set takes the set along; rows,
/// columns, relations and constraints cross as their place in the table or set that they belong to.
/// </summary>
internal static class DataCodecs
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Set(Type type) => type == typeof(DataSet)
        ? new SetCodec(type)
        : new RefusedCodec(type, "It is a DataSet of a class of its own; pass a plain one (new DataSet() and Merge), and merge it in the child.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Table(Type type) => type == typeof(DataTable)
        ? new TableCodec(type)
        : new RefusedCodec(type, "It is a DataTable of a class of its own; pass a plain one (new DataTable() and Merge), and merge it in the child.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Row(Type type) => type == typeof(DataRow)
        ? new PartCodec<DataRow>(type, static row => row.RowState == DataRowState.Detached ? null : row.Table, static row => row.Table.Rows.IndexOf(row), static (table, index) => ((DataTable)table).Rows[index])
        : new RefusedCodec(type, "It is a row of a class of its own; pass its ItemArray.");

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Column(Type type) => new PartCodec<DataColumn>(
        type, static column => column.Table, static column => column.Ordinal, static (table, index) => ((DataTable)table).Columns[index]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Relation(Type type) => new PartCodec<DataRelation>(
        type, static relation => relation.DataSet, static relation => relation.DataSet!.Relations.IndexOf(relation), static (set, index) => ((DataSet)set).Relations[index]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ObjectCodec Constraint(Type type) => new PartCodec<Constraint>(
        type, static constraint => constraint.Table, static constraint => constraint.Table!.Constraints.IndexOf(constraint), static (table, index) => ((DataTable)table).Constraints[index]);

    private sealed class SetCodec(Type type) : ObjectCodec(type, CodecTraits.Tracked | CodecTraits.HeadRefers)
    {
        public override void WriteHead(GraphWriter writer, object value) => DataFormat.Write(writer, (DataSet)value);

        public override object Create(GraphReader reader) => DataFormat.ReadSet(reader);

        public override IEnumerable<PathStep> Children(object value) => ((DataSet)value).Tables.Cast<DataTable>().SelectMany(DataFormat.Values);
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
            DataFormat.WriteTable(writer, table);
            DataFormat.WriteConstraints(writer, table);
            DataFormat.WriteExpressions(writer, table);
        }

        public override object Create(GraphReader reader)
        {
            if (reader.ReadReference(ReferenceSlot.Object) is DataSet set)
            {
                return reader.ReadVarint() is var index && index < (ulong)set.Tables.Count ? set.Tables[(int)index] : throw GraphReader.Torn();
            }

            var mark = reader.FinishMark;
            var table = new DataTable();
            DataFormat.ReadTable(reader, table);
            DataFormat.ReadConstraints(reader, table);
            DataFormat.ReadExpressions(reader, table);
            reader.FinishSince(mark);
            return table;
        }

        public override IEnumerable<PathStep> Children(object value) =>
            ((DataTable)value).DataSet is { } set ? [new PathStep("data set", set)] : DataFormat.Values((DataTable)value);
    }

    /// <summary>A part of a table or set, by its place there.</summary>
    private sealed class PartCodec<T>(Type type, Func<T, object?> ownerOf, Func<T, int> indexOf, Func<object, int, object> find) : ObjectCodec(type, CodecTraits.Tracked | CodecTraits.HeadRefers)
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
            ownerOf((T)value) is null ? new Refusal(Type, $"It belongs to no {(typeof(T) == typeof(DataRelation) ? "DataSet" : "DataTable")}; add it to one first, or pass the values it is made of.") : null;

        public override IEnumerable<PathStep> Children(object value) => [new PathStep(typeof(T) == typeof(DataRelation) ? "data set" : "table", ownerOf((T)value))];
    }
}

/// <summary>The content of tables and sets of data.</summary>
internal static class DataFormat
{
    /// <summary>The number that the next row of a column that counts by itself gets; null on a runtime that has no such property.</summary>
    private static readonly PropertyInfo? NextNumber = typeof(DataColumn).GetProperty("AutoIncrementCurrent", BindingFlags.Instance | BindingFlags.NonPublic);

    /// <summary>Whether a table has a comparison of its own, and does not take that of its set.</summary>
    private static readonly FieldInfo? OwnCase = typeof(DataTable).GetField("_caseSensitiveUserSet", BindingFlags.Instance | BindingFlags.NonPublic);
    private static readonly FieldInfo? OwnCulture = typeof(DataTable).GetField("_cultureUserSet", BindingFlags.Instance | BindingFlags.NonPublic);
    private static readonly FieldInfo? OwnSetCulture = typeof(DataSet).GetField("_cultureUserSet", BindingFlags.Instance | BindingFlags.NonPublic);

    public static void Write(GraphWriter writer, DataSet set)
    {
        StringFormat.Write(writer, set.DataSetName);
        StringFormat.Write(writer, set.Namespace);
        StringFormat.Write(writer, set.Prefix);
        Flags(writer, set.CaseSensitive, set.EnforceConstraints);
        WriteCulture(writer, set.Locale, OwnSetCulture?.GetValue(set) is not false);
        WriteProperties(writer, set.ExtendedProperties);
        writer.Out.WriteVarint((uint)set.Tables.Count);
        foreach (DataTable table in set.Tables)
        {
            if (table.GetType() != typeof(DataTable))
            {
                throw new CannotCrossException(CodecTable.For(table.GetType()).Refuse(table, writer.Context) ?? new Refusal(table.GetType(), "Pass plain DataTables."), table);
            }

            WriteTable(writer, table);
        }

        foreach (DataTable table in set.Tables)
        {
            WriteConstraints(writer, table);
        }

        writer.Out.WriteVarint((uint)set.Relations.Count);
        foreach (DataRelation relation in set.Relations)
        {
            StringFormat.Write(writer, relation.RelationName);
            Flags(writer, relation.Nested, relation.ChildKeyConstraint is not null);
            WriteColumns(writer, relation.ParentColumns, withTable: true);
            WriteColumns(writer, relation.ChildColumns, withTable: true);
            WriteProperties(writer, relation.ExtendedProperties);
        }

        foreach (DataTable table in set.Tables)
        {
            WriteExpressions(writer, table);
        }
    }

    public static DataSet ReadSet(GraphReader reader)
    {
        var mark = reader.FinishMark;
        var set = new DataSet(Text(reader)) { EnforceConstraints = false };
        set.Namespace = Text(reader);
        set.Prefix = Text(reader);
        var (isCaseSensitive, isEnforced) = Flags(reader);
        set.CaseSensitive = isCaseSensitive;
        if (ReadCulture(reader, set.Locale) is { } setCulture)
        {
            set.Locale = setCulture;
        }

        ReadProperties(reader, set.ExtendedProperties);
        for (var count = reader.ReadLength(); count > 0; count--)
        {
            var table = new DataTable();
            ReadTable(reader, table, set);
        }

        foreach (DataTable table in set.Tables)
        {
            ReadConstraints(reader, table);
        }

        for (var count = reader.ReadLength(); count > 0; count--)
        {
            var name = Text(reader);
            var (isNested, isConstrained) = Flags(reader);

            // Its constraints are there already, and are found.
            var relation = new DataRelation(name, ReadColumns(reader, set, null), ReadColumns(reader, set, null), isConstrained);
            set.Relations.Add(relation);
            relation.Nested = isNested;
            ReadProperties(reader, relation.ExtendedProperties);
        }

        foreach (DataTable table in set.Tables)
        {
            ReadExpressions(reader, table);
        }

        reader.FinishSince(mark);
        set.EnforceConstraints = isEnforced;
        return set;
    }

    /// <summary>The table without what refers to other tables.</summary>
    public static void WriteTable(GraphWriter writer, DataTable table)
    {
        StringFormat.Write(writer, table.TableName);
        StringFormat.Write(writer, table.Namespace);
        StringFormat.Write(writer, table.Prefix);
        Flags(writer, table.CaseSensitive, table.DataSet is null || OwnCase?.GetValue(table) is not false);
        WriteCulture(writer, table.Locale, OwnCulture?.GetValue(table) is not false);
        writer.Out.Write(table.MinimumCapacity);
        WriteProperties(writer, table.ExtendedProperties);
        writer.Out.WriteVarint((uint)table.Columns.Count);
        foreach (DataColumn column in table.Columns)
        {
            WriteColumn(writer, column);
        }

        writer.Out.WriteVarint((uint)table.Rows.Count);
        foreach (DataRow row in table.Rows)
        {
            WriteRow(writer, row);
        }

        foreach (DataColumn column in table.Columns)
        {
            writer.WriteReference(column.AutoIncrement ? NextNumber?.GetValue(column) : null, ReferenceSlot.Object);
        }
    }

    public static void ReadTable(GraphReader reader, DataTable table, DataSet? set = null)
    {
        table.TableName = Text(reader);
        table.Namespace = Text(reader);
        table.Prefix = Text(reader);
        set?.Tables.Add(table);
        var (isCaseSensitive, hasOwnCase) = Flags(reader);
        if (hasOwnCase)
        {
            table.CaseSensitive = isCaseSensitive;
        }

        if (ReadCulture(reader, table.Locale) is { } culture)
        {
            table.Locale = culture;
        }


        // A hint, for which memory is taken at once: in a torn message it may be any number.
        table.MinimumCapacity = Math.Clamp(reader.Read<int>(), 0, 1 << 20);
        ReadProperties(reader, table.ExtendedProperties);
        for (var count = reader.ReadLength(); count > 0; count--)
        {
            table.Columns.Add(ReadColumn(reader));
        }

        for (var count = reader.ReadLength(); count > 0; count--)
        {
            ReadRow(reader, table);
        }

        foreach (DataColumn column in table.Columns)
        {
            if (reader.ReadReference(ReferenceSlot.Object) is { } next)
            {
                NextNumber?.SetValue(column, next);
            }
        }
    }

    public static void WriteConstraints(GraphWriter writer, DataTable table)
    {
        writer.Out.WriteVarint((uint)table.Constraints.Count);
        foreach (Constraint constraint in table.Constraints)
        {
            StringFormat.Write(writer, constraint.ConstraintName);
            if (constraint is UniqueConstraint unique)
            {
                writer.Out.WriteByte(unique.IsPrimaryKey ? (byte)1 : (byte)0);
                WriteColumns(writer, unique.Columns, withTable: false);
            }
            else
            {
                var foreign = (ForeignKeyConstraint)constraint;
                writer.Out.WriteByte(2);
                WriteColumns(writer, foreign.RelatedColumns, withTable: table.DataSet is not null);
                WriteColumns(writer, foreign.Columns, withTable: false);
                writer.Out.WriteByte((byte)foreign.DeleteRule);
                writer.Out.WriteByte((byte)foreign.UpdateRule);
                writer.Out.WriteByte((byte)foreign.AcceptRejectRule);
            }

            WriteProperties(writer, constraint.ExtendedProperties);
        }
    }

    public static void ReadConstraints(GraphReader reader, DataTable table)
    {
        for (var count = reader.ReadLength(); count > 0; count--)
        {
            var name = Text(reader);
            var kind = reader.ReadByte();
            Constraint constraint;
            if (kind == 2)
            {
                var related = ReadColumns(reader, table.DataSet, table);
                constraint = new ForeignKeyConstraint(name, related, ReadColumns(reader, null, table))
                {
                    DeleteRule = (Rule)reader.ReadByte(),
                    UpdateRule = (Rule)reader.ReadByte(),
                    AcceptRejectRule = (AcceptRejectRule)reader.ReadByte(),
                };
            }
            else
            {
                constraint = new UniqueConstraint(name, ReadColumns(reader, null, table), kind == 1);
            }

            table.Constraints.Add(constraint);
            ReadProperties(reader, constraint.ExtendedProperties);
        }
    }

    /// <summary>What is computed, and what would have stood in the way of filling the table.</summary>
    public static void WriteExpressions(GraphWriter writer, DataTable table)
    {
        foreach (DataColumn column in table.Columns)
        {
            StringFormat.Write(writer, column.Expression);
            Flags(writer, column.ReadOnly, column.AllowDBNull);
        }

        StringFormat.Write(writer, table.DisplayExpression);
    }

    public static void ReadExpressions(GraphReader reader, DataTable table)
    {
        foreach (DataColumn column in table.Columns)
        {
            var expression = Text(reader);
            if (expression.Length > 0)
            {
                column.Expression = expression;
            }

            var (isReadOnly, allowsNull) = Flags(reader);
            column.ReadOnly = isReadOnly || expression.Length > 0;
            if (!allowsNull)
            {
                column.AllowDBNull = false;
            }
        }

        table.DisplayExpression = Text(reader);
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
                yield return new PathStep($"row [{i}] -> column '{column.ColumnName}'", row.RowState == DataRowState.Deleted ? row[column, DataRowVersion.Original] : row[column]);
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
        Flags(writer, column.AutoIncrement, false);
        writer.Out.Write(column.AutoIncrementSeed);
        writer.Out.Write(column.AutoIncrementStep);
        writer.WriteReference(column.AutoIncrement ? null : column.DefaultValue, ReferenceSlot.Object);
        WriteProperties(writer, column.ExtendedProperties);
    }

    private static DataColumn ReadColumn(GraphReader reader)
    {
        var column = new DataColumn(Text(reader), reader.ReadReference(ReferenceSlot.Object) as Type ?? throw GraphReader.Torn()) { Caption = Text(reader), Namespace = Text(reader), Prefix = Text(reader) };
        column.ColumnMapping = (MappingType)reader.ReadByte();
        var mode = reader.ReadByte();
        if (mode > 0)
        {
            column.DateTimeMode = (DataSetDateTime)mode;
        }

        column.MaxLength = reader.Read<int>();
        var (counts, _) = Flags(reader);
        column.AutoIncrement = counts;
        column.AutoIncrementSeed = reader.Read<long>();
        column.AutoIncrementStep = reader.Read<long>();
        if (reader.ReadReference(ReferenceSlot.Object) is { } value)
        {
            column.DefaultValue = value;
        }

        ReadProperties(reader, column.ExtendedProperties);
        return column;
    }

    private static void WriteRow(GraphWriter writer, DataRow row)
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

    private static void ReadRow(GraphReader reader, DataTable table)
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

        row.RowError = Text(reader);
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

    private static void WriteColumns(GraphWriter writer, DataColumn[] columns, bool withTable)
    {
        if (withTable)
        {
            writer.Out.WriteVarint((uint)columns[0].Table!.DataSet!.Tables.IndexOf(columns[0].Table!));
        }

        writer.Out.WriteVarint((uint)columns.Length);
        foreach (var column in columns)
        {
            writer.Out.WriteVarint((uint)column.Ordinal);
        }
    }

    private static DataColumn[] ReadColumns(GraphReader reader, DataSet? set, DataTable? table)
    {
        if (set is not null)
        {
            var index = reader.ReadVarint();
            table = index < (ulong)set.Tables.Count ? set.Tables[(int)index] : throw GraphReader.Torn();
        }

        var columns = new DataColumn[reader.ReadLength()];
        for (var i = 0; i < columns.Length; i++)
        {
            var ordinal = reader.ReadVarint();
            columns[i] = ordinal < (ulong)table!.Columns.Count ? table.Columns[(int)ordinal] : throw GraphReader.Torn();
        }

        return columns;
    }

    private static void WriteProperties(GraphWriter writer, PropertyCollection properties)
    {
        writer.Out.WriteVarint((uint)properties.Count);
        foreach (System.Collections.DictionaryEntry property in properties)
        {
            writer.WriteReference(property.Key, ReferenceSlot.Object);
            writer.WriteReference(property.Value, ReferenceSlot.Object);
        }
    }

    private static void ReadProperties(GraphReader reader, PropertyCollection properties)
    {
        for (var count = reader.ReadLength(); count > 0; count--)
        {
            var key = reader.ReadReference(ReferenceSlot.Object) ?? throw GraphReader.Torn();
            properties[key] = reader.ReadReference(ReferenceSlot.Object);
        }
    }

    /// <summary>One that nobody set is the current one of the process, or that of the set; it is set on the other side only if it is another one there.</summary>
    private static void WriteCulture(GraphWriter writer, CultureInfo culture, bool isOwn)
    {
        Flags(writer, isOwn, false);
        writer.WriteReference(culture, ReferenceSlot.Object);
    }

    private static CultureInfo? ReadCulture(GraphReader reader, CultureInfo here)
    {
        var (isOwn, _) = Flags(reader);
        var culture = (CultureInfo)reader.ReadReference(ReferenceSlot.Object)!;
        return isOwn || !culture.Equals(here) ? culture : null;
    }

    private static string Text(GraphReader reader) => StringFormat.Read(reader) ?? "";

    private static void Flags(GraphWriter writer, bool first, bool second) => writer.Out.WriteByte((byte)((first ? 1 : 0) | (second ? 2 : 0)));

    private static (bool First, bool Second) Flags(GraphReader reader)
    {
        var flags = reader.ReadByte();
        return ((flags & 1) != 0, (flags & 2) != 0);
    }
}
