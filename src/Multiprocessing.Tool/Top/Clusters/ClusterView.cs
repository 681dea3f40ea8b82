using System.Globalization;
using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Terminal;

namespace Multiprocessing.Tool.Top.Clusters;

/// <summary>Draws the screen of a cluster: a title, a line of sums, the nodes, the callers, a line with the keys.</summary>
internal static class ClusterView
{
    private const int LeastWidth = 30;
    private const int LeastHeight = 6;

    private static readonly (string Key, string Meaning)[] Keys =
    [
        ("q", "quit"), ("arrows", "select"), ("Tab", "section"), ("w", "workers"), ("p", "pause"),
    ];

    public static Canvas Draw(ClusterSnapshot now, IReadOnlyList<Section> sections, TopState state, int width, int height)
    {
        var canvas = new Canvas(width, height);
        if (width < LeastWidth || height < LeastHeight)
        {
            canvas.Write(0, 0, "Too small.");
            return canvas;
        }

        var style = Style.Bold.Inverse();
        canvas.Write(0, 0, new string(' ', width), style);
        var note = state.IsPaused ? "PAUSED" : $"every {state.Interval.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s";
        var right = $"{note}  {now.Time.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture)} ";
        canvas.Write(1, 0, $"cluster {now.Cluster}", style, width - right.Length - 2);
        canvas.WriteRight(width, 0, right, state.IsPaused ? new Style(Ink.Yellow, IsBold: true).Inverse() : style);
        DrawSums(canvas, now);
        TopView.DrawColumn(canvas, sections, state, 0, width, height - 3);
        if (now.Nodes.Count == 0)
        {
            canvas.Write(1, 3, "The cluster has no nodes.");
        }

        if (state.Message is { } message)
        {
            canvas.Write(1, height - 1, message, new Style(Ink.Yellow, IsBold: true));
        }
        else
        {
            TopView.DrawKeys(canvas, height - 1, Keys);
        }

        return canvas;
    }

    private static void DrawSums(Canvas canvas, ClusterSnapshot now)
    {
        const int BarColumns = 12;
        var (busy, all) = (now.Nodes.Sum(static node => node.BusyWorkers), now.Nodes.Sum(static node => node.MaxWorkers));
        var column = canvas.Write(1, 1, "WORKERS ", Style.Title);
        Bar.Draw(canvas, column, 1, BarColumns, all == 0 ? 0 : busy / (double)all, Style.Good, FullScreen.HasUnicode);
        column = canvas.Write(column + BarColumns + 1, 1, $"{busy} of {all} busy");
        column = canvas.Write(column + 3, 1, "WAITING ", Style.Title);
        long waiting = now.Nodes.Sum(static node => node.WaitingTasks) + now.Callers.Sum(static caller => caller.WaitingTasks);
        column = canvas.Write(column, 1, Quantity.Count(waiting));
        if (now.Nodes.Count(static node => node.State == ClusterMemberState.Silent) is > 0 and var silent)
        {
            canvas.Write(column + 3, 1, silent == 1 ? "1 node does not answer" : $"{silent} nodes do not answer", Style.Bad);
        }
    }
}
