using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Top;
using Spectre.Console;

namespace Multiprocessing.Tool.Programs;

/// <summary>Prints one process: what it is, what it does, and which shared objects it uses.</summary>
internal static class ProcessReport
{
    public static void Write(CommandOutput output, ProgramSnapshot snapshot, Picture picture, ProcessSnapshot process)
    {
        var row = picture.Processes.First(row => row.Id == process.Id);
        var facts = new Spectre.Console.Grid().AddColumn(new Spectre.Console.GridColumn().NoWrap().PadLeft(0).PadRight(2)).AddColumn();
        void Fact(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                facts.AddRow(new Text(name, new Spectre.Console.Style(Color.Grey)), new Text(value));
            }
        }

        output.Text.MarkupLine($"[bold]{Markup.Escape(process.Name)}[/]  pid {process.Id}, {row.Role} of {Markup.Escape(snapshot.Name)} "
            + $"({snapshot.RootProcessId})");
        output.WriteLine();
        Fact("state", row.State);
        Fact("parent", process.ParentId is { } parent ? $"{NameOf(snapshot, parent)}{parent}" : null);
        Fact("started", $"{process.StartTime.ToLocalTime():yyyy-MM-dd HH:mm:ss}, {Quantity.Duration(row.Age)} ago");
        Fact("CPU", $"{Quantity.Percent(row.Processors ?? 0)}% of a core now, {Quantity.Duration(row.ProcessorTime)} in all");
        Fact("memory", Quantity.Bytes(row.MemoryBytes));
        Fact("threads", $"{row.Threads}");
        Fact("children", string.Join(", ", snapshot.Processes.Where(child => child.ParentId == process.Id).Select(static child => $"{child.Name} "
            + $"({child.Id})")));
        Fact("task", row.Doing);
        var owned = picture.Locks.Where(held => held.Owner?.EndsWith($"({process.Id})", StringComparison.Ordinal) == true);
        Fact("holds", string.Join(", ", owned.Select(static held => $"{held.Kind} {held.Name}, {held.Waiters.Count} waiting")));
        output.Text.Write(facts);
        var queues = snapshot.Queues.Where(queue => queue.HolderProcessIds.Contains(process.Id)).Select(static queue => queue.Id).ToHashSet();
        var used = picture with
        {
            Processes = [],
            Pools = [],
            Locks = [],
            Supervisors = [],
            Services = [.. picture.Services.Where(service => service.ProcessId == process.Id)],
            Queues = [.. picture.Queues.Where(queue => queues.Contains(queue.Id))],
        };
        foreach (var section in Sections.Of(used, ProcessOrder.Tree))
        {
            output.WriteLine();
            ProgramReport.WriteSection(output, section);
        }

        if (process.LastOutput is { Length: > 0 } last)
        {
            output.WriteLine();
            output.Text.MarkupLine("[bold]Last output[/]");
            output.WriteLine(last.TrimEnd());
        }

        output.WriteLine();
        output.Text.MarkupLine($"[grey]'mp stack {process.Id}' prints what its threads do.[/]");
    }

    private static string NameOf(ProgramSnapshot snapshot, int processId) =>
        snapshot.Processes.FirstOrDefault(process => process.Id == processId) is { } process ? $"{process.Name} " : "";
}
