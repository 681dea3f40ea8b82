namespace Multiprocessing;

/// <summary>Finds what happened between two snapshots. Used by one thread at a time.</summary>
internal sealed class EventFinder
{
    private const int MaxOfOneKind = 8;
    private const string HostName = "Multiprocessing.Host";

    private ProgramSnapshot? _before;
    private ClusterSnapshot? _clusterBefore;
    private long _sequence;

    public IReadOnlyList<HistoryEvent> Find(ProgramSnapshot now, IReadOnlyList<TaskRecord> tasks, ClusterSnapshot? cluster = null)
    {
        var before = _before;
        _before = now;
        List<(Severity, string)> found = [];
        if (before is not null)
        {
            Processes(before, now, found);
            Pools(before, now, found);
            Locks(before, now, found);
            Services(before, now, found);
        }

        if (_clusterBefore is not null && cluster is not null)
        {
            found.AddRange(ClusterEvents.Between(_clusterBefore, cluster));
        }

        _clusterBefore = cluster ?? _clusterBefore;
        Bounded(found, Severity.Bad, tasks.Where(TaskHistory.IsFailure), Failure, "more tasks failed");
        return [.. found.Select(item => new HistoryEvent(++_sequence, now.Time, item.Item1, item.Item2))];
    }

    private static void Processes(ProgramSnapshot before, ProgramSnapshot now, List<(Severity, string)> found)
    {
        // A spare is not yet anything to the program: what it becomes starts then. A process that has the name of its executable is not
        // published yet.
        var earlier = before.Processes.Where(IsUsed).ToDictionary(Key);
        var later = now.Processes.Where(IsUsed).Select(Key).ToHashSet();
        Bounded(found, Severity.Info, now.Processes.Where(process => IsUsed(process) && !earlier.ContainsKey(Key(process))),
            process => $"{Name(process)} started.", "more processes started");
        Bounded(found, Severity.Warning, earlier.Where(process => !later.Contains(process.Key)), process => $"{Name(process.Value)} ended.",
            "more processes ended");

        static bool IsUsed(ProcessSnapshot process) => process.Role != ProcessRole.Spare && process.Name != HostName;

        static (int, DateTimeOffset) Key(ProcessSnapshot process) => (process.Id, process.StartTime);
    }

    private static void Pools(ProgramSnapshot before, ProgramSnapshot now, List<(Severity, string)> found)
    {
        foreach (var (old, pool) in Pairs(before.Pools, now.Pools, pool => pool.Id))
        {
            Counter(found, Severity.Bad, old.WorkerDeaths, pool.WorkerDeaths, n => n == 1 ? $"A worker of the pool {pool.Name} died."
                : $"{n} workers of the pool {pool.Name} died.");
            Counter(found, Severity.Warning, old.Retries, pool.Retries, n =>
                $"The pool {pool.Name} tries {(n == 1 ? "a task" : $"{n} tasks")} again.");
        }
    }

    private static void Locks(ProgramSnapshot before, ProgramSnapshot now, List<(Severity, string)> found)
    {
        foreach (var (old, item) in Pairs(before.Locks, now.Locks, item => item.Id))
        {
            Counter(found, Severity.Bad, old.AbandonmentCount, item.AbandonmentCount, _ =>
                $"A process died while it held {(item.Name is null ? "" : "the lock ")}{item.Label}; the next owner entered it.");
        }
    }

    private static void Services(ProgramSnapshot before, ProgramSnapshot now, List<(Severity, string)> found)
    {
        foreach (var (old, service) in Pairs(before.Services, now.Services, service => (service.OwnerProcessId, service.Name)))
        {
            Counter(found, Severity.Bad, old.RestartCount, service.RestartCount, _ => $"The service {service.Name} was restarted.");
        }
    }

    private static string Name(ProcessSnapshot process) =>
        $"{(string.IsNullOrEmpty(process.Name) ? "Process" : process.Name)} ({process.Role.ToString().ToLowerInvariant()}, process {process.Id})";

    private static string Failure(TaskRecord task)
    {
        var what = task.Outcome switch
        {
            TaskOutcome.TimedOut => "did not end within its time limit",
            TaskOutcome.WorkerDied => "ended with its worker, which died",
            _ => "failed",
        };
        var error = task.Error?.Split('\n', 2)[0].Replace(" Its last output on standard error:", "", StringComparison.Ordinal).Trim();
        return $"{task.Name} {what}{(string.IsNullOrEmpty(error) ? "." : $": {(error.Length > 200 ? error[..200] + "..." : error)}")}";
    }

    private static void Counter(List<(Severity, string)> found, Severity severity, long before, long now, Func<long, string> text)
    {
        if (now > before)
        {
            found.Add((severity, text(now - before)));
        }
    }

    /// <summary>A start of a hundred processes is nine events, not a hundred.</summary>
    internal static void Bounded<T>(List<(Severity, string)> found, Severity severity, IEnumerable<T> items, Func<T, string> text, string more)
    {
        var left = 0;
        foreach (var (index, item) in items.Index())
        {
            if (index < MaxOfOneKind)
            {
                found.Add((severity, text(item)));
            }
            else
            {
                left++;
            }
        }

        if (left > 0)
        {
            found.Add((severity, $"{left} {more}."));
        }
    }

    private static IEnumerable<(T Before, T Now)> Pairs<T, TKey>(IReadOnlyList<T> before, IReadOnlyList<T> now, Func<T, TKey> key)
        where TKey : notnull
    {
        var earlier = before.GroupBy(key).ToDictionary(group => group.Key, group => group.First());
        foreach (var item in now)
        {
            if (earlier.TryGetValue(key(item), out var old))
            {
                yield return (old, item);
            }
        }
    }
}
