using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>What a node says of itself when a member asks.</summary>
internal static class NodeStatus
{
    public static byte[] Of(
        MultiprocessingNodeOptions options, PoolInsights pool, IReadOnlyCollection<NodeCaller> callers, bool isLeaving, DateTimeOffset started)
    {
        var busy = pool.Workers.Count(static worker => worker.Activity == WorkerActivity.Busy);
        return Frames.OfNodeStatus(new ClusterNodeSnapshot
        {
            Name = options.Name,
            Address = "", // the member that asks knows it
            State = isLeaving ? ClusterMemberState.Leaving : ClusterMemberState.Running,
            Machine = Environment.MachineName,
            ProcessId = Environment.ProcessId,
            StartTime = started,
            Build = ClusterBuild.Hash,
            Tags = [.. options.Tags],
            Processors = Environment.ProcessorCount,
            Load = Processors.Load(),
            MaxWorkers = options.Workers,
            BusyWorkers = busy,
            WaitingTasks = Math.Max(0, callers.Sum(static caller => caller.Count) - busy),
            EndedTasks = pool.Tasks.Sum(static task => task.Succeeded + task.Failed + task.Canceled),
            WorkersDied = pool.WorkersDied,
            Callers = callers.Count,
            Workers =
            [
                .. pool.Workers.Where(static worker => worker.Activity is not (WorkerActivity.Ended or WorkerActivity.Died)).Select(
                    static worker => new ClusterWorkerSnapshot(
                        worker.Number, worker.ProcessId, worker.Activity, worker.CurrentTask, worker.CurrentTaskTime, worker.TasksCompleted)),
            ],
        });
    }
}
