using System.Collections.Concurrent;

namespace Multiprocessing;

/// <summary>The records of a pool, by the names of tasks. Thread-safe.</summary>
internal sealed class TaskRecords
{
    /// <summary>Who gives every task a name of its own must not make the pool's process grow with them.</summary>
    public const int MostNames = 256;

    public const string OtherNames = "(other names)";

    private readonly ConcurrentDictionary<string, TaskRecord> _byName = new();
    private readonly TaskRecord _others = new(OtherNames);
    private int _names;

    public TaskRecord Of(string name)
    {
        if (_byName.TryGetValue(name, out var record))
        {
            return record;
        }

        if (Volatile.Read(ref _names) >= MostNames)
        {
            return _others;
        }

        record = new TaskRecord(name);
        if (_byName.TryAdd(name, record))
        {
            Interlocked.Increment(ref _names);
            return record;
        }

        return _byName[name];
    }

    public IEnumerable<TaskRecord> All => _byName.Values.Append(_others).Where(static record => record.Submitted > 0);
}
