using Spectre.Console;

namespace Multiprocessing.Tool.Output;

/// <summary>Tables as ps(1) prints them: a line of headers, no frame.</summary>
internal static class Tables
{
    /// <param name="headers">The headers; one that begins with <c>&gt;</c> is right-aligned, as numbers are.</param>
    public static Table New(params string[] headers)
    {
        var table = new Table { Border = TableBorder.None, UseSafeBorder = false, Expand = false };
        foreach (var header in headers)
        {
            var isRight = header.StartsWith('>');
            var title = new Text(header.TrimStart('>'), new Style(Color.Grey));
            var column = new TableColumn(title) { NoWrap = isRight, Padding = new Padding(0, 0, 2, 0) };
            table.AddColumn(isRight ? column.RightAligned() : column);
        }

        return table;
    }
}
