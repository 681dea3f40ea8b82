using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>The records of a pool: by the names that tasks were given, or else by their methods; and the pace of each method. Thread-safe.</summary>
internal sealed class TaskStatisticsTable
{
    /// <summary>Who gives every task a name of its own must not make the pool's process grow with them.</summary>
    public const int MostNames = 256;

    public const string OtherNames = "(other names)";

    private readonly ConcurrentDictionary<string, TaskStatistics> _byName = new();
    private readonly ConcurrentQueue<TaskStatistics> _ofMethods = new();
    private readonly ConditionalWeakTable<MethodInfo, MethodRecord> _methods = [];
    private readonly TaskStatistics _others = new(OtherNames, null);
    private int _names;

    /// <summary>The record under which a task counts, and how long tasks of its method take whatever they are called.</summary>
    /// <param name="name">The name that it was given, or null.</param>
    /// <param name="method">What it runs.</param>
    public (TaskStatistics Record, TaskPace Pace) Of(string? name, MethodInfo method)
    {
        if (!_methods.TryGetValue(method, out var known))
        {
            known = _methods.GetOrAdd(method, static _ => new MethodRecord());
        }

        if (name is not null)
        {
            return (Named(name), known.Pace);
        }

        if (known.Record is null)
        {
            lock (known)
            {
                known.Record ??= OfMethod(method);
            }
        }

        return (known.Record, known.Pace);
    }

    /// <summary>All that tasks have counted under. Their names are made where they were not yet, which takes its time: not under the pool's gate.</summary>
    public TaskStatistics[] All()
    {
        TaskStatistics[] all = [.. _byName.Values.Concat(_ofMethods).Append(_others).Where(static record => record.Submitted > 0)];
        foreach (var record in all)
        {
            _ = record.Name;
        }

        return all;
    }

    private TaskStatistics Named(string name)
    {
        if (_byName.TryGetValue(name, out var record))
        {
            return record;
        }

        if (Volatile.Read(ref _names) >= MostNames)
        {
            return _others;
        }

        record = new TaskStatistics(name, null);
        if (_byName.TryAdd(name, record))
        {
            Interlocked.Increment(ref _names);
            return record;
        }

        return _byName[name];
    }

    private TaskStatistics OfMethod(MethodInfo method)
    {
        if (Interlocked.Increment(ref _names) > MostNames)
        {
            return _others;
        }

        var record = new TaskStatistics(null, method);
        _ofMethods.Enqueue(record);
        return record;
    }

    private sealed class MethodRecord
    {
        public TaskPace Pace { get; } = new();

        public TaskStatistics? Record { get; set; }
    }
}
