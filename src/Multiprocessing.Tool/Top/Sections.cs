using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Terminal;

namespace Multiprocessing.Tool.Top;

/// <summary>Makes the sections of a picture. A section without rows is left out.</summary>
internal static class Sections
{
    private const double Busy = 0.5;
    private const double AlmostFull = 0.9;

    public static IReadOnlyList<Section> Of(Picture picture, ProcessOrder order) =>
    [
        .. new[] { Processes(picture, order), Pools(picture), Queues(picture), Locks(picture), Services(picture), Supervisors(picture) }
            .Where(static section => section.Rows.Count > 0),
    ];

    private static Section Processes(Picture picture, ProcessOrder order)
    {
        GridColumn[] columns =
        [
            new("", 18, Share: 3),
            new("PID", 7, IsRight: true),
            new("ROLE", 7, Rank: 4),
            new("STATE", 9, Rank: 2),
            new("CPU%", 5, IsRight: true),
            new("", 10, Rank: 6),
            new("MEM", 6, IsRight: true),
            new("THR", 3, IsRight: true, Rank: 3),
            new("TIME", 7, IsRight: true, Rank: 5),
            new("DOING", 14, Share: 3, Rank: 1),
        ];
        var rows = order switch
        {
            ProcessOrder.Processors => picture.Processes.OrderByDescending(static process => process.Processors ?? 0),
            ProcessOrder.Memory => picture.Processes.OrderByDescending(static process => process.MemoryBytes),
            ProcessOrder.Name => picture.Processes
                .OrderBy(static process => process.Name, StringComparer.OrdinalIgnoreCase).ThenBy(static process => process.Id),
            _ => picture.Processes.AsEnumerable(),
        };
        var hasBranches = order == ProcessOrder.Tree && FullScreen.HasUnicode;
        return new Section(SectionKind.Processes, "PROCESSES", columns, [.. rows.Select(process => Row(process, hasBranches))]);
    }

    private static SectionRow Row(ProcessRow process, bool hasBranches)
    {
        var used = process.Processors is { } processors ? Quantity.Percent(processors) : "-";
        var heat = process.Processors switch
        {
            >= AlmostFull => new Style(Ink.Red, IsBold: true),
            >= Busy => Style.Warning,
            > 0.005 => Style.Plain,
            _ => Style.Dim,
        };
        return new SectionRow(
            $"{process.Id}",
            [
                Grid.Text(hasBranches ? process.Branches + process.Name : process.Name),
                Grid.Number($"{process.Id}"),
                Grid.Text(process.Role, process.Role is "root" ? Style.Bold : Style.Plain),
                Grid.Text(process.State, StyleOfState(process.State)),
                Grid.Number(used, heat),
                Bars(process.Processors ?? 0, heat),
                Grid.Number(Quantity.ShortBytes(process.MemoryBytes)),
                Grid.Number($"{process.Threads}", Style.Dim),
                Grid.Number(Quantity.Duration(process.ProcessorTime), Style.Dim),
                Grid.Text(process.Doing ?? "", new Style(Ink.Cyan)),
            ],
            process.Id,
            process.Name);
    }

    private static Section Pools(Picture picture)
    {
        GridColumn[] columns =
        [
            new("", 18, Share: 2),
            new("BUSY", 12, Share: 1),
            new("", 7, IsRight: true),
            new("WAITING", 7, IsRight: true, Rank: 1),
            new("DONE", 7, IsRight: true),
            new("FAILED", 6, IsRight: true, Rank: 2),
            new("RATE", 8, IsRight: true),
            new("TASK", 10, Share: 3, Rank: 3),
        ];
        return new Section(SectionKind.Pools, "POOLS", columns, [.. picture.Pools.SelectMany(RowsOf)]) { Count = picture.Pools.Count };
    }

    private static IEnumerable<SectionRow> RowsOf(PoolRow pool)
    {
        var share = pool.Size == 0 ? 0 : pool.Busy / (double)pool.Size;
        yield return new SectionRow(
            pool.Id,
            [
                Grid.Text(pool.Name, Style.Bold),
                Bars(share, Style.Good),
                Grid.Number($"{pool.Busy}/{pool.Size}", Style.Bold),
                Grid.Number(Quantity.Count(pool.Pending), pool.Pending > 0 ? Style.Bold : Style.Dim),
                Grid.Number(Quantity.Count(pool.Succeeded), Style.Bold),
                Grid.Number(Quantity.Count(pool.Failed), pool.Failed > 0 ? Style.Bad : Style.Dim),
                Grid.Number(RateOf(pool.Rate), Style.Bold),
                Grid.Text(pool.Deaths == 0 ? "" : pool.Deaths == 1 ? "a worker died" : $"{pool.Deaths} workers died", Style.Warning),
            ]);
        for (var i = 0; i < pool.Conclusions.Count; i++)
        {
            yield return new SectionRow($"{pool.Id}/conclusion {i}", []) { Line = $"  ! {pool.Conclusions[i]}" };
        }

        foreach (var worker in pool.Workers)
        {
            var time = worker.TaskTime is { } spent ? Quantity.Duration(spent) : "";
            yield return new SectionRow(
                $"{pool.Id}/{worker.Number}",
                [
                    Grid.Text($"  worker {worker.Number}", Style.Dim),
                    Grid.Text(worker.State, worker.IsBusy ? Style.Good : StyleOfState(worker.State)),
                    Grid.Number(worker.ProcessId is { } id ? $"{id}" : "-", Style.Dim),
                    Grid.Number(""),
                    Grid.Number(Quantity.Count(worker.TasksDone)),
                    Grid.Number(""),
                    Grid.Number(time, worker.TaskTime > TimeSpan.FromMinutes(1) ? Style.Warning : Style.Plain),
                    Grid.Text(worker.Task ?? "", new Style(Ink.Cyan)),
                ],
                worker.ProcessId,
                $"{pool.Name} worker {worker.Number}");
        }
    }

    private static Section Queues(Picture picture)
    {
        GridColumn[] columns =
        [
            new("", 18, Share: 2),
            new("DEPTH", 12, Share: 3),
            new("ITEMS", 11, IsRight: true),
            new("PUT", 8, IsRight: true),
            new("GET", 8, IsRight: true),
            new("BYTES", 6, IsRight: true, Rank: 2),
            new("WAITING", 12, Rank: 1),
            new("TYPE", 8, Share: 1, Rank: 3),
        ];
        return new Section(SectionKind.Queues, "QUEUES", columns, [.. picture.Queues.Select(Row)]);
    }

    private static SectionRow Row(QueueRow queue)
    {
        var isAlmostFull = queue.Capacity is not null && queue.Fullness >= AlmostFull;
        var style = isAlmostFull ? new Style(Ink.Red) : queue.Fullness >= Busy ? Style.Warning : Style.Good;
        var items = queue.Capacity is { } capacity ? $"{Quantity.Count(queue.Count)}/{Quantity.Count(capacity)}" : Quantity.Count(queue.Count);
        var waiting = (queue.WaitingPutters, queue.WaitingGetters, queue.IsCompleted) switch
        {
            ( > 0, _, _) => $"{queue.WaitingPutters} to put",
            (_, > 0, _) => $"{queue.WaitingGetters} to get",
            (_, _, true) => "completed",
            _ => "",
        };
        return new SectionRow(
            queue.Id,
            [
                Grid.Text(queue.Name),
                Bars(queue.Fullness, style),
                Grid.Number(items),
                Grid.Number(RateOf(queue.PutRate), queue.PutRate > 0 ? Style.Plain : Style.Dim),
                Grid.Number(RateOf(queue.GetRate), queue.GetRate > 0 ? Style.Plain : Style.Dim),
                Grid.Number(Quantity.ShortBytes(queue.Bytes), Style.Dim),
                Grid.Text(waiting, queue.WaitingPutters > 0 ? Style.Warning : Style.Dim),
                Grid.Text(queue.ItemType, Style.Dim),
            ]);
    }

    private static Section Locks(Picture picture)
    {
        GridColumn[] columns =
        [
            new("", 18, Share: 2),
            new("KIND", 11, Rank: 1),
            new("HELD BY", 18, Share: 2),
            new("WAITING", 20, Share: 6),
            new("VALUE", 5, IsRight: true, Rank: 2),
            new("CONTENDED", 9, IsRight: true, Rank: 4),
            new("RATE", 7, IsRight: true, Rank: 3),
            new("ABANDONED", 9, IsRight: true, Rank: 5),
        ];
        return new Section(SectionKind.Locks, "LOCKS", columns, [.. picture.Locks.Select(Row)]);
    }

    private static SectionRow Row(LockRow held) => new(
        held.Id,
        [
            Grid.Text(held.Name),
            Grid.Text(held.Kind, Style.Dim),
            Grid.Text(held.Owner ?? "-", held.Owner is null ? Style.Dim : held.Waiters.Count > 0 ? Style.Warning : Style.Plain),
            Grid.Text(
                held.Waiters.Count == 0 ? "-" : $"{held.Waiters.Count}: {string.Join(", ", held.Waiters)}",
                held.Waiters.Count > 0 ? new Style(Ink.Yellow, IsBold: true) : Style.Dim),
            Grid.Number(held.Value ?? "", Style.Dim),
            Grid.Number(Quantity.Count(held.Contentions), held.Contentions > 0 ? Style.Plain : Style.Dim),
            Grid.Number(RateOf(held.ContentionRate), held.ContentionRate > 0 ? Style.Warning : Style.Dim),
            Grid.Number($"{held.Abandonments}", held.Abandonments > 0 ? Style.Bad : Style.Dim),
        ]);

    private static Section Services(Picture picture)
    {
        GridColumn[] columns =
        [
            new("", 18, Share: 2),
            new("INTERFACE", 14, Share: 1, Rank: 2),
            new("STATE", 10),
            new("PID", 7, IsRight: true),
            new("PENDING", 7, IsRight: true, Rank: 1),
            new("RESTARTS", 8, IsRight: true),
        ];
        return new Section(SectionKind.Services, "SERVICES", columns, [.. picture.Services.Select(Row)]);
    }

    private static SectionRow Row(ServiceRow service) => new(
        $"{service.Name}/{service.ProcessId}",
        [
            Grid.Text(service.Name),
            Grid.Text(service.Interface, Style.Dim),
            Grid.Text(service.State, StyleOfState(service.State)),
            Grid.Number(service.ProcessId is { } id ? $"{id}" : "-"),
            Grid.Number(Quantity.Count(service.PendingCalls), service.PendingCalls > 0 ? Style.Bold : Style.Dim),
            Grid.Number($"{service.Restarts}", service.Restarts > 0 ? Style.Warning : Style.Dim),
        ],
        service.ProcessId,
        service.Name);

    private static Section Supervisors(Picture picture)
    {
        GridColumn[] columns =
        [
            new("", 18, Share: 2),
            new("STATE", 14, Share: 1),
            new("PID", 7, IsRight: true),
            new("RESTARTS", 8, IsRight: true),
        ];
        return new Section(SectionKind.Supervisors, "SUPERVISORS", columns, [.. picture.Supervisors.SelectMany(RowsOf)])
        {
            Count = picture.Supervisors.Count,
        };
    }

    private static IEnumerable<SectionRow> RowsOf(SupervisorRow supervisor)
    {
        var key = $"{supervisor.OwnerProcessId}/{supervisor.Name}";
        yield return new SectionRow(
            key,
            [
                Grid.Text(supervisor.Name, Style.Bold),
                Grid.Text(supervisor.Strategy, Style.Dim),
                Grid.Number(""),
                Grid.Number($"{supervisor.Restarts}", supervisor.Restarts > 0 ? Style.Warning : Style.Dim),
            ]);
        foreach (var child in supervisor.Children)
        {
            yield return new SectionRow(
                $"{key}/{child.Name}",
                [
                    Grid.Text($"  {child.Name}"),
                    Grid.Text(child.State, StyleOfState(child.State)),
                    Grid.Number(child.ProcessId is { } id ? $"{id}" : "-"),
                    Grid.Number($"{child.Restarts}", child.Restarts > 0 ? Style.Warning : Style.Dim),
                ],
                child.ProcessId,
                child.Name);
        }
    }

    private static string RateOf(double? rate) => rate is { } known ? Quantity.Rate(known) : "-";

    private static CellDrawing Bars(double share, Style style) =>
        (canvas, column, row, width) => Bar.Draw(canvas, column, row, width, share, style, FullScreen.HasUnicode);

    private static Style StyleOfState(string state) => state switch
    {
        "running" or "busy" or "ready" => Style.Good,
        "stopped" or "zombie" or "exited" or "dead" or "failed" => Style.Bad,
        "starting" or "restarting" or "waiting" or "ending" => Style.Warning,
        _ => Style.Dim,
    };
}
