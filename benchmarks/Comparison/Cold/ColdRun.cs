using System.Globalization;
using System.Text;

namespace Comparison.Cold;

/// <summary>Runs the cases of a program that has just started, and writes <c>benchmarks-cold.md</c>.</summary>
internal static class ColdRun
{
    public static IEnumerable<string> Names => Cases(0).Select(static item => item.Name).Distinct();

    public static int Run(Settings settings, Circumstances circumstances)
    {
        var count = settings.Quick ? 10_000 : 100_000;
        var results = new List<(ColdCase Case, IReadOnlyList<Row> Rows)>();
        foreach (var item in Cases(count).Where(item => settings.Includes(item.Name)))
        {
            circumstances.Load.Look();
            results.Add((item, Runner.Run(item, settings.Rounds)));
        }

        circumstances.Load.Look();
        var table = Table(results);
        Console.WriteLine();
        Console.WriteLine(Columns.AsText(table));
        Console.WriteLine(circumstances.Load);
        Pages.Write("benchmarks-cold.md", Markdown(table, count, circumstances), settings is { Quick: false, Only: null });
        return 0;
    }

    private static IReadOnlyList<ColdCase> Cases(int count) =>
    [
        new("struct-throughput", "64-byte struct, throughput", count),
        new("bytes-throughput", "byte[64], throughput", count),
        new("bytes-throughput", $"byte[64], throughput, the first {UnitText.Count(10L * count)}", 10 * count, most: 60),
        new("struct-roundtrip", "64-byte struct, round trip", count, most: 600),
        new("bytes-roundtrip", "byte[64], round trip", count, most: 600),
    ];

    private static IReadOnlyList<string[]> Table(IReadOnlyList<(ColdCase Case, IReadOnlyList<Row> Rows)> results) =>
    [
        ["what", "cold", "hot", "cold / hot", "from `Main` to the end of the cold ones", "aim", ""],
        .. results.Select(static result => (string[])
        [
            result.Rows[0].Figure.What.Split(':')[0], Time(result.Rows[0]), Time(result.Rows[1]), UnitText.Ratio(Ratio(result.Rows)), Time(result.Rows[2]),
            result.Case.AimText, result.Case.IsMet(result.Rows[0].Ours.Median, result.Rows[1].Ours.Median) ? "met" : "**missed**",
        ]),
    ];

    // Of the medians: a turn's hot figure is not more like its own cold one than another turn's.
    private static double Ratio(IReadOnlyList<Row> rows) => rows[0].Ours.Median / rows[1].Ours.Median;

    private static string Time(Row row) => $"{Unit.Nanoseconds.Format(row.Ours.Median)} ({Unit.Nanoseconds.Format(row.Ours.Least)})";

    private static string Markdown(IReadOnlyList<string[]> table, int count, Circumstances circumstances)
    {
        var text = new StringBuilder();
        text.AppendLine("# Benchmarks: a program that has just started");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"*Cold* is each of the first {count:#,0} operations (or as many as the line says) of a program that has just started, over a pair of processes that has just started, with spares at their default.");
        text.AppendLine("The time counts from the first line of the other process's body. *Hot* is each of as many operations when the code of both processes is fully compiled. The library is the package's, compiled ahead of time.");
        text.AppendLine("A figure is the median of the turns (in brackets the least); each turn is a program of its own.");
        text.AppendLine();
        text.AppendLine(circumstances.ToString());
        text.AppendLine();
        text.AppendLine(Columns.AsMarkdown(table));
        text.AppendLine();
        text.Append(Pages.MeasureAgain("", "dotnet run -c Release --project benchmarks/Comparison -- --cold"));
        return text.ToString();
    }
}
