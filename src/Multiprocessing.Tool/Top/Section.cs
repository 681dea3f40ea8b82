using Multiprocessing.Tool.Terminal;

namespace Multiprocessing.Tool.Top;

/// <summary>The parts of the screen, in their order.</summary>
internal enum SectionKind
{
    Processes,
    Pools,
    Queues,
    Locks,
    Services,
    Supervisors,
    Nodes,
    Callers,
}

/// <summary>A row of a section.</summary>
/// <param name="Key">Identifies what the row shows in every picture.</param>
/// <param name="Cells">The cells, one for each column.</param>
/// <param name="ProcessId">The process that the keys for processes refer to; null if there is none.</param>
/// <param name="ProcessName">The name of that process.</param>
internal sealed record SectionRow(string Key, IReadOnlyList<CellDrawing> Cells, int? ProcessId = null, string ProcessName = "")
{
    /// <summary>Gets text over all columns in place of cells; null for a row with cells.</summary>
    public string? Line { get; init; }

    public void Draw(Canvas canvas, Grid grid, int column, int row, int width)
    {
        if (Line is null)
        {
            grid.Draw(canvas, column, row, Cells);
        }
        else
        {
            canvas.Write(column, row, Line, Style.Warning, width);
        }
    }
}

/// <summary>A part of the screen: one line with headers, and rows.</summary>
/// <param name="Kind">What it shows.</param>
/// <param name="Title">The header of the first column.</param>
/// <param name="Columns">The columns; the header of the first one is replaced by the title.</param>
/// <param name="Rows">All rows, of which the screen may have room for a part.</param>
internal sealed record Section(SectionKind Kind, string Title, IReadOnlyList<GridColumn> Columns, IReadOnlyList<SectionRow> Rows)
{
    /// <summary>Gets the number of objects: a pool has a row for each of its workers, too.</summary>
    public int Count { get; init; } = Rows.Count;

    /// <summary>Gets how many rows the section gets at a time when the room is distributed.</summary>
    public int Weight => Kind switch
    {
        SectionKind.Processes or SectionKind.Nodes => 3,
        SectionKind.Pools or SectionKind.Queues => 2,
        _ => 1,
    };

    /// <summary>Draws the header and the rows that have room.</summary>
    public void Draw(Canvas canvas, int column, int row, int width, int height, TopState state)
    {
        if (height < 1)
        {
            return;
        }

        var isFocused = state.Focus == Kind;
        var selected = state.IndexIn(this);
        var room = height - 1;
        var first = Math.Clamp(selected - (room / 2), 0, Math.Max(0, Rows.Count - room));
        var part = Rows.Count > room ? $" {first + 1}-{Math.Min(Rows.Count, first + room)}/{Rows.Count}" : $" {Count}";
        var columns = Columns.ToArray();
        columns[0] = columns[0] with { Title = Title + part };
        var grid = new Grid(columns, width - 1);
        var style = (isFocused ? Style.Title : new Style(Ink.Cyan)).Inverse();
        canvas.Write(column, row, new string(' ', width), style);
        grid.DrawHeader(canvas, column + 1, row, style);
        for (var i = 0; i < room && first + i < Rows.Count; i++)
        {
            Rows[first + i].Draw(canvas, grid, column + 1, row + 1 + i, width - 1);
            if (isFocused && first + i == selected)
            {
                canvas.Select(column, row + 1 + i, width);
            }
        }
    }
}
