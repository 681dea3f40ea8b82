using System.Globalization;
using System.Text;

namespace Multiprocessing;

/// <summary>The text of a supervisor and everything below it.</summary>
internal static class SupervisorTree
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    private readonly record struct Row(
        string Name, string Kind, SupervisedChildState State, int? ProcessId, RestartPolicy Policy, int Restarts, ChildEnd? LastEnd,
        SupervisorCore? Nested);

    /// <summary>
    /// <code>
    /// web: one for one, 1 of 5 restarts within 60 s
    /// ├─ importer  running, pid 4711, permanent, 1 restart, last: killed by signal 9 (SIGKILL)
    /// └─ reports   running, supervisor, permanent; rest for one, 0 of 5 restarts within 60 s
    ///    └─ render  running, pid 4712, transient
    /// </code>
    /// </summary>
    public static string Of(SupervisorCore core)
    {
        var text = new StringBuilder();
        text.Append(Culture, $"{core.Name}: ").Append(Describe(core));
        Append(text, core, "");
        return text.ToString();
    }

    public static string Describe(SupervisorCore core, ChildEntry entry) => core.Read(_ => $"{entry.Name}: {Describe(RowOf(entry))}");

    private static void Append(StringBuilder text, SupervisorCore core, string indent)
    {
        var rows = core.Read(static entries => entries.Select(RowOf).ToArray());
        var width = rows.Length == 0 ? 0 : rows.Max(static row => row.Name.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            var isLast = i == rows.Length - 1;
            text.Append('\n').Append(indent).Append(isLast ? "└─ " : "├─ ");
            text.Append(rows[i].Name.PadRight(width)).Append("  ").Append(Describe(rows[i]));
            if (rows[i].Nested is { } nested)
            {
                text.Append("; ").Append(Describe(nested));
                Append(text, nested, indent + (isLast ? "   " : "│  "));
            }
        }
    }

    private static string Describe(SupervisorCore core)
    {
        var (recent, isStopping, failure, isLive) = core.Summary;
        var strategy = core.Options.Strategy switch
        {
            RestartStrategy.OneForOne => "one for one",
            RestartStrategy.OneForAll => "one for all",
            _ => "rest for one",
        };
        var state = (failure, isStopping, isLive) switch
        {
            (not null, _, _) => ", has given up",
            (_, true, true) => ", stopping",
            (_, true, false) => ", ended",
            (_, _, false) => ", not started",
            _ => "",
        };
        return string.Create(
            Culture, $"{strategy}, {recent} of {core.Options.MaxRestarts} restarts within {core.Options.Period.TotalSeconds:0.###} s{state}");
    }

    private static string Describe(Row row)
    {
        var text = new StringBuilder();
        text.Append(row.State switch
        {
            SupervisedChildState.Waiting => "waiting",
            SupervisedChildState.Starting => "starting",
            SupervisedChildState.Running => "running",
            SupervisedChildState.BackingOff => "backing off",
            SupervisedChildState.Stopping => "stopping",
            SupervisedChildState.Stopped => "stopped",
            _ => "ended",
        });
        if (row.ProcessId is { } processId)
        {
            text.Append(Culture, $", pid {processId}");
        }

        if (row.Kind != "process")
        {
            text.Append(", ").Append(row.Kind);
        }

        text.Append(", ").Append(row.Policy switch
        {
            RestartPolicy.Permanent => "permanent",
            RestartPolicy.Transient => "transient",
            _ => "temporary",
        });
        if (row.Restarts > 0)
        {
            text.Append(Culture, $", {row.Restarts} {(row.Restarts == 1 ? "restart" : "restarts")}");
        }

        if (row.LastEnd is { } end)
        {
            text.Append(", last: ").Append(end.Text);
        }

        return text.ToString();
    }

    private static Row RowOf(ChildEntry entry) => new(
        entry.Name, entry.Child.Kind, entry.State, entry.Child.ProcessId, entry.Options.Restart, entry.Restarts, entry.LastEnd,
        (entry.Child as NestedSupervisor)?.Core);
}
