using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// The statistics of a pool's tasks: by the names that callers gave them, or else by their methods; and the pace of each method. Thread-safe.
/// </summary>
internal sealed class TaskStatisticsTable
{
    /// <summary>Bounds the memory of a program that gives every task a name of its own.</summary>
    public const int MaxNames = 256;

    public const string OtherNames = "(other names)";

    private readonly ConcurrentDictionary<string, TaskStatistics> _byName = new();
    private readonly ConcurrentQueue<TaskStatistics> _ofMethods = new();
    private readonly ConditionalWeakTable<MethodInfo, MethodEntry> _methods = [];
    private readonly TaskNames _methodNames = new();
    private readonly TaskStatistics _others;
    private int _names;

    public TaskStatisticsTable() => _others = new TaskStatistics(OtherNames, null, _methodNames);

    /// <summary>Returns the statistics to which a task counts, and the pace of tasks of its method, whatever their names are.</summary>
    /// <param name="name">The name that the caller gave it, or <see langword="null"/>.</param>
    /// <param name="method">The method that it runs.</param>
    public (TaskStatistics Statistics, TaskPace Pace) Of(string? name, MethodInfo method)
    {
        if (!_methods.TryGetValue(method, out var known))
        {
            known = _methods.GetOrAdd(method, static _ => new MethodEntry());
        }

        if (name is not null)
        {
            return (Named(name), known.Pace);
        }

        if (known.Statistics is null)
        {
            lock (known)
            {
                known.Statistics ??= OfMethod(method);
            }
        }

        return (known.Statistics, known.Pace);
    }

    /// <summary>
    /// Returns all statistics that tasks have counted to. Creates names that do not exist yet, which takes milliseconds: not under the pool's gate.
    /// </summary>
    public TaskStatistics[] All()
    {
        var all = Used();
        foreach (var statistics in all)
        {
            _ = statistics.Name;
        }

        return all;
    }

    /// <summary>Returns all statistics that tasks have counted to, and creates no names.</summary>
    public TaskStatistics[] Used() =>
        [.. _byName.Values.Concat(_ofMethods).Append(_others).Where(static statistics => statistics.Submitted > 0)];

    private TaskStatistics Named(string name)
    {
        if (_byName.TryGetValue(name, out var statistics))
        {
            return statistics;
        }

        if (Volatile.Read(ref _names) >= MaxNames)
        {
            return _others;
        }

        statistics = new TaskStatistics(name, null, _methodNames);
        if (_byName.TryAdd(name, statistics))
        {
            Interlocked.Increment(ref _names);
            return statistics;
        }

        return _byName[name];
    }

    private TaskStatistics OfMethod(MethodInfo method)
    {
        if (Interlocked.Increment(ref _names) > MaxNames)
        {
            return _others;
        }

        var statistics = new TaskStatistics(null, method, _methodNames);
        _ofMethods.Enqueue(statistics);
        return statistics;
    }

    private sealed class MethodEntry
    {
        public TaskPace Pace { get; } = new();

        public TaskStatistics? Statistics { get; set; }
    }
}
