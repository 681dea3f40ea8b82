namespace Multiprocessing;

/// <summary>
/// A pool as the reports of a call's progress show it. The caller knows how many tasks each node has, and not which worker runs which: of a node with
/// three tasks, its first three workers are shown as busy.
/// </summary>
internal sealed class ClusterProgress(string name, ClusterScheduler scheduler, ReportDelivery reports) : IProgressPool
{
    public string Name => name;

    public int Workers => scheduler.Nodes.Sum(static node => node.Node.Workers);

    public int WorkersDied => scheduler.Statistics.WorkersDied;

    public ReportDelivery Reports => reports;

    public (IReadOnlyList<WorkerInsights> Living, int Died) LivingWorkers()
    {
        var living = new List<WorkerInsights>();
        foreach (var (node, tasks) in scheduler.Nodes)
        {
            for (var worker = 0; worker < node.Workers; worker++)
            {
                living.Add(Worker(living.Count + 1, worker < tasks));
            }
        }

        return (living, WorkersDied);
    }

    private static WorkerInsights Worker(int number, bool isBusy) => new()
    {
        Number = number,
        ProcessId = null,
        Activity = isBusy ? WorkerActivity.Busy : WorkerActivity.Idle,
        ExitStatus = null,
        CurrentTask = null,
        CurrentTaskTime = null,
        TasksCompleted = 0,
        StartUpTime = null,
        Lifetime = TimeSpan.Zero,
        WorkingTime = TimeSpan.Zero,
        SerializingTime = TimeSpan.Zero,
        ArgumentBytes = 0,
        ResultBytes = 0,
    };
}
