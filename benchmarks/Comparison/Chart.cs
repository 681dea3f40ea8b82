using System.Globalization;
using System.Net;
using System.Text;

namespace Comparison;

/// <summary>Draws the times as horizontal bars on a logarithmic scale, in colours that are readable on light and dark backgrounds.</summary>
internal static class Chart
{
    private const int Width = 860;
    private const int Left = 320;
    private const int Right = 90;
    private const int Top = 48;
    private const int BarHeight = 10;
    private const int RowGap = 12;

    private static readonly (string Label, string Colour)[] Series = [("this library", "#2f81f7"), ("CPython", "#d29922"), ("limit of the machine", "#8b949e")];

    public static string Of(IReadOnlyList<Row> rows)
    {
        var shown = rows.Where(row => row.Figure.Unit is Unit.Nanoseconds && !double.IsNaN(row.Python.Median)).ToList();
        if (shown.Count == 0)
        {
            shown = [.. rows.Where(row => row.Figure.Unit is Unit.Nanoseconds)];
        }

        var values = shown.SelectMany(Values).Where(value => value > 0).ToList();
        var scale = new LogScale(values.Min(), values.Max(), Left, Width - Right);
        var body = new StringBuilder();
        var y = Top;
        foreach (var row in shown)
        {
            y = AppendRow(body, row, scale, y);
        }

        return Frame(body, scale, y);
    }

    private static double[] Values(Row row) => [row.Ours.Median, row.Python.Median, row.Limit.Median];

    private static int AppendRow(StringBuilder body, Row row, LogScale scale, int y)
    {
        var values = Values(row);
        var bars = values.Count(value => value > 0);
        var middle = y + (bars * BarHeight / 2) + 4;
        Append(body, $"""<text x="{Left - 10}" y="{middle}" text-anchor="end">{WebUtility.HtmlEncode(ShortName(row.Figure.What))}</text>""");
        for (var i = 0; i < values.Length; i++)
        {
            if (!(values[i] > 0))
            {
                continue;
            }

            var end = scale.At(values[i]);
            Append(body, $"""<rect x="{Left}" y="{y}" width="{end - Left:0.0}" height="{BarHeight - 1}" fill="{Series[i].Colour}"/>""");
            Append(body, $"""<text class="value" x="{end + 4:0.0}" y="{y + BarHeight - 2}">{Unit.Nanoseconds.Format(values[i])}{Better(row, i)}</text>""");
            y += BarHeight;
        }

        return y + RowGap;
    }

    private static string Better(Row row, int series) => series == 0 && row.TimesPython >= 1 ? $" ({UnitText.Ratio(row.TimesPython)})" : "";

    // The text in brackets is only for the table.
    private static string ShortName(string what) => what.Split(" (")[0];

    private static string Frame(StringBuilder body, LogScale scale, int bottom)
    {
        var text = new StringBuilder();
        Append(text, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{bottom + 24}" viewBox="0 0 {Width} {bottom + 24}" role="img">""");
        Append(text, $"<title>Time for each operation on a logarithmic scale: shorter is better</title>");
        Append(text, $"<style>text {{ font: 12px sans-serif; fill: #57606a; }} .value {{ font-size: 9px; }} .grid {{ stroke: #8b949e; stroke-opacity: 0.3; }}");
        Append(text, $"@media (prefers-color-scheme: dark) {{ text {{ fill: #b1bac4; }} }}</style>");
        var x = Left;
        foreach (var (label, colour) in Series)
        {
            Append(text, $"""<rect x="{x}" y="8" width="12" height="12" fill="{colour}"/><text x="{x + 18}" y="18">{label}</text>""");
            x += 150;
        }

        foreach (var power in scale.Powers)
        {
            var at = scale.At(power);
            Append(text, $"""<line class="grid" x1="{at:0.0}" y1="{Top - 8}" x2="{at:0.0}" y2="{bottom}"/>""");
            Append(text, $"""<text class="value" x="{at:0.0}" y="{bottom + 14}" text-anchor="middle">{Round(power)}</text>""");
        }

        text.Append(body);
        Append(text, $"</svg>");
        return text.ToString();
    }

    private static string Round(double power) => Unit.Nanoseconds.Format(power).Replace(".0", "", StringComparison.Ordinal);

    private static void Append(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
