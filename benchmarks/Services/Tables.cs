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

    private static string Figure(Sample sample) =>
        double.IsNaN(sample.Median) ? "-" : $"{Unit.Nanoseconds.Format(sample.Median)} ({Unit.Nanoseconds.Format(sample.Least)})";

    private static string Mark(bool? met) => met switch { true => "met", false => "missed", null => "not measured" };
}
