namespace Multiprocessing;

/// <summary>What a pool counts for the tasks of one name. Under the pool's gate, except for its name.</summary>
internal sealed class TaskRecord(string name)
{
    public string Name => name;

    /// <summary>How long the tasks that bring their own body take.</summary>
    public TaskPace Pace { get; } = new();

    public long Submitted { get; set; }

    /// <summary>Those of <see cref="Submitted"/> that came one by one.</summary>
    public long Alone { get; set; }

    public long Succeeded { get; set; }

    public long Failed { get; set; }

    public long Cancelled { get; set; }

    /// <summary>Begun once more after a worker's death.</summary>
    public long Retries { get; set; }

    /// <summary>Workers that died in one of them.</summary>
    public long Deaths { get; set; }

    public long TimedOut { get; set; }

    /// <summary>What was written for workers, second attempts included.</summary>
    public long ArgumentBytes { get; set; }

    public long ResultBytes { get; set; }

    /// <summary>What writing arguments took in the pool's process, for how many of them.</summary>
    public long WritingTicks { get; private set; }

    public long Written { get; private set; }

    public TimeHistogram Waiting { get; } = new();

    public TimeHistogram Serializing { get; } = new();

    public TimeHistogram Working { get; } = new();

    public long MeanWritingTicks => Written == 0 ? 0 : WritingTicks / Written;

    public void AddWriting(long ticks, long tasks)
    {
        WritingTicks += ticks;
        Written += tasks;
    }

    public TaskInsights ToInsights() => new()
    {
        Name = name,
        Submitted = Submitted,
        Succeeded = Succeeded,
        Failed = Failed,
        Cancelled = Cancelled,
        Retries = Retries,
        WorkerDeaths = Deaths,
        TimedOut = TimedOut,
        TravelsAlone = Alone * 2 > Submitted,
        ArgumentBytes = ArgumentBytes,
        ResultBytes = ResultBytes,
        Waiting = Waiting.ToDistribution(),
        Serializing = Serializing.ToDistribution(),
        Working = Working.ToDistribution(),
    };
}
