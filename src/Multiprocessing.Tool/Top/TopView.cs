using System.Globalization;
using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Terminal;

namespace Multiprocessing.Tool.Top;

/// <summary>
/// Draws the screen: a title, a line of meters, the sections, a line with the keys. On a wide screen the sections stand in two columns. On a small
/// one each section shows a part of its rows, and the last sections are left out first.
/// </summary>
internal static class TopView
{
    private const int WideScreen = 150;
    private const int LeastWidth = 30;
    private const int LeastHeight = 6;
    private const int LinesAround = 3; // title, meters, keys

    private static readonly (string Key, string Meaning)[] Keys =
    [
        ("q", "quit"), ("arrows", "select"), ("Tab", "section"), ("s", "sort"), ("x", "stack"), ("k", "kill"), ("p", "pause"), ("?", "help"),
    ];

    private static readonly (string Key, string Meaning)[] OverlayKeys = [("q", "quit"), ("arrows", "scroll"), ("Esc", "back")];

    public static Canvas Draw(Picture picture, IReadOnlyList<Section> sections, TopState state, int width, int height)
    {
        var canvas = new Canvas(width, height);
        if (width < LeastWidth || height < LeastHeight)
        {
            canvas.Write(0, 0, "Too small.");
            return canvas;
        }

        DrawTitle(canvas, picture, state);
        DrawMeters(canvas, picture);
        var room = height - LinesAround;
        if (state.Overlay is { } overlay)
        {
            DrawOverlay(canvas, overlay, 2, room);
        }
        else if (sections.Count == 0)
        {
            canvas.Write(1, 3, "The program has no processes.");
        }
        else if (width >= WideScreen && sections.Count > 1)
        {
            // Names of processes and tasks are long; numbers of queues and locks are not.
            var left = (width * 11 / 20) - 1;
            DrawColumn(canvas, [.. sections.Where(IsLeft)], state, 0, left, room);
            DrawColumn(canvas, [.. sections.Where(static section => !IsLeft(section))], state, left + 2, width - left - 2, room);
        }
        else
        {
            DrawColumn(canvas, sections, state, 0, width, room);
        }

        DrawLastLine(canvas, picture, state);
        return canvas;
    }

    /// <summary>Distributes rows: first a few for every section, then more in turn, by weight. The section with the focus gets twice its
    /// part.</summary>
    internal static int[] Distribute(IReadOnlyList<Section> sections, SectionKind focus, int room)
    {
        const int FewRows = 2;
        var heights = new int[sections.Count];
        var order = Enumerable.Range(0, sections.Count).OrderByDescending(i => sections[i].Kind == focus).ToList();
        foreach (var i in order)
        {
            // A header without a row says nothing.
            var least = 1 + Math.Min(FewRows, sections[i].Rows.Count);
            heights[i] = room >= least ? least : room >= 2 ? room : 0;
            room -= heights[i];
        }

        while (room > 0)
        {
            var before = room;
            foreach (var i in order.Where(i => heights[i] > 0))
            {
                var part = sections[i].Weight * (sections[i].Kind == focus ? 2 : 1);
                var more = Math.Min(part, Math.Min(room, sections[i].Rows.Count + 1 - heights[i]));
                heights[i] += more;
                room -= more;
            }

            if (room == before)
            {
                break;
            }
        }

        return heights;
    }

    private static bool IsLeft(Section section) => section.Kind is SectionKind.Processes or SectionKind.Pools;

    internal static void DrawColumn(Canvas canvas, IReadOnlyList<Section> sections, TopState state, int column, int width, int room)
    {
        var heights = Distribute(sections, state.Focus, room);
        var spare = room - heights.Sum();
        var row = 2;
        for (var i = 0; i < sections.Count; i++)
        {
            sections[i].Draw(canvas, column, row, width, heights[i], state);
            row += heights[i];

            // Empty lines between sections, if there is room for all of them.
            if (spare >= sections.Count && heights[i] > 0)
            {
                row++;
            }
        }
    }

    private static void DrawTitle(Canvas canvas, Picture picture, TopState state)
    {
        var style = Style.Bold.Inverse();
        canvas.Write(0, 0, new string(' ', canvas.Width), style);
        var note = picture.IsEnded ? "ENDED" : state.IsPaused ? "PAUSED" : "every "
            + $"{state.Interval.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s";
        var right = $"{note}  {picture.Time.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture)} ";
        var room = canvas.Width - right.Length - 2;
        canvas.Write(1, 0, $"{picture.Name}  pid {picture.RootProcessId}  up {Quantity.Duration(picture.Uptime)}", style, room);
        canvas.WriteRight(canvas.Width, 0, right, picture.IsEnded || state.IsPaused ? new Style(Ink.Yellow, IsBold: true).Inverse() : style);
    }

    private static void DrawMeters(Canvas canvas, Picture picture)
    {
        const int BarColumns = 12;
        var cores = Environment.ProcessorCount;
        var used = picture.Processors ?? 0;
        var column = canvas.Write(1, 1, "CPU ", Style.Title);
        Bar.Draw(canvas, column, 1, BarColumns, used / cores, used > cores * 0.9 ? new Style(Ink.Red) : Style.Good, FullScreen.HasUnicode);
        column = canvas.Write(column + BarColumns + 1, 1, $"{Quantity.Percent(used)}% of {cores} {(cores == 1 ? "core" : "cores")}");
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        column = canvas.Write(column + 3, 1, "MEM ", Style.Title);
        Bar.Draw(canvas, column, 1, BarColumns, picture.MemoryBytes / (double)memory, Style.Good, FullScreen.HasUnicode);
        column = canvas.Write(column + BarColumns + 1, 1, $"{Quantity.ShortBytes(picture.MemoryBytes)} of {Quantity.ShortBytes(memory)}");
        column = canvas.Write(column + 3, 1, "SHM ", Style.Title);
        canvas.Write(column, 1, Quantity.ShortBytes(picture.SharedMemoryBytes));
    }

    private static void DrawOverlay(Canvas canvas, Overlay overlay, int row, int height)
    {
        canvas.Write(0, row, new string(' ', canvas.Width), Style.Title.Inverse());
        canvas.Write(1, row, overlay.Title, Style.Title.Inverse());
        overlay.First = Math.Clamp(overlay.First, 0, Math.Max(0, overlay.Lines.Count - (height - 1)));
        for (var i = 0; i < height - 1 && overlay.First + i < overlay.Lines.Count; i++)
        {
            canvas.Write(1, row + 1 + i, overlay.Lines[overlay.First + i]);
        }
    }

    private static void DrawLastLine(Canvas canvas, Picture picture, TopState state)
    {
        var row = canvas.Height - 1;
        if (state.Question is { } question)
        {
            var style = new Style(Ink.Red, IsBold: true).Inverse();
            canvas.Write(0, row, new string(' ', canvas.Width), style);
            canvas.Write(1, row, question.Id == picture.RootProcessId
                ? $"Kill {question.Name} ({question.Id}), the root? The whole program ends at once. y/n"
                : $"Kill {question.Name} ({question.Id})? It ends at once, without clean-up. y/n", style);
        }
        else if (state.Message is { } message)
        {
            canvas.Write(1, row, message, new Style(Ink.Yellow, IsBold: true));
        }
        else
        {
            DrawKeys(canvas, row, state.Overlay is null ? Keys : OverlayKeys);
        }
    }

    internal static void DrawKeys(Canvas canvas, int row, IReadOnlyList<(string Key, string Meaning)> keys)
    {
        var column = 1;
        foreach (var (key, meaning) in keys)
        {
            if (column + key.Length + meaning.Length + 1 > canvas.Width)
            {
                break;
            }

            column = canvas.Write(column, row, key, Style.Title);
            column = canvas.Write(column + 1, row, meaning, Style.Dim) + 2;
        }
    }
}
