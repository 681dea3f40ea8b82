using System.Globalization;

namespace Multiprocessing;

/// <summary>
/// Names of the processes, queues, pools and nodes that the history mentions; they are needed after these have ended. Used by one thread at a time.
/// </summary>
internal sealed class Names
{
    private const int MaxOfAKind = 4096;

    public OrderedDictionary<string, string> Processes { get; } = [];

    public OrderedDictionary<string, string> Queues { get; } = [];

    public OrderedDictionary<string, string> Pools { get; } = [];

    /// <summary>Names by address.</summary>
    public OrderedDictionary<string, string> Nodes { get; } = [];

    /// <summary>Adds the names of a snapshot and returns the new ones.</summary>
    public Names Add(ProgramSnapshot snapshot, ClusterSnapshot? cluster = null)
    {
        Names added = new();
        foreach (var process in snapshot.Processes.Where(process => !string.IsNullOrEmpty(process.Name)))
        {
            Add(Processes, added.Processes, process.Id.ToString(CultureInfo.InvariantCulture), process.Name);
        }

        foreach (var queue in snapshot.Queues)
        {
            Add(Queues, added.Queues, queue.Id, queue.Label);
        }

        foreach (var pool in snapshot.Pools)
        {
            Add(Pools, added.Pools, pool.Id, pool.Name);
        }

        foreach (var node in cluster?.Nodes ?? [])
        {
            Add(Nodes, added.Nodes, node.Address, node.Name);
        }

        return added;
    }

    private static void Add(OrderedDictionary<string, string> all, OrderedDictionary<string, string> added, string id, string name)
    {
        if (all.TryGetValue(id, out var known) && known == name)
        {
            return;
        }

        if (all.Count >= MaxOfAKind)
        {
            all.RemoveAt(0); // the oldest: a process that ended long ago appears as a number
        }

        all[id] = name;
        added[id] = name;
    }
}
