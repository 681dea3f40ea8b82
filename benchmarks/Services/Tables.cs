namespace Services;

/// <summary>The tables of the console and of the page, as lines of cells. The first line is the head.</summary>
internal static class Tables
{
    /// <summary>Each contender's median for each call, and the least in brackets.</summary>
    public static IReadOnlyList<string[]> Figures(IReadOnlyList<Row> rows, IReadOnlyList<string> contenders) =>
    [
        ["what", .. contenders],
        .. rows.Select(row => (string[])[row.What, .. contenders.Select(contender => Figure(row.Of(contender)))]),
    ];

    /// <summary>How many times longer the others take.</summary>
    public static IReadOnlyList<string[]> Ratios(IReadOnlyList<Row> rows) =>
    [
        ["what", .. Catalog.Pairs.Select(pair => $"{pair.Peer} / {pair.Contender}")],
        .. rows.Select(row => (string[])[row.What, .. Catalog.Pairs.Select(pair => UnitText.Ratio(row.Times(pair.Contender, pair.Peer)))]),
    ];

    public static IReadOnlyList<string[]> Aims(IReadOnlyList<Row> rows) =>
    [
        ["what", "of", "aim", "measured", ""],
        .. from aim in Catalog.Aims
           from row in rows
           where row.Name == aim.Row
           select (string[])[row.What, aim.Contender, aim.Text, aim.MeasuredText(row), Mark(aim.IsMet(row))],
    ];

    public static string AsText(IReadOnlyList<string[]> lines)
    {
        var widths = Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length)).ToList();
        return string.Join('\n', lines.Select(line => string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    public static string AsMarkdown(IReadOnlyList<string[]> lines) =>
        string.Join('\n', [Line(lines[0]), string.Concat(Enumerable.Repeat("|---", lines[0].Length)) + "|", .. lines.Skip(1).Select(Line)]);

    private static string Line(string[] cells) => $"| {string.Join(" | ", cells)} |";

    private static string Figure(Sample sample) =>
        double.IsNaN(sample.Median) ? "-" : $"{Unit.Nanoseconds.Format(sample.Median)} ({Unit.Nanoseconds.Format(sample.Least)})";

    private static string Mark(bool? met) => met switch { true => "met", false => "missed", null => "not measured" };
}
