using System.Globalization;
using System.Text;

namespace Multiprocessing;

/// <summary>Writes a pool's insights as tables, with units. Independent of the culture: the text is for logs and terminals.</summary>
internal static class InsightsText
{
    private const int MaxWorkers = 32;
    private const int MaxEnded = 4;
    private const int MaxTasks = 20;

    public static string Of(PoolInsights insights)
    {
        var text = new StringBuilder();
        var living = insights.Workers.Count(static worker => worker.Activity < WorkerActivity.Ended);
        AppendHead(text, insights, living);
        var ended = insights.Workers.Where(static worker => worker.Activity >= WorkerActivity.Ended).TakeLast(MaxEnded);
        var workers = insights.Workers
            .Where(static worker => worker.Activity < WorkerActivity.Ended)
            .Take(MaxWorkers)
            .Concat(ended)
            .OrderBy(static worker => worker.Number).ToList();
        if (workers.Count > 0)
        {
            AppendTable(
                text,
                ["worker", "pid", "is", "tasks", "start-up", "working", "serializing", "idle", "utilized", "in", "out"],
                workers.Select(static worker => new[]
                {
                    Number(worker.Number), worker.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "",
                    Activity(worker), Number(worker.TasksCompleted),
                    worker.StartUpTime is { } startUp ? Time(startUp) : "", Time(worker.WorkingTime),
                    Time(worker.SerializingTime), Time(worker.IdleTime), Share(worker.Utilization),
                    Bytes(worker.ArgumentBytes), Bytes(worker.ResultBytes),
                }));
            AppendRest(text, living + insights.WorkersEnded + insights.WorkersDied - workers.Count);
        }

        if (insights.Tasks.Count > 0)
        {
            AppendTable(text, TaskHead(insights), insights.Tasks.Take(MaxTasks).Select(task => TaskRow(insights, task)));
            AppendRest(text, insights.Tasks.Count - MaxTasks);
        }

        foreach (var conclusion in insights.Conclusions)
        {
            text.Append("- ").AppendLine(conclusion);
        }

        return text.ToString().TrimEnd();
    }

    public static string Time(TimeSpan time) => time.TotalSeconds switch
    {
        <= 0 => "0",
        < 1e-6 => Figure(time.TotalNanoseconds, "ns"),
        < 1e-3 => Figure(time.TotalMicroseconds, "µs"),
        < 1 => Figure(time.TotalMilliseconds, "ms"),
        < 120 => Figure(time.TotalSeconds, "s"),
        < 7200 => Figure(time.TotalMinutes, "min"),
        _ => Figure(time.TotalHours, "h"),
    };

    public static string Bytes(double bytes) => bytes switch
    {
        < 1024 => Figure(Math.Round(bytes), "B"),
        < 1024 * 1024 => Figure(bytes / 1024, "KiB"),
        < 1024.0 * 1024 * 1024 => Figure(bytes / (1024 * 1024), "MiB"),
        _ => Figure(bytes / (1024.0 * 1024 * 1024), "GiB"),
    };

    public static string Share(double share) => $"{(share * 100).ToString(share is > 0 and < 0.01 ? "0.0" : "0", CultureInfo.InvariantCulture)} %";

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Three significant digits.</summary>
    private static string Figure(double value, string unit) =>
        $"{value.ToString(value >= 99.95 || value == Math.Floor(value) ? "0" : value >= 9.995 ? "0.0" : "0.00",
            CultureInfo.InvariantCulture)} {unit}";

    private static string Activity(WorkerInsights worker) => worker switch
    {
        { Activity: WorkerActivity.Died, ExitStatus: { } status } => $"died: {status}",
        { Activity: WorkerActivity.Busy, CurrentTask: { } task } => $"runs {task}",
        _ => worker.Activity.ToString().ToLowerInvariant(),
    };

    private static void AppendHead(StringBuilder text, PoolInsights insights, int living)
    {
        if (insights.Nodes is { } nodes)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"{insights.Name}: {insights.MaxWorkers} workers on {nodes} nodes after {Time(insights.Elapsed)}, "
                + $"tasks that have ended took {Share(insights.Utilization)} of their time, "
                + $"{insights.WaitingTasks:N0} tasks waiting; {insights.WorkersDied:N0} died with a task");
            return;
        }

        text.AppendLine(CultureInfo.InvariantCulture,
            $"{insights.Name}: {living} of {insights.MaxWorkers} workers after {Time(insights.Elapsed)}, {Share(insights.Utilization)} utilized, "
            + $"{insights.WaitingTasks:N0} tasks waiting; "
            + $"{insights.WorkersStarted:N0} started, {insights.WorkersEnded:N0} ended, {insights.WorkersDied:N0} died");
    }

    private static string[] TaskHead(PoolInsights insights) =>
    [
        "task", "ended", "failed", "waited, p50", "p99", .. OfSerializing(insights, "serialized, p50", "p99"),
        "worked, p50", "p99", "in all", "in", "out",
    ];

    private static string[] TaskRow(PoolInsights insights, TaskInsights task) =>
    [
        task.Name, Number(task.Succeeded + task.Failed), Number(task.Failed),
        Time(task.WaitingTime.Median), Time(task.WaitingTime.Percentile(0.99)),
        .. OfSerializing(insights, Time(task.SerializingTime.Median), Time(task.SerializingTime.Percentile(0.99))),
        Time(task.WorkingTime.Median), Time(task.WorkingTime.Percentile(0.99)), Time(task.WorkingTime.Total),
        Bytes(task.ArgumentBytes), Bytes(task.ResultBytes),
    ];

    /// <summary>Returns the columns of serializing, or none: in a cluster its time is a part of the work.</summary>
    private static string[] OfSerializing(PoolInsights insights, string median, string slowest) => insights.Nodes is null ? [median, slowest] : [];

    private static void AppendRest(StringBuilder text, int count)
    {
        if (count > 0)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"... and {count} more");
        }
    }

    /// <summary>Columns as wide as their content; names aligned to the left, numbers to the right.</summary>
    private static void AppendTable(StringBuilder text, string[] head, IEnumerable<string[]> body)
    {
        List<string[]> rows = [head, .. body];
        var widths = head.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        text.AppendLine();
        foreach (var row in rows)
        {
            for (var column = 0; column < row.Length; column++)
            {
                var isName = head[column] is "task" or "is";
                text.Append(isName ? row[column].PadRight(widths[column]) : row[column].PadLeft(widths[column]));
                text.Append(column == row.Length - 1 ? "" : "  ");
            }

            text.AppendLine();
        }

        text.AppendLine();
    }
}
