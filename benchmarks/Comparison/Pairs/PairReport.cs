using System.Globalization;
using System.Text;
using Comparison.Drawing;

namespace Comparison.Pairs;

/// <summary>Prints the distributions, and writes <c>benchmarks-pairs.md</c> with a picture for each case.</summary>
internal static class PairReport
{
    public static void Write(IReadOnlyList<PairSet> sets, Settings settings, Circumstances circumstances)
    {
        var table = Table(sets);
        Console.WriteLine();
        Console.WriteLine(Columns.AsText(table));
        Console.WriteLine(circumstances.Load);
        var whole = settings is { Quick: false, Only: null };
        for (var i = 0; i < sets.Count; i++)
        {
            Pages.Write(Picture(i), Chart(sets[i]), whole);
        }

        Pages.Write("benchmarks-pairs.md", Markdown(table, sets, settings, circumstances), whole);
    }

    private static IReadOnlyList<string[]> Table(IReadOnlyList<PairSet> sets) =>
    [
        ["what", "", "least", "median", "p95", "greatest", "slow pairs", "both slow", "rank correlation"],
        .. sets.SelectMany(set => new[]
        {
            Line(set.Figure.What, "this library", set.Ours, set.SlowOurs, set),
            Line("", "limit", set.Limit, set.SlowLimit, null),
        }),
    ];

    private static string[] Line(string what, string contender, IReadOnlyList<double> values, int slow, PairSet? set)
    {
        var sample = new Sample(values);
        return
        [
            what, contender, Time(sample.Least), Time(sample.Median), Time(sample.Percentile(95)), Time(sample.Percentile(100)),
            values.Count == 0 ? "-" : $"{slow} of {values.Count}",
            set is null || set.Limit.Count == 0 ? "" : set.SlowBoth.ToString(CultureInfo.InvariantCulture),
            set is null || double.IsNaN(set.Correlation) ? "" : set.Correlation.ToString("0.00", CultureInfo.InvariantCulture),
        ];
    }

    private static string Time(double value) => Unit.Nanoseconds.Format(value);

    private static string Chart(PairSet set)
    {
        var count = Math.Max(set.Ours.Count, set.Limit.Count);
        var numbers = Enumerable.Range(1, count).Select(static number => (double)number).ToList();
        var labels = numbers.Select(static number => number.ToString(CultureInfo.InvariantCulture)).ToList();
        return new LineChart($"{set.Figure.What}: the time of each pair of processes", new Axis("pair", numbers, labels, Logarithmic: false), Time)
            .Of([new("this library", Svg.Ours, set.Ours, Joined: false), new("limit of the machine", Svg.Limit, set.Limit, Joined: false)]);
    }

    private static string Picture(int index) => $"benchmarks-pairs-{index + 1}.svg";

    private static string Markdown(IReadOnlyList<string[]> table, IReadOnlyList<PairSet> sets, Settings settings, Circumstances circumstances)
    {
        var text = new StringBuilder();
        text.AppendLine("# Benchmarks: pairs of processes");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{settings.Pairs} pairs of new processes for each contender, in turn: one pair of this library, one pair of the limit (two C processes with a ring in shared memory).");
        text.AppendLine("Each pair runs until its code is compiled, and is then measured once. A pair mostly keeps the processors on which it has started, and the host of a virtual machine mostly keeps their place.");
        text.AppendLine(CultureInfo.InvariantCulture, $"A pair is slow if it takes more than {PairSet.SlowFrom:0} times as long as the fastest pair of its contender. *Both slow* counts the turns in which both contenders had a slow pair.");
        text.AppendLine("*Rank correlation* (Spearman) is 1 if the slower turns of one contender are the slower turns of the other, and near 0 if they are unrelated: a machine that is slow for a while slows both.");
        text.AppendLine();
        text.AppendLine(circumstances.ToString());
        text.AppendLine();
        text.AppendLine(Columns.AsMarkdown(table));
        for (var i = 0; i < sets.Count; i++)
        {
            text.AppendLine();
            text.AppendLine(CultureInfo.InvariantCulture, $"![{sets[i].Figure.What}: the time of each pair]({Picture(i)})");
        }

        text.AppendLine();
        text.Append(Pages.MeasureAgain("`--only pipe` for the cases of a name", string.Create(CultureInfo.InvariantCulture, $"dotnet run -c Release --project benchmarks/Comparison -- --pairs {settings.Pairs}")));
        return text.ToString();
    }
}
