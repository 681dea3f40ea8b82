using System.Globalization;
using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Terminal;
using Multiprocessing.Tool.Top;
using Spectre.Console;

namespace Multiprocessing.Tool.Programs;

/// <summary>Prints a whole program: the sections of <c>mp top</c> with all rows and all columns.</summary>
internal static class ProgramReport
{
    // Enough for every column; the ends of lines are cut to what is written.
    private const int WidthWithoutTerminal = 160;

    public static void Write(CommandOutput output, ProgramSnapshot snapshot, Picture picture)
    {
        output.Text.MarkupLine($"[bold]{Markup.Escape(snapshot.Name)}[/]  pid {snapshot.RootProcessId}, up {Quantity.Duration(picture.Uptime)}, "
            + $"{picture.Processes.Count} processes, {Quantity.Percent(picture.Processors ?? 0)}% CPU, {Quantity.Bytes(picture.MemoryBytes)} memory, "
            + $"{Quantity.Bytes(picture.SharedMemoryBytes)} shared memory");
        foreach (var section in Sections.Of(picture, ProcessOrder.Tree))
        {
            output.WriteLine();
            WriteSection(output, section);
        }
    }

    public static void WriteSection(CommandOutput output, Section section)
    {
        var width = output.IsTerminal ? Math.Max(60, Math.Min(output.Text.Profile.Width, WidthWithoutTerminal)) : WidthWithoutTerminal;
        var canvas = new Terminal.Canvas(width, section.Rows.Count + 1);
        var columns = section.Columns.ToArray();
        columns[0] = columns[0] with { Title = string.Create(CultureInfo.InvariantCulture, $"{section.Title} {section.Count}") };
        var grid = new Terminal.Grid(columns, width);
        grid.DrawHeader(canvas, 0, 0, new Terminal.Style(Ink.Cyan, IsBold: true));
        for (var i = 0; i < section.Rows.Count; i++)
        {
            section.Rows[i].Draw(canvas, grid, 0, i + 1, width);
        }

        for (var row = 0; row < canvas.Height; row++)
        {
            output.WriteLine(output.IsTerminal ? canvas.Styled(row, !TerminalColors.AreOff) : canvas.TextOf(row));
        }
    }
}
