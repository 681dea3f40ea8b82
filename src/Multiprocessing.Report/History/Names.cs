using System.Globalization;
using System.Text;

namespace Multiprocessing;

/// <summary>Names of the processes, queues and pools that the history mentions; they are needed after these have ended. Used by one thread at a
/// time.</summary>
internal sealed class Names
{
    private const int MaxOfAKind = 4096;

    public OrderedDictionary<string, string> Processes { get; } = [];

    public OrderedDictionary<string, string> Queues { get; } = [];

    public OrderedDictionary<string, string> Pools { get; } = [];

    /// <summary>Adds the names of a snapshot and returns the new ones.</summary>
    public Names Add(ProgramSnapshot snapshot)
    {
        Names added = new();
        foreach (var process in snapshot.Processes.Where(process => !string.IsNullOrEmpty(process.Name)))
        {
            Add(Processes, added.Processes, process.Id.ToString(CultureInfo.InvariantCulture), process.Name);
        }

        foreach (var queue in snapshot.Queues)
        {
            Add(Queues, added.Queues, queue.Id, Of(queue));
        }

        foreach (var pool in snapshot.Pools)
        {
            Add(Pools, added.Pools, pool.Id, pool.Name);
        }

        return added;
    }

    /// <summary>The queue by its name, or by what is in it. A connection has two queues with one name, one in each direction.</summary>
    public static string Of(QueueSnapshot queue) => queue switch
    {
        { Name: { } name, ItemType: null } => $"{name}, connection {queue.Id}",
        { Name: { } name } => name,
        { ItemType: null } => $"connection {queue.Id}",
        _ => $"queue {queue.Id} of {ShortType(queue.ItemType)}",
    };

    public static string Of(LockSnapshot item) => item.Name ?? $"without a name ({item.Id})";

    /// <summary>A type without its namespaces, also in its type arguments.</summary>
    private static string ShortType(string name)
    {
        StringBuilder text = new();
        var start = 0;
        for (var index = 0; index <= name.Length; index++)
        {
            if (index < name.Length && (char.IsLetterOrDigit(name[index]) || name[index] == '_'))
            {
                continue;
            }

            if (index == name.Length || name[index] is not ('.' or '+'))
            {
                text.Append(name, start, Math.Min(index + 1, name.Length) - start);
            }

            start = index + 1;
        }

        return text.ToString();
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
