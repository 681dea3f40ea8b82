namespace Multiprocessing;

/// <summary>Finished tasks: the newest ones, the slowest ones and those that failed, each in a bounded list.</summary>
internal sealed class TaskHistory(int capacity)
{
    public const int MaxPerSample = 1000;
    public const int MaxFailed = 200;
    public const int MaxSlowest = 50;
    private const int MaxNames = 1000;

    private readonly Queue<TaskRecord> _tasks = new();
    private readonly LinkedList<TaskRecord> _failed = new();
    private readonly Dictionary<string, TimeSpan> _longest = [];
    private List<TaskRecord> _slowest = [];

    public IEnumerable<TaskRecord> Tasks => _tasks;

    /// <summary>The newest first.</summary>
    public IEnumerable<TaskRecord> Failed => _failed;

    /// <summary>The slowest first.</summary>
    public IReadOnlyList<TaskRecord> Slowest => _slowest;

    /// <summary>Number of tasks that ended and are in no list.</summary>
    public long Missed { get; private set; }

    public static bool IsFailure(TaskRecord task) => task.Outcome is TaskOutcome.Failed or TaskOutcome.TimedOut or TaskOutcome.WorkerDied;

    /// <summary>Returns the longest time that a succeeded task of this name took, or <see langword="null"/>.</summary>
    public TimeSpan? LongestOf(string name) => _longest.TryGetValue(name, out var time) ? time : null;

    /// <summary>Adds the tasks of one sample and returns those that were kept: of very many, the failed and the longest ones.</summary>
    public IReadOnlyList<TaskRecord> Add(IReadOnlyList<TaskRecord> tasks, long missed)
    {
        var kept = tasks;
        if (tasks.Count > MaxPerSample)
        {
            kept = [.. tasks.OrderByDescending(IsFailure).ThenByDescending(task => task.Ended - task.Started).Take(MaxPerSample).OrderBy(task =>
                task.Ended)];
        }

        Missed += missed + tasks.Count - kept.Count;
        foreach (var task in kept)
        {
            Add(task);
        }

        _slowest = [.. _slowest.Concat(kept).OrderByDescending(task => task.Ended - task.Started).Take(MaxSlowest)];
        return kept;
    }

    private void Add(TaskRecord task)
    {
        _tasks.Enqueue(task);
        if (_tasks.Count > capacity)
        {
            _tasks.Dequeue();
        }

        if (IsFailure(task))
        {
            _failed.AddFirst(task);
            if (_failed.Count > MaxFailed)
            {
                _failed.RemoveLast();
            }
        }
        else if (task.Outcome == TaskOutcome.Succeeded && (_longest.Count < MaxNames || _longest.ContainsKey(task.Name)))
        {
            var time = task.Ended - task.Started;
            if (!_longest.TryGetValue(task.Name, out var longest) || time > longest)
            {
                _longest[task.Name] = time;
            }
        }
    }
}
