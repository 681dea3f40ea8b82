using System.Text;
using Comparison.Drawing;

namespace Comparison.Growth;

/// <summary>Prints the curves as tables, and writes <c>benchmarks-growth.md</c> with a picture of each.</summary>
internal static class CurveReport
{
    public static void Write(IReadOnlyList<CurveResult> results, Settings settings, Circumstances circumstances)
    {
        foreach (var result in results)
        {
            Console.WriteLine();
            Console.WriteLine(result.Curve.What);
            Console.WriteLine(Columns.AsText(Table(result)));
        }

        Console.WriteLine(circumstances.Load);
        var whole = settings is { Quick: false, Only: null };
        foreach (var result in results)
        {
            Pages.Write(Picture(result), Chart(result), whole);
        }

        Pages.Write("benchmarks-growth.md", Markdown(results, settings, circumstances), whole);
    }

    private static IReadOnlyList<string[]> Table(CurveResult result) =>
    [
        [result.Curve.Grows, .. result.Curve.Contenders.Select(static contender => contender.Label)],
        .. result.Places.Select(place => (string[])
        [
            result.Curve.Label(place),
            .. result.Curve.Contenders.Select(contender => result.Curve.Unit.Format(result.Of(contender, place).Median)),
        ]),
    ];

    private static string Chart(CurveResult result)
    {
        var curve = result.Curve;
        var axis = new Axis(
            curve.Grows, [.. result.Places.Select(static place => (double)place)], [.. result.Places.Select(curve.Label)], Logarithmic: true);
        return new LineChart(curve.What, axis, value => curve.Unit.Format(value)).Of(
        [
            .. curve.Contenders.Select(contender => new Line(
                contender.Label, contender.Colour, [.. result.Places.Select(place => result.Of(contender, place).Median)])),
        ]);
    }

    private static string Picture(CurveResult result) => $"benchmarks-growth-{result.Curve.Name}.svg";

    private static string Markdown(IReadOnlyList<CurveResult> results, Settings settings, Circumstances circumstances)
    {
        var text = new StringBuilder();
        text.AppendLine("# Benchmarks: growth");
        text.AppendLine();
        text.AppendLine("How times and memory grow with the number of processes, queues, tasks or bytes, beside CPython and beside threads of one process. Threads share their memory, so they show what processes cost at least.");
        text.AppendLine("At each place of a curve the contenders take turns; a figure is the median of the turns. A place is empty where a contender would take minutes, or where the library has no counterpart.");
        text.AppendLine();
        text.Append(circumstances).AppendLine(settings.Quick ? " A quick run: one turn each, without the upper ends." : "");
        foreach (var result in results)
        {
            text.AppendLine();
            text.AppendLine("## " + result.Curve.What);
            text.AppendLine();
            text.AppendLine(result.Curve.How);
            text.AppendLine();
            text.AppendLine($"![{result.Curve.What}]({Picture(result)})");
            text.AppendLine();
            text.AppendLine(Columns.AsMarkdown(Table(result)));
            foreach (var failure in result.Failures)
            {
                text.AppendLine();
                text.AppendLine($"{failure.Contender} failed at {failure.Place}: {failure.Message.Split('\n')[^1]}");
            }
        }

        text.AppendLine();
        text.Append(Pages.MeasureAgain("`--curves children` for one curve, `--quick` without the upper ends", "dotnet run -c Release --project benchmarks/Comparison -- --curves"));
        return text.ToString();
    }
}
