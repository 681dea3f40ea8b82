namespace Multiprocessing.Tool.Terminal;

/// <summary>A column of a <see cref="Grid"/>.</summary>
/// <param name="Title">The header.</param>
/// <param name="Width">The number of columns of the screen; the least one of a column with <paramref name="Share"/>.</param>
/// <param name="IsRight">Whether the text is right-aligned, as numbers are.</param>
/// <param name="Share">The part of the remaining width that the column gets; 0 for a fixed width.</param>
/// <param name="Rank">Columns with the highest rank are left out first if the screen is narrow; 0 is never left out.</param>
internal readonly record struct GridColumn(string Title, int Width, bool IsRight = false, int Share = 0, int Rank = 0);

/// <summary>Draws one cell of a grid.</summary>
/// <param name="canvas">The screen.</param>
/// <param name="column">The first column of the cell on the screen.</param>
/// <param name="row">The row on the screen.</param>
/// <param name="width">The number of columns.</param>
internal delegate void CellDrawing(Canvas canvas, int column, int row, int width);

/// <summary>Distributes the width of the screen among columns, and leaves out those that matter least.</summary>
internal sealed class Grid
{
    private const int Gap = 1;

    private readonly GridColumn[] _columns;
    private readonly int[] _widths;

    public Grid(IReadOnlyList<GridColumn> columns, int width)
    {
        _columns = [.. columns];
        _widths = new int[_columns.Length];
        var isShown = Array.ConvertAll(_columns, static _ => true);
        IEnumerable<int> Shown() => Enumerable.Range(0, _columns.Length).Where(i => isShown[i]);
        int Needed() => Shown().Sum(i => _columns[i].Width + Gap) - Gap;
        while (Needed() > width && Shown().Where(i => _columns[i].Rank > 0).ToList() is { Count: > 0 } optional)
        {
            isShown[optional.MaxBy(i => _columns[i].Rank)] = false;
        }

        var left = Math.Max(0, width - Needed());
        var shares = Shown().Sum(i => _columns[i].Share);
        for (var i = 0; i < _columns.Length; i++)
        {
            if (isShown[i])
            {
                var more = shares == 0 ? 0 : left * _columns[i].Share / shares;
                _widths[i] = _columns[i].Width + more;
                left -= more;
                shares -= _columns[i].Share;
            }
        }
    }

    public void DrawHeader(Canvas canvas, int column, int row, Style style) =>
        Draw(canvas, column, row, [.. _columns.Select(header => Text(header.Title, style, header.IsRight))]);

    public void Draw(Canvas canvas, int column, int row, IReadOnlyList<CellDrawing> cells)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            if (_widths[i] > 0)
            {
                cells[i](canvas, column, row, _widths[i]);
                column += _widths[i] + Gap;
            }
        }
    }

    public static CellDrawing Text(string text, Style style = default) => Text(text, style, isRight: false);

    public static CellDrawing Number(string text, Style style = default) => Text(text, style, isRight: true);

    private static CellDrawing Text(string text, Style style, bool isRight) => (canvas, column, row, width) =>
    {
        var length = TextWidth.Of(text);
        if (length > width)
        {
            // The end of a name that does not fit is marked, so that it is not taken for the whole.
            canvas.Write(column, row, text, style, Math.Max(0, width - 1));
            canvas.Write(column + width - 1, row, FullScreen.HasUnicode ? "…" : "~", style, width > 0 ? 1 : 0);
            return;
        }

        canvas.Write(isRight ? column + width - length : column, row, text, style, width);
    };
}
