using System.Text;

namespace Multiprocessing.Tool.Terminal;

/// <summary>A screen in memory. Writing beyond its edges does nothing.</summary>
internal sealed class Canvas(int width, int height)
{
    private readonly Cell[] _cells = CreateCells(width, height);

    public int Width { get; } = width;

    public int Height { get; } = height;

    /// <summary>Writes text from a column on, at most <paramref name="room"/> columns.</summary>
    /// <returns>The column behind the text.</returns>
    public int Write(int column, int row, string text, Style style = default, int room = int.MaxValue)
    {
        var end = Math.Min(Width, room > Width ? Width : column + room);
        if (row < 0 || row >= Height)
        {
            return column;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            var shown = Rune.IsControl(rune) ? new Rune('?') : rune;
            var columns = TextWidth.Of(shown);
            if (columns == 0)
            {
                continue;
            }

            if (column + columns > end)
            {
                break;
            }

            if (column >= 0)
            {
                _cells[(row * Width) + column] = new Cell(shown, style);
                if (columns == 2)
                {
                    _cells[(row * Width) + column + 1] = new Cell(default, style);
                }
            }

            column += columns;
        }

        return column;
    }

    /// <summary>Writes text that ends before a column.</summary>
    public void WriteRight(int endColumn, int row, string text, Style style = default) =>
        Write(Math.Max(0, endColumn - TextWidth.Of(text)), row, text, style);

    /// <summary>Marks a part of a row as selected, in one colour: the ink of each cell, inverted, would make patches.</summary>
    public void Select(int column, int row, int columns)
    {
        for (var i = Math.Max(0, column); i < Math.Min(Width, column + columns) && row >= 0 && row < Height; i++)
        {
            ref var cell = ref _cells[(row * Width) + i];
            cell = cell with { Style = Style.Plain.Inverse() };
        }
    }

    /// <summary>Returns the text of a row without blanks at its end.</summary>
    public string TextOf(int row)
    {
        var text = new StringBuilder();
        for (var column = 0; column < Width; column++)
        {
            AppendTo(text, _cells[(row * Width) + column]);
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>Returns a row with escape sequences for its styles, without plain blanks at its end.</summary>
    public string Styled(int row, bool hasColors)
    {
        var cells = Row(row);
        while (cells is [.., { Rune.Value: ' ', Style: var style }] && style == default)
        {
            cells = cells[..^1];
        }

        var text = new StringBuilder();
        AppendCells(text, cells, hasColors);
        return text.ToString();
    }

    /// <summary>Writes what changes <paramref name="before"/> into this canvas: only rows that differ.</summary>
    /// <param name="before">What the terminal shows; null if it is unknown.</param>
    /// <param name="hasColors">Whether colours are used.</param>
    public string Changes(Canvas? before, bool hasColors)
    {
        if (before is not null && (before.Width != Width || before.Height != Height))
        {
            before = null;
        }

        var text = new StringBuilder();
        for (var row = 0; row < Height; row++)
        {
            if (before is null || !Row(row).SequenceEqual(before.Row(row)))
            {
                AppendRow(text, row, hasColors);
            }
        }

        return text.ToString();
    }

    private static Cell[] CreateCells(int width, int height)
    {
        var cells = new Cell[width * height];
        Array.Fill(cells, new Cell(new Rune(' '), default));
        return cells;
    }

    private static void AppendTo(StringBuilder text, Cell cell)
    {
        if (cell.Rune.Value != 0) // the second half of a wide character
        {
            text.Append(cell.Rune.ToString());
        }
    }

    private ReadOnlySpan<Cell> Row(int row) => _cells.AsSpan(row * Width, Width);

    private void AppendRow(StringBuilder text, int row, bool hasColors)
    {
        text.Append($"\e[{row + 1};1H");
        AppendCells(text, Row(row), hasColors);
    }

    private static void AppendCells(StringBuilder text, ReadOnlySpan<Cell> cells, bool hasColors)
    {
        Style? style = null;
        foreach (var cell in cells)
        {
            if (cell.Style != style)
            {
                style = cell.Style;
                text.Append(cell.Style.Sequence(hasColors));
            }

            AppendTo(text, cell);
        }

        text.Append("\e[0m");
    }

    private readonly record struct Cell(Rune Rune, Style Style);
}
