using System.Text;

namespace Comparison;

/// <summary>Writes <c>docs/internals/benchmarks.md</c> and the chart beside it.</summary>
internal static class Report
{
    public static void Write(IReadOnlyList<Row> rows, Circumstances circumstances)
    {
        Pages.Write("benchmarks.md", Markdown(rows, circumstances), whole: true);
        Pages.Write("benchmarks.svg", Chart.Of(rows), whole: true);
    }

    private static string Markdown(IReadOnlyList<Row> rows, Circumstances circumstances)
    {
        var text = new StringBuilder();
        text.AppendLine("# Benchmarks");
        text.AppendLine();
        text.AppendLine("The same work by this library, by CPython's `multiprocessing`, and by the least that the machine needs (the limit): two C processes with a ring in shared memory, a bare");
        text.AppendLine("`dotnet hello.dll`, or what else the comment of the case names. *BCL* is .NET's own facility for processes: its named `Mutex` for the lock. The contenders take turns. A figure is the median of the turns (in brackets the least); *times better* and *of the limit* are medians of the ratios within one round.");
        text.AppendLine("The comment at the beginning of each file in `benchmarks/Comparison/Cases` describes how the case is measured.");
        text.AppendLine();
        text.AppendLine(circumstances.ToString());
        text.AppendLine();
        text.AppendLine("![Time for each operation, ours beside CPython's](benchmarks.svg)");
        text.AppendLine();
        text.AppendLine("| what | ours | CPython | times better | BCL | limit | of the limit | aim | |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var row in rows)
        {
            text.AppendLine(Line(row));
        }

        text.AppendLine();
        if (Missed.Table(rows) is { Count: > 0 } missed)
        {
            text.AppendLine("These aims were missed. The reason is given where a measurement has shown it:");
            text.AppendLine();
            text.AppendLine(Columns.AsMarkdown(missed));
            text.AppendLine();
        }

        text.Append(Pages.MeasureAgain(
            "`--quick` for less work, `--only roundtrip` for a part; without python3 or a C compiler their columns are empty",
            "dotnet run -c Release --project benchmarks/Comparison",
            "dotnet run -c Release --project benchmarks/Micro -- --filter '*'"));
        text.AppendLine();
        text.AppendLine("`--record` writes the ratios of a run to CPython and to the limit into `benchmarks/Comparison/gate.json`. `--gate` runs the cases again and fails if a ratio is worse by more than 1.6 x, twice in a row:");
        text.AppendLine("run it on one machine with the commits before and after a change.");
        text.AppendLine();
        text.AppendLine(MoreRuns.Markdown());
        return text.ToString();
    }

    private static string Line(Row row)
    {
        var unit = row.Figure.Unit;
        var aim = row.Figure.Aim?.Describe(unit) ?? "";
        var mark = row.IsMet switch { true => "met", false => "**missed**", null => "" };
        return $"| {row.Figure.What} | {WithLeast(unit, row.Ours)} | {WithLeast(unit, row.Python)} | {UnitText.Ratio(row.TimesPython)} | {WithLeast(unit, row.Bcl)} | {WithLeast(unit, row.Limit)} "
            + $"| {UnitText.Ratio(row.TimesLimit)} | {aim} | {mark} |";
    }

    private static string WithLeast(Unit unit, Sample sample) =>
        double.IsNaN(sample.Median) ? "-" : $"{unit.Format(sample.Median)} ({unit.Format(sample.Least)})";
}
