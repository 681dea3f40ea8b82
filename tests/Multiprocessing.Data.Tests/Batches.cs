using Apache.Arrow;
using Apache.Arrow.Types;
using Shouldly;

namespace Multiprocessing.DataTests;

/// <summary>Batches with columns of many types, and their comparison.</summary>
internal static class Batches
{
    /// <summary>Numbers, texts with nulls, booleans, a dictionary, nested lists, structs, dates, decimals.</summary>
    public static RecordBatch Mixed(int rows)
    {
        var numbers = new Int64Array.Builder();
        var texts = new StringArray.Builder();
        var flags = new BooleanArray.Builder();
        var codes = new Int32Array.Builder();
        var lists = new ListArray.Builder(Int32Type.Default);
        var items = (Int32Array.Builder)lists.ValueBuilder;
        var nested = new ListArray.Builder(new ListType(StringType.Default));
        var inner = (ListArray.Builder)nested.ValueBuilder;
        var innermost = (StringArray.Builder)inner.ValueBuilder;
        var days = new Date32Array.Builder();
        var prices = new Decimal128Array.Builder(new Decimal128Type(20, 2));
        var blobs = new BinaryArray.Builder();
        for (var i = 0; i < rows; i++)
        {
            if (i % 7 == 3)
            {
                numbers.AppendNull();
                texts.AppendNull();
                flags.AppendNull();
                lists.AppendNull();
                nested.AppendNull();
                days.AppendNull();
                prices.AppendNull();
                blobs.AppendNull();
            }
            else
            {
                numbers.Append(i * 1_000_000_007L);
                texts.Append(new string((char)('α' + (i % 20)), i % 5));
                flags.Append(i % 3 == 0);
                lists.Append();
                for (var j = 0; j < i % 4; j++)
                {
                    items.Append(i + j);
                }

                nested.Append();
                inner.Append();
                innermost.Append($"{i}");
                inner.Append();
                days.Append(new DateTime(2000, 1, 1).AddDays(i));
                prices.Append(i / 4m);
                blobs.Append([(byte)i, 0]);
            }

            codes.Append(i % 3);
        }

        var words = new StringArray.Builder().AppendRange(["red", "green", "blue"]).Build();
        var colours = new DictionaryArray(new DictionaryType(Int32Type.Default, StringType.Default, false), codes.Build(), words);
        var x = new DoubleArray.Builder().AppendRange(Enumerable.Range(0, rows).Select(i => i / 3.0)).Build();
        var points = new StructArray(new StructType([new Field("x", DoubleType.Default, false)]), rows, [x], ArrowBuffer.Empty, 0);
        IArrowArray[] columns =
            [numbers.Build(), texts.Build(), flags.Build(), colours, lists.Build(), nested.Build(), points, days.Build(), prices.Build(), blobs.Build(), new NullArray(rows)];
        string[] names = ["number", "text", "flag", "colour", "list", "nested", "point", "day", "price", "blob", "nothing"];
        var fields = columns.Select((column, i) => new Field(names[i], column.Data.DataType, nullable: true, i == 0 ? [new("unit", "€")] : []));
        return new RecordBatch(new Schema(fields, [new("made by", "a test")]), columns, rows);
    }

    public static void ShouldBe(this RecordBatch actual, RecordBatch expected)
    {
        actual.Length.ShouldBe(expected.Length);
        actual.Schema.Metadata.ShouldBe(expected.Schema.Metadata);
        actual.Schema.FieldsList.Select(field => field.Name).ShouldBe(expected.Schema.FieldsList.Select(field => field.Name));
        actual.Schema.FieldsList.Select(field => field.DataType.Name).ShouldBe(expected.Schema.FieldsList.Select(field => field.DataType.Name));
        actual.Schema.FieldsList[0].Metadata.ShouldBe(expected.Schema.FieldsList[0].Metadata);
        for (var i = 0; i < expected.ColumnCount; i++)
        {
            Values(actual.Column(i)).ShouldBe(Values(expected.Column(i)), $"column {expected.Schema.FieldsList[i].Name}");
        }
    }

    /// <summary>The rows of a column as text.</summary>
    public static List<string> Values(IArrowArray column) => [.. Enumerable.Range(0, column.Length).Select(row => Value(column, row))];

    private static string Value(IArrowArray column, int row) => column.IsNull(row) ? "null" : column switch
    {
        StringArray texts => $"'{texts.GetString(row)}'",
        BooleanArray flags => $"{flags.GetValue(row)}",
        DictionaryArray coded => Value(coded.Dictionary, ((Int32Array)coded.Indices).GetValue(row)!.Value),
        ListArray lists => $"[{string.Join(", ", Values(lists.GetSlicedValues(row)))}]",
        StructArray structs => $"{{{string.Join(", ", structs.Fields.Select(field => Value(field, row)))}}}",
        Decimal128Array prices => $"{prices.GetValue(row)}",
        Date32Array days => $"{days.GetDateTime(row):O}",
        BinaryArray blobs => Convert.ToHexString(blobs.GetBytes(row)),
        Int64Array numbers => $"{numbers.GetValue(row)}",
        Int32Array numbers => $"{numbers.GetValue(row)}",
        DoubleArray numbers => $"{numbers.GetValue(row)}",
        NullArray => "null",
        _ => throw new NotSupportedException(column.GetType().Name),
    };
}
