using System.Data;
using System.Globalization;

namespace Multiprocessing;

/// <summary>Parts that tables and sets have in common.</summary>
internal static class DataParts
{
    public static void WriteColumns(GraphWriter writer, DataColumn[] columns, bool withTable)
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

    public static DataColumn[] ReadColumns(GraphReader reader, DataSet? set, DataTable? table)
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

    public static void WriteProperties(GraphWriter writer, PropertyCollection properties)
    {
        writer.Out.WriteVarint((uint)properties.Count);
        foreach (System.Collections.DictionaryEntry property in properties)
        {
            writer.WriteReference(property.Key, ReferenceSlot.Object);
            writer.WriteReference(property.Value, ReferenceSlot.Object);
        }
    }

    public static void ReadProperties(GraphReader reader, PropertyCollection properties)
    {
        for (var count = reader.ReadLength(); count > 0; count--)
        {
            var key = reader.ReadReference(ReferenceSlot.Object) ?? throw GraphReader.Torn();
            properties[key] = reader.ReadReference(ReferenceSlot.Object);
        }
    }

    /// <summary>
    /// Writes a culture and whether it was set. If it was not, it is the current one of the process, or that of the set; the reader then sets it only
    /// if its own one differs.
    /// </summary>
    public static void WriteCulture(GraphWriter writer, CultureInfo culture, bool isOwn)
    {
        Flags(writer, isOwn, false);
        writer.WriteReference(culture, ReferenceSlot.Object);
    }

    public static CultureInfo? ReadCulture(GraphReader reader, CultureInfo here)
    {
        var (isOwn, _) = Flags(reader);
        var culture = (CultureInfo)reader.ReadReference(ReferenceSlot.Object)!;
        return isOwn || !culture.Equals(here) ? culture : null;
    }

    public static string Text(GraphReader reader) => StringFormat.Read(reader) ?? "";

    public static void Flags(GraphWriter writer, bool first, bool second) => writer.Out.WriteByte((byte)((first ? 1 : 0) | (second ? 2 : 0)));

    public static (bool First, bool Second) Flags(GraphReader reader)
    {
        var flags = reader.ReadByte();
        return ((flags & 1) != 0, (flags & 2) != 0);
    }
}
