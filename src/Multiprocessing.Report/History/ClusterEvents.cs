namespace Multiprocessing;

/// <summary>What happened to the members of a cluster between two snapshots.</summary>
internal static class ClusterEvents
{
    public static List<(Severity Severity, string Text)> Between(ClusterSnapshot before, ClusterSnapshot now)
    {
        List<(Severity, string)> found = [];
        Nodes(ByAddress(before.Nodes, static node => node.Address), ByAddress(now.Nodes, static node => node.Address), found);
        Callers(ByAddress(before.Callers, static caller => caller.Address), ByAddress(now.Callers, static caller => caller.Address), found);
        return found;
    }

    private static void Nodes(
        Dictionary<string, ClusterNodeSnapshot> before, Dictionary<string, ClusterNodeSnapshot> now, List<(Severity, string)> found)
    {
        var gone = before.Values.Where(node => !now.ContainsKey(node.Address)).ToList();
        var both = now.Values.Where(node => before.ContainsKey(node.Address)).Select(node => (Before: before[node.Address], Now: node)).ToList();
        var same = both.Where(static node => !IsAnother(node.Before, node.Now)).ToList();
        Add(Severity.Info, now.Values.Where(node => !before.ContainsKey(node.Address)), "joined the cluster", "joined");
        Add(Severity.Info, both.Except(same).Select(static node => node.Now), "was started again", "were started again");
        Add(Severity.Info, gone.Where(static node => node.State == ClusterMemberState.Leaving), "left the cluster", "left");
        Add(Severity.Warning, gone.Where(static node => node.State == ClusterMemberState.Running),
            "is no member any more: it has left or died", "are no members any more");
        Add(Severity.Bad, gone.Where(IsSilent), "did not answer and was declared dead", "were declared dead");
        Add(Severity.Warning, same.Where(static node => IsSilent(node.Now) && !IsSilent(node.Before)).Select(static node => node.Now),
            "does not answer", "do not answer");
        Add(Severity.Info, same.Where(static node => IsSilent(node.Before) && !IsSilent(node.Now)).Select(static node => node.Now),
            "answers again", "answer again");

        // A silent node has no figures.
        EventFinder.Bounded(
            found, Severity.Bad, same.Where(static node => !IsSilent(node.Before) && node.Now.WorkersDied > node.Before.WorkersDied),
            static node => Deaths(node.Now, node.Now.WorkersDied - node.Before.WorkersDied), "more nodes lost workers");

        void Add(Severity severity, IEnumerable<ClusterNodeSnapshot> nodes, string what, string ofMany) => EventFinder.Bounded(
            found, severity, nodes, node => $"The node {node.Name} ({node.Address}) {what}.", $"more nodes {ofMany}");
    }

    private static void Callers(
        Dictionary<string, ClusterCallerSnapshot> before, Dictionary<string, ClusterCallerSnapshot> now, List<(Severity, string)> found)
    {
        Add(now.Values.Where(caller => !before.ContainsKey(caller.Address)), "joined the cluster", "joined");
        Add(before.Values.Where(caller => !now.ContainsKey(caller.Address)), "is no member any more", "are no members any more");

        void Add(IEnumerable<ClusterCallerSnapshot> callers, string what, string ofMany) => EventFinder.Bounded(
            found, Severity.Info, callers, caller => $"The caller {caller.Name} ({caller.Address}) {what}.", $"more callers {ofMany}");
    }

    // A node that was started again at its port is a member twice until the others have declared the first one dead.
    private static Dictionary<string, T> ByAddress<T>(IEnumerable<T> members, Func<T, string> address) =>
        members.GroupBy(address).ToDictionary(static group => group.Key, static group => group.Last());

    private static bool IsAnother(ClusterNodeSnapshot before, ClusterNodeSnapshot now) =>
        before.StartTime is { } first && now.StartTime is { } second && first != second;

    private static bool IsSilent(ClusterNodeSnapshot node) => node.State == ClusterMemberState.Silent;

    private static string Deaths(ClusterNodeSnapshot node, int deaths) =>
        deaths == 1 ? $"A worker of the node {node.Name} died." : $"{deaths} workers of the node {node.Name} died.";
}
