namespace Multiprocessing.Tool.Terminal;

/// <summary>Horizontal bars of eighths of a column.</summary>
internal static class Bar
{
    private const string Eighths = " ▏▎▍▌▋▊▉█";

    /// <summary>Draws a bar.</summary>
    /// <param name="canvas">Where to draw.</param>
    /// <param name="column">The first column.</param>
    /// <param name="row">The row.</param>
    /// <param name="columns">The length of a full bar.</param>
    /// <param name="share">The share that is filled, 0 to 1.</param>
    /// <param name="style">The style of the filled part.</param>
    /// <param name="hasUnicode">False for <c>#</c> and <c>.</c> in place of blocks.</param>
    public static void Draw(Canvas canvas, int column, int row, int columns, double share, Style style, bool hasUnicode)
    {
        share = double.IsNaN(share) ? 0 : Math.Clamp(share, 0, 1);
        var eighths = (int)Math.Round(share * columns * 8);

        // Something is not nothing, and not full is not full.
        eighths = share > 0 ? Math.Max(eighths, 1) : 0;
        eighths = share < 1 ? Math.Min(eighths, (columns * 8) - 1) : columns * 8;
        for (var i = 0; i < columns; i++)
        {
            var filled = Math.Clamp(eighths - (i * 8), 0, 8);
            var text = hasUnicode
                ? filled == 0 ? "·" : Eighths[filled].ToString()
                : filled >= 4 || (filled > 0 && i == 0) ? "#" : ".";
            canvas.Write(column + i, row, text, filled == 0 ? Style.Dim : style);
        }
    }
}
