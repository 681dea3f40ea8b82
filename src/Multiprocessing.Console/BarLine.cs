using Spectre.Console;
using Spectre.Console.Rendering;

namespace Multiprocessing;

/// <summary>
/// The line of one bar: title, bar, percentage, count, rate, time, failures. On a narrow terminal it leaves out the rate first, then deaths, the bar,
/// the count and the time, and cuts what still does not fit. It never takes two lines.
/// </summary>
internal static class BarLine
{
    private const int LeastBar = 8;
    private const int MostBar = 40;
    private const int MostTitle = 30;

    private static readonly Style Plain = Style.Plain;
    private static readonly Style Dim = new(foreground: Color.Grey);
    private static readonly Style Good = new(foreground: Color.Green);
    private static readonly Style Active = new(foreground: Color.Aqua);
    private static readonly Style Warning = new(foreground: Color.Yellow);
    private static readonly Style Bad = new(foreground: Color.Red);

    /// <param name="view">The bar.</param>
    /// <param name="options">What the console can show.</param>
    /// <param name="width">The maximum width.</param>
    /// <param name="titleCells">The width of the titles, so that the bars of several lines begin in one column.</param>
    public static List<Segment> Of(BarView view, RenderOptions options, int width, int titleCells = 0)
    {
        var progress = view.Progress;
        var text = Cut(view.Title, MostTitle);
        var title = new Part(text + new string(' ', Math.Max(0, titleCells - CellsOf(text))), Plain, Rank: 5);
        List<Part> parts =
        [
            .. title.Text.Length > 0 ? [title] : Array.Empty<Part>(),
            .. progress.Fraction is { } done ? [new Part(Texts.Invariant($"{Math.Floor(done * 100),3:0} %"), Plain, Rank: 6)] : Array.Empty<Part>(),
            new Part(CountOf(progress), Plain, Rank: 3),
            new Part(Texts.Rate(progress.Rate).PadLeft(5), Dim, Rank: 0), // a number that gets longer moves nothing
            new Part(TimeOf(progress), progress.State == PoolProgressState.Stopped ? Warning : Dim, Rank: 2),
        ];
        if (progress.Failed > 0)
        {
            parts.Add(new Part(Texts.Invariant($"{progress.Failed} failed"), Bad, Rank: 4));
        }

        if (progress.WorkersDied > 0)
        {
            parts.Add(new Part(Texts.Invariant($"{progress.WorkersDied} died"), Warning, Rank: 1));
        }

        var hasBar = progress.Fraction is not null;
        while (parts.Count > 1 && WidthOf(parts) + (hasBar ? LeastBar + 1 : 0) > width)
        {
            var least = parts.MinBy(static part => part.Rank)!;
            if (hasBar && least.Rank >= 2)
            {
                hasBar = false; // before the time and the count
                continue;
            }

            parts.Remove(least);
        }

        List<Segment> line = [];
        foreach (var part in parts)
        {
            if (hasBar && !ReferenceEquals(part, title))
            {
                Space(line);
                AddBar(line, progress, options, Math.Min(MostBar, width - WidthOf(parts) - 1));
                hasBar = false;
            }

            Space(line);
            line.Add(new Segment(part.Text, part.Style));
        }

        return Segment.CellCount(line) <= width ? line : Segment.Truncate(line, width);
    }

    private static void Space(List<Segment> line)
    {
        if (line.Count > 0)
        {
            line.Add(new Segment(" "));
        }
    }

    private static string CountOf(PoolProgress progress)
    {
        var completed = Texts.Invariant($"{progress.Completed}");
        return progress.Total is { } known && Texts.Invariant($"{known}") is var total ? $"{completed.PadLeft(total.Length)}/{total}" : completed;
    }

    private static string TimeOf(PoolProgress progress) => progress switch
    {
        { State: PoolProgressState.Stopped } => $"stopped after {Texts.Clock(progress.Elapsed)}",
        { State: PoolProgressState.Completed } => $"in {Texts.Clock(progress.Elapsed)}",
        { EstimatedTimeLeft: { } left } => $"{Texts.Clock(left)} left",
        _ => Texts.Clock(progress.Elapsed),
    };

    // Without colours the two halves differ by their characters.
    private static void AddBar(List<Segment> line, PoolProgress progress, RenderOptions options, int width)
    {
        var full = (int)Math.Floor(progress.Fraction!.Value * width);
        var (done, open) = options.Unicode ? ("━", "─") : ("#", "-");
        var style = progress.State switch
        {
            PoolProgressState.Completed => progress.Failed > 0 ? Warning : Good,
            PoolProgressState.Stopped => Bad,
            _ => Active,
        };
        line.Add(new Segment(Repeat(done, full), style));
        line.Add(new Segment(Repeat(open, width - full), Dim));
    }

    internal static int CellsOf(string text) => new Segment(text).CellCount();

    internal static int TitleCells(IEnumerable<BarView> bars) =>
        bars.Select(static bar => Math.Min(CellsOf(bar.Title), MostTitle)).DefaultIfEmpty(0).Max();

    internal static string Cut(string text, int cells)
    {
        if (CellsOf(text) <= cells)
        {
            return text;
        }

        var cut = Segment.Truncate(new Segment(text), Math.Max(cells - 1, 0));
        return (cut?.Text.TrimEnd() ?? "") + "…";
    }

    internal static string Repeat(string text, int count) => count <= 0 ? "" : string.Concat(Enumerable.Repeat(text, count));

    private static int WidthOf(List<Part> parts) => parts.Sum(static part => part.Cells) + parts.Count - 1;

    /// <param name="Text">The text.</param>
    /// <param name="Style">Its colours.</param>
    /// <param name="Rank">The part with the lowest rank is left out first.</param>
    private sealed record Part(string Text, Style Style, int Rank)
    {
        public int Cells { get; } = CellsOf(Text);
    }
}
