namespace Multiprocessing;

/// <summary>How many tasks ended in a second between two snapshots. <see langword="null"/> for a member that the first one does not have.</summary>
internal sealed class ClusterRates(ClusterSnapshot? last, ClusterSnapshot now)
{
    private readonly double _seconds = last is null ? 1 : Math.Max(0.001, (now.Time - last.Time).TotalSeconds);

    public double? Of(ClusterNodeSnapshot node) =>
        last?.Nodes.FirstOrDefault(before => (before.Address, before.StartTime) == (node.Address, node.StartTime)) is { } before
            ? Rate(before.EndedTasks, node.EndedTasks)
            : null;

    public double? Of(ClusterCallerSnapshot caller) =>
        last?.Callers.FirstOrDefault(before => (before.Address, before.StartTime) == (caller.Address, caller.StartTime)) is { } before
            ? Rate(before.EndedTasks, caller.EndedTasks)
            : null;

    private double Rate(long before, long after) => Math.Max(0, (after - before) / _seconds);
}
