using System.Globalization;
using System.Net;
using System.Text;

namespace Comparison.Drawing;

/// <summary>The text of a picture, in colours that are readable on light and dark backgrounds.</summary>
internal sealed class Svg(int width)
{
    public const string Ours = "#2f81f7";
    public const string Python = "#d29922";
    public const string Limit = "#8b949e";
    public const string Second = "#3fb950";
    public const string Third = "#bc8cff";

    private const int LegendStep = 150;

    // Below everything else.
    private readonly StringBuilder _grid = new();
    private readonly StringBuilder _body = new();

    public void Add(FormattableString line) => _body.AppendLine(line.ToString(CultureInfo.InvariantCulture));

    public void Text(double x, double y, string anchor, string text, string style = "") => Add(
        $"""<text{(style.Length == 0 ? "" : $" class=\"{style}\"")} x="{x:0.0}" y="{y:0.0}" text-anchor="{anchor}">{WebUtility.HtmlEncode(text)}</text>""");

    public void GridLine(double x1, double y1, double x2, double y2) =>
        _grid.AppendLine(CultureInfo.InvariantCulture, $"""<line class="grid" x1="{x1:0.0}" y1="{y1:0.0}" x2="{x2:0.0}" y2="{y2:0.0}"/>""");

    /// <summary>Adds a square of each colour and its label, in one line at the top.</summary>
    public void Legend(double left, IEnumerable<(string Label, string Colour)> entries)
    {
        foreach (var (label, colour) in entries)
        {
            Add($"""<rect x="{left}" y="8" width="12" height="12" fill="{colour}"/>""");
            Text(left + 18, 18, "start", label);
            left += Math.Max(LegendStep, (7 * label.Length) + 36);
        }
    }

    /// <summary>Returns the whole picture.</summary>
    public string Frame(int height, string title)
    {
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">""");
        text.AppendLine(CultureInfo.InvariantCulture, $"<title>{WebUtility.HtmlEncode(title)}</title>");
        text.AppendLine("<style>text { font: 12px sans-serif; fill: #57606a; } .value { font-size: 9px; } .grid { stroke: #8b949e; stroke-opacity: 0.3; }");
        text.AppendLine("@media (prefers-color-scheme: dark) { text { fill: #b1bac4; } }</style>");
        return text.Append(_grid).Append(_body).AppendLine("</svg>").ToString();
    }
}
