using Spectre.Console.Rendering;

namespace Multiprocessing;

/// <summary>All lines of the bars of one console: each bar, and below the last bar of a pool that pool's workers.</summary>
internal static class Frame
{
    /// <param name="bars">The bars.</param>
    /// <param name="options">What the console can show.</param>
    /// <param name="width">The maximum width of a line.</param>
    /// <param name="height">The maximum number of lines. Workers are left out first, then the oldest bars.</param>
    public static List<List<Segment>> Of(IReadOnlyList<BarView> bars, RenderOptions options, int width, int height)
    {
        List<List<Segment>> lines = [];
        var titles = BarLine.TitleCells(bars);
        var room = height - bars.Count;
        for (var i = 0; i < bars.Count; i++)
        {
            var bar = bars[i];
            if (i < bars.Count - height)
            {
                continue;
            }

            lines.Add(BarLine.Of(bar, options, width, titles));
            var isLastOfPool = !bars.Skip(i + 1).Any(other => other.Progress.PoolName == bar.Progress.PoolName);
            if (isLastOfPool && room > 0)
            {
                var workers = WorkerLines.Of(bar.Progress, options, width, Math.Min(bar.Options.MaxWorkerLines, room));
                room -= workers.Count;
                lines.AddRange(workers);
            }
        }

        return lines;
    }
}
