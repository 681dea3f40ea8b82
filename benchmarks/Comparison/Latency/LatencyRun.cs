using System.Text;

namespace Comparison.Latency;

/// <summary>Measures the durations of single operations, alone and beside a program that uses all processors, and writes <c>benchmarks-latency.md</c>.</summary>
internal static class LatencyRun
{
    private const int UsualRounds = 5;

    public static IEnumerable<string> Names => Cases(TimeSpan.Zero).Select(static item => item.Name).Distinct();

    public static int Run(Settings settings, Circumstances circumstances)
    {
        var time = TimeSpan.FromSeconds(settings.Quick ? 0.5 : 3);
        var results = new List<(LatencyCase Case, IReadOnlyList<Row> Rows)>();
        foreach (var item in Cases(time).Where(item => settings.Includes(item.Name)))
        {
            // The load of the busy cases is our own.
            if (!item.IsBusy)
            {
                circumstances.Load.Look();
            }

            results.Add((item, Runner.Run(item, settings.RoundsOr(settings.Quick ? 1 : UsualRounds))));
        }

        var table = Table(results);
        Console.WriteLine();
        Console.WriteLine(Columns.AsText(table));
        Console.WriteLine(circumstances.Load);
        Pages.Write("benchmarks-latency.md", Markdown(table, circumstances), settings is { Quick: false, Only: null });
        return 0;
    }

    // First all that need a quiet machine.
    private static IReadOnlyList<LatencyCase> Cases(TimeSpan time) => [.. Cases(time, busy: false), .. Cases(time, busy: true)];

    private static IReadOnlyList<LatencyCase> Cases(TimeSpan time, bool busy) =>
    [
        new("queue", "queue, 64 bytes there and back", LatencyWork.Queue, busy, time),
        new("lock", "lock, enter and exit, 2 processes at once", LatencyWork.Lock, busy, time),
        new("pool", "pool, submit to result", LatencyWork.Pool, busy, time),
    ];

    private static IReadOnlyList<string[]> Table(IReadOnlyList<(LatencyCase Case, IReadOnlyList<Row> Rows)> results) =>
    [
        ["what", "processors", "p50", "p99", "p99.9", "CPython p50", "p99", "p99.9", "times better p50", "p99", "p99.9"],
        .. results.Select(static result => (string[])
        [
            result.Case.What,
            result.Case.IsBusy ? "all busy" : "free",
            .. result.Rows.Select(static row => Unit.Nanoseconds.Format(row.Ours.Median)),
            .. result.Rows.Select(static row => Unit.Nanoseconds.Format(row.Python.Median)),
            .. result.Rows.Select(static row => UnitText.Ratio(row.TimesPython)),
        ]),
    ];

    private static string Markdown(IReadOnlyList<string[]> table, Circumstances circumstances)
    {
        var text = new StringBuilder();
        text.AppendLine("# Benchmarks: latency under load");
        text.AppendLine();
        text.AppendLine("How long single operations take: half of them are not slower than p50, 99 of 100 not slower than p99, 999 of 1,000 not slower than p99.9.");
        text.AppendLine("*All busy*: another program has one process for each processor, which computes all the time. A figure is the median of the turns; *times better* compares with CPython in the same turns.");
        text.AppendLine();
        text.AppendLine(circumstances.ToString());
        text.AppendLine();
        text.AppendLine(Columns.AsMarkdown(table));
        text.AppendLine();
        text.Append(Pages.MeasureAgain("", "dotnet run -c Release --project benchmarks/Comparison -- --latency"));
        return text.ToString();
    }
}
