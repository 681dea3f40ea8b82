namespace Comparison;

/// <summary>Formats rows as columns of text.</summary>
internal static class TextTable
{
    public static string Of(IReadOnlyList<Row> rows)
    {
        var lines = new List<string[]> { new[] { "what", "ours", "(least)", "CPython", "times better", "BCL", "limit", "times limit", "aim", "" } };
        lines.AddRange(rows.Select(Cells));
        return Columns.AsText(lines);
    }

    private static string[] Cells(Row row)
    {
        var unit = row.Figure.Unit;
        return
        [
            row.Figure.What,
            unit.Format(row.Ours.Median),
            unit.Format(row.Ours.Least),
            unit.Format(row.Python.Median),
            UnitText.Ratio(row.TimesPython),
            unit.Format(row.Bcl.Median),
            unit.Format(row.Limit.Median),
            UnitText.Ratio(row.TimesLimit),
            row.Figure.Aim?.Describe(unit) ?? "-",
            row.IsMet switch { true => "met", false => "missed", null => "" },
        ];
    }
}
