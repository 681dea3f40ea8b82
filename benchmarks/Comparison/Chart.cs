using Comparison.Drawing;

namespace Comparison;

/// <summary>Draws the times as horizontal bars on a logarithmic scale.</summary>
internal static class Chart
{
    private const int Width = 860;
    private const int Left = 320;
    private const int Right = 90;
    private const int Top = 48;
    private const int BarHeight = 10;
    private const int RowGap = 12;

    private static readonly (string Label, string Colour)[] Series = [("this library", Svg.Ours), ("CPython", Svg.Python), ("limit of the machine", Svg.Limit)];

    public static string Of(IReadOnlyList<Row> rows)
    {
        var shown = rows.Where(row => row.Figure.Unit is Unit.Nanoseconds && !double.IsNaN(row.Python.Median)).ToList();
        if (shown.Count == 0)
        {
            shown = [.. rows.Where(row => row.Figure.Unit is Unit.Nanoseconds)];
        }

        var values = shown.SelectMany(Values).Where(value => value > 0).ToList();
        var scale = new LogScale(values.Min(), values.Max(), Left, Width - Right);
        var svg = new Svg(Width);
        var y = Top;
        foreach (var row in shown)
        {
            y = AppendRow(svg, row, scale, y);
        }

        return Frame(svg, scale, y);
    }

    private static double[] Values(Row row) => [row.Ours.Median, row.Python.Median, row.Limit.Median];

    private static int AppendRow(Svg svg, Row row, LogScale scale, int y)
    {
        var values = Values(row);
        var bars = values.Count(value => value > 0);
        var middle = y + (bars * BarHeight / 2) + 4;
        svg.Text(Left - 10, middle, "end", ShortName(row.Figure.What));
        for (var i = 0; i < values.Length; i++)
        {
            if (!(values[i] > 0))
            {
                continue;
            }

            var end = scale.At(values[i]);
            svg.Add($"""<rect x="{Left}" y="{y}" width="{end - Left:0.0}" height="{BarHeight - 1}" fill="{Series[i].Colour}"/>""");
            svg.Text(end + 4, y + BarHeight - 2, "start", Unit.Nanoseconds.Format(values[i]) + Better(row, i), "value");
            y += BarHeight;
        }

        return y + RowGap;
    }

    private static string Better(Row row, int series) => series == 0 && row.TimesPython >= 1 ? $" ({UnitText.Ratio(row.TimesPython)})" : "";

    // The text in brackets is only for the table.
    private static string ShortName(string what) => what.Split(" (")[0];

    private static string Frame(Svg svg, LogScale scale, int bottom)
    {
        svg.Legend(Left, Series);
        foreach (var power in scale.Powers)
        {
            var at = scale.At(power);
            svg.GridLine(at, Top - 8, at, bottom);
            svg.Text(at, bottom + 14, "middle", Round(power), "value");
        }

        return svg.Frame(bottom + 24, "Time for each operation on a logarithmic scale: shorter is better");
    }

    private static string Round(double power) => Unit.Nanoseconds.Format(power).Replace(".0", "", StringComparison.Ordinal);
}
