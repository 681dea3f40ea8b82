namespace Multiprocessing;

/// <summary>
/// Makes the figures of a cluster's members from a snapshot and the one before it. A cluster may be read less often than the program: its figures
/// stay until it is read again. Used by one thread at a time.
/// </summary>
internal sealed class ClusterPointMaker
{
    private ClusterSnapshot? _before;
    private IReadOnlyList<NodeFigures> _nodes = [];
    private IReadOnlyList<CallerFigures> _callers = [];

    public HistoryPoint Add(HistoryPoint point, ClusterSnapshot? now)
    {
        if (!ReferenceEquals(now, _before))
        {
            Make(now);
            _before = now;
        }

        return point with { Nodes = _nodes, Callers = _callers };
    }

    private void Make(ClusterSnapshot? now)
    {
        if (now is null)
        {
            (_nodes, _callers) = ([], []);
            return;
        }

        var rates = new ClusterRates(_before, now);
        _nodes = [.. now.Nodes.Where(static node => node.State != ClusterMemberState.Silent).Take(HistoryPoint.MaxMembers)
            .Select(node => new NodeFigures(node.Address, rates.Of(node) ?? double.NaN, node.BusyWorkers, node.WaitingTasks))];
        _callers = [.. now.Callers.Where(static caller => caller.State != ClusterMemberState.Silent).Take(HistoryPoint.MaxMembers)
            .Select(caller => new CallerFigures(caller.Address, rates.Of(caller) ?? double.NaN))];
    }
}
