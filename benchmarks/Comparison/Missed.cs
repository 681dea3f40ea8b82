namespace Comparison;

/// <summary>The figures that missed their target, and why.</summary>
internal static class Missed
{
    private static readonly string[] Head = ["what", "aim", "measured", "why"];

    /// <summary>Returns lines of cells, of which the first is the head. Returns none if no figure missed its target.</summary>
    public static IReadOnlyList<string[]> Table(IReadOnlyList<Row> rows)
    {
        var missed = rows.Where(static row => row.IsMet is false).ToList();
        return missed.Count == 0 ? [] : [Head, .. missed.Select(Cells)];
    }

    private static string[] Cells(Row row)
    {
        var unit = row.Figure.Unit;
        var aim = row.Figure.Aim!;
        return [row.Figure.What, aim.Describe(unit), unit.Format(row.Ours.Median), aim.Reason ?? "not explained yet"];
    }
}
