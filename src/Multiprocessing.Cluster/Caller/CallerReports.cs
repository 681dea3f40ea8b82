namespace Multiprocessing;

/// <summary>
/// What tasks on nodes report to objects of this process (progress, log records): called one after the other, in the order of each task, and before
/// the task's end. Reports of a start that does not count any more are dropped. Thread-safe.
/// </summary>
/// <param name="find">Returns the task with this number if it has this lease.</param>
internal sealed class CallerReports(Func<long, int, ClusterTask?> find)
{
    private readonly Lock _gate = new();

    /// <summary>Gets where the program's objects are called.</summary>
    public ReportDelivery Delivery { get; } = new();

    /// <summary>Takes reports of a node.</summary>
    /// <returns><see langword="false"/> if none were taken, because the program has not taken the earlier ones yet.</returns>
    public bool Take(string node, byte[] frame)
    {
        var reports = Frames.ReadReports(frame);
        lock (_gate)
        {
            if (Delivery.IsFull)
            {
                return false;
            }

            foreach (var report in reports)
            {
                if (find(report.Id, report.Lease) is { Links.Length: > 0 } task && task.TakesReport(report.Lease, report.Number))
                {
                    var (content, name) = (report.Content, task.Node?.Description.Name ?? node);
                    Delivery.Add(() => Deliver(task, name, content));
                }
            }

            return true;
        }
    }

    private static unsafe void Deliver(ClusterTask task, string node, byte[] content)
    {
        if (content.Length < ReportSource.Size + sizeof(long))
        {
            throw new InvalidDataException($"A report of the node '{node}' is damaged.");
        }

        var (worker, processId) = ReportSource.Read(content);
        var number = BitConverter.ToInt64(content, ReportSource.Size);

        // Only links of this task: a number of another one is damaged.
        var link = Array.Find(task.Links, link => link.Number == number)
            ?? throw new InvalidDataException($"A report of the node '{node}' is damaged.");
        fixed (byte* begin = content)
        {
            link.Read(begin + ReportSource.Size + sizeof(long), begin + content.Length, new TaskSource(node, worker, processId, task.Name))();
        }
    }
}
