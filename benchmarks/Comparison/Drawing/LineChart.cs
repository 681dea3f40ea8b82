namespace Comparison.Drawing;

/// <summary>Draws values over a quantity, such as time over size. The values have a logarithmic axis.</summary>
/// <param name="title">What the picture shows, for readers that do not see it.</param>
/// <param name="across">The horizontal axis.</param>
/// <param name="format">Formats a value.</param>
internal sealed class LineChart(string title, Axis across, Func<double, string> format)
{
    private const int Width = 860;
    private const int Height = 380;
    private const int Left = 70;
    private const int Right = 30;
    private const int Top = 40;
    private const int Bottom = 50;

    // Labels nearer to each other than this would overlap.
    private const int LabelWidth = 46;

    /// <summary>Returns the picture. Values that are NaN are left out.</summary>
    public string Of(IReadOnlyList<Line> lines)
    {
        var values = lines.SelectMany(static line => line.Values).Where(static value => value > 0).ToList();
        var up = values.Count == 0 ? new LogScale(1, 10, Height - Bottom, Top) : new LogScale(values.Min(), values.Max(), Height - Bottom, Top);
        var svg = new Svg(Width);
        svg.Legend(Left, lines.Select(static line => (line.Label, line.Colour)));
        foreach (var power in up.Powers)
        {
            svg.GridLine(Left, up.At(power), Width - Right, up.At(power));
            svg.Text(Left - 6, up.At(power) + 3, "end", format(power).Replace(".0", "", StringComparison.Ordinal), "value");
        }

        AddTicks(svg);
        foreach (var line in lines)
        {
            AddLine(svg, line, up);
        }

        return svg.Frame(Height, title);
    }

    private double At(int index) => across.Place(index, Left + 10, Width - Right - 10);

    private void AddTicks(Svg svg)
    {
        var last = double.NegativeInfinity;
        for (var i = 0; i < across.Labels.Count; i++)
        {
            if (At(i) - last >= LabelWidth)
            {
                last = At(i);
                svg.GridLine(last, Height - Bottom, last, Height - Bottom + 4);
                svg.Text(last, Height - Bottom + 16, "middle", across.Labels[i], "value");
            }
        }

        svg.Text((Left + Width - Right) / 2.0, Height - 12, "middle", across.Title);
    }

    private void AddLine(Svg svg, Line line, LogScale up)
    {
        var points = Enumerable.Range(0, line.Values.Count).Where(i => line.Values[i] > 0).Select(i => (X: At(i), Y: up.At(line.Values[i]))).ToList();
        if (line.Joined && points.Count > 1)
        {
            var path = string.Join(' ', points.Select(static point => FormattableString.Invariant($"{point.X:0.0},{point.Y:0.0}")));
            svg.Add($"""<polyline points="{path}" fill="none" stroke="{line.Colour}" stroke-width="2"/>""");
        }

        foreach (var (x, y) in points)
        {
            svg.Add($"""<circle cx="{x:0.0}" cy="{y:0.0}" r="3" fill="{line.Colour}"/>""");
        }
    }
}

/// <summary>One contender's values, one for each place of the horizontal axis.</summary>
internal sealed record Line(string Label, string Colour, IReadOnlyList<double> Values, bool Joined = true);
