using System.Globalization;
using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Terminal;

namespace Multiprocessing.Tool.Top.Clusters;

/// <summary>Makes the sections of a cluster's picture: nodes with their busy workers, and callers.</summary>
internal static class ClusterSections
{
    public static IReadOnlyList<Section> Of(ClusterSnapshot now, ClusterSnapshot? last, bool showsWorkers)
    {
        var rates = new ClusterRates(last, now);
        return [Nodes(now, rates, showsWorkers), .. now.Callers.Count > 0 ? [Callers(now, rates)] : Array.Empty<Section>()];
    }

    private static Section Nodes(ClusterSnapshot now, ClusterRates rates, bool showsWorkers)
    {
        GridColumn[] columns =
        [
            new("", 16, Share: 3),
            new("ADDRESS", 21, Rank: 5),
            new("STATE", 7, Rank: 2),
            new("BUSY", 10, Share: 1),
            new("", 7, IsRight: true),
            new("WAITING", 7, IsRight: true, Rank: 1),
            new("DONE", 6, IsRight: true, Rank: 3),
            new("RATE", 7, IsRight: true),
            new("LOAD", 5, IsRight: true),
            new("AGE", 4, IsRight: true),
            new("TASK", 10, Share: 2, Rank: 4),
        ];
        var rows = now.Nodes.SelectMany(node => RowsOf(node, rates.Of(node), now.Time, showsWorkers));
        return new Section(SectionKind.Nodes, "NODES", columns, [.. rows]) { Count = now.Nodes.Count };
    }

    private static IEnumerable<SectionRow> RowsOf(ClusterNodeSnapshot node, double? rate, DateTimeOffset time, bool showsWorkers)
    {
        var isKnown = node.State != ClusterMemberState.Silent;
        var share = node.MaxWorkers == 0 ? 0 : node.BusyWorkers / (double)node.MaxWorkers;
        var isOverloaded = node.Load > 2.0 * node.Processors;
        yield return new SectionRow(
            node.Address,
            [
                Grid.Text(node.Name, Style.Bold),
                Grid.Text(node.Address, Style.Dim),
                StateOf(node.State),
                Bars(share),
                Grid.Number(isKnown ? $"{node.BusyWorkers}/{node.MaxWorkers}" : "-", Style.Bold),
                Grid.Number(isKnown ? Quantity.Count(node.WaitingTasks) : "-", node.WaitingTasks > 0 ? Style.Bold : Style.Dim),
                Grid.Number(isKnown ? Quantity.Count(node.EndedTasks) : "-"),
                Grid.Number(isKnown ? RateOf(rate) : "-", Style.Bold),
                Grid.Number(
                    node.Load is { } load ? load.ToString(load < 99.95 ? "0.0" : "0", CultureInfo.InvariantCulture) : "-",
                    isOverloaded ? Style.Warning : Style.Plain),
                Grid.Number(AgeOf(node.StartTime, time), Style.Dim),
                Grid.Text(DeathsOf(node.WorkersDied), Style.Warning),
            ]);
        foreach (var worker in showsWorkers ? node.Workers.Where(static worker => worker.Task is not null) : [])
        {
            yield return new SectionRow(
                $"{node.Address}/{worker.Number}",
                [
                    Grid.Text($"  worker {worker.Number}", Style.Dim),
                    Grid.Text($"pid {worker.ProcessId}", Style.Dim),
                    Grid.Text("busy", Style.Good),
                    Grid.Text(""),
                    Grid.Number(""),
                    Grid.Number(""),
                    Grid.Number(Quantity.Count(worker.TasksEnded)),
                    Grid.Number(worker.TaskTime is { } spent ? Quantity.Duration(spent) : ""),
                    Grid.Number(""),
                    Grid.Number(""),
                    Grid.Text(worker.Task ?? "", new Style(Ink.Cyan)),
                ]);
        }
    }

    private static Section Callers(ClusterSnapshot now, ClusterRates rates)
    {
        GridColumn[] columns =
        [
            new("", 16, Share: 3),
            new("ADDRESS", 21, Rank: 2),
            new("STATE", 7, Rank: 3),
            new("NODES", 5, IsRight: true, Rank: 1),
            new("ON NODES", 8, IsRight: true),
            new("WAITING", 7, IsRight: true),
            new("DONE", 7, IsRight: true),
            new("RATE", 8, IsRight: true),
            new("AGE", 4, IsRight: true),
        ];
        return new Section(SectionKind.Callers, "CALLERS", columns, [.. now.Callers.Select(caller => Row(caller, rates.Of(caller), now.Time))]);
    }

    private static SectionRow Row(ClusterCallerSnapshot caller, double? rate, DateTimeOffset time) => new(
        caller.Address,
        [
            Grid.Text(caller.Name, Style.Bold),
            Grid.Text(caller.Address, Style.Dim),
            StateOf(caller.State),
            Grid.Number($"{caller.Nodes}", caller.Nodes == 0 ? Style.Bad : Style.Plain),
            Grid.Number(Quantity.Count(caller.RunningTasks)),
            Grid.Number(Quantity.Count(caller.WaitingTasks), caller.WaitingTasks > 0 ? Style.Bold : Style.Dim),
            Grid.Number(Quantity.Count(caller.EndedTasks)),
            Grid.Number(RateOf(rate), Style.Bold),
            Grid.Number(AgeOf(caller.StartTime, time), Style.Dim),
        ]);

    private static CellDrawing StateOf(ClusterMemberState state) => state switch
    {
        ClusterMemberState.Running => Grid.Text("running", Style.Good),
        ClusterMemberState.Leaving => Grid.Text("leaving", Style.Warning),
        _ => Grid.Text("silent", Style.Bad),
    };

    private static string DeathsOf(int deaths) => deaths switch
    {
        0 => "",
        1 => "a worker died",
        _ => $"{deaths} workers died",
    };

    private static string AgeOf(DateTimeOffset? start, DateTimeOffset now) => start is { } since ? Quantity.Age(now - since) : "-";

    private static string RateOf(double? rate) => rate is { } known ? Quantity.Rate(known) : "-";

    private static CellDrawing Bars(double share) =>
        (canvas, column, row, width) => Bar.Draw(canvas, column, row, width, share, Style.Good, FullScreen.HasUnicode);
}
