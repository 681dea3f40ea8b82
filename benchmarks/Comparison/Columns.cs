namespace Comparison;

/// <summary>Formats lines of cells, of which the first is the head.</summary>
internal static class Columns
{
    public static string AsText(IReadOnlyList<string[]> lines)
    {
        var widths = Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length)).ToList();
        return string.Join('\n', lines.Select(line => string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    public static string AsMarkdown(IReadOnlyList<string[]> lines) =>
        string.Join('\n', [Line(lines[0]), string.Concat(Enumerable.Repeat("|---", lines[0].Length)) + "|", .. lines.Skip(1).Select(Line)]);

    private static string Line(string[] cells) => $"| {string.Join(" | ", cells)} |";
}
