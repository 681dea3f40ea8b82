using System.Reflection;

namespace Multiprocessing;

/// <summary>What a pool counts for the tasks of one name. Under the loop's gate, except for the name.</summary>
/// <param name="name">The name that the caller gave its tasks, or <see langword="null"/>.</param>
/// <param name="method">The method that they run, if they have no such name.</param>
/// <param name="names">The names of the pool's methods, which makes the one for <paramref name="method"/>.</param>
internal sealed class TaskStatistics(string? name, MethodInfo? method, TaskNames names)
{
    private readonly MethodInfo? _method = method is { Module.Assembly.IsCollectible: false } ? method : null;

    // The name of a method in an assembly that can be unloaded is created at once, because a reference to the method would keep the assembly.
    private string? _name = name ?? (method!.Module.Assembly.IsCollectible ? names.Of(method) : null);

    /// <summary>The name of the tasks. The first call may read symbols.</summary>
    public string Name
    {
        get
        {
            if (Volatile.Read(ref _name) is { } known)
            {
                return known;
            }

            var made = names.Of(_method!);
            Volatile.Write(ref _name, made);
            return made;
        }
    }

    public long Submitted { get; private set; }

    /// <summary>Those of <see cref="Submitted"/> that are no items of a source.</summary>
    public long Alone { get; private set; }

    public long Succeeded { get; set; }

    public long Failed { get; set; }

    public long Cancelled { get; set; }

    /// <summary>Starts of a task after a worker's death.</summary>
    public long Retries { get; set; }

    /// <summary>Workers that died while they ran one of them.</summary>
    public long Deaths { get; set; }

    public long TimedOut { get; set; }

    /// <summary>What was written for workers, including further attempts.</summary>
    public long ArgumentBytes { get; set; }

    public long ResultBytes { get; set; }

    /// <summary>How long writing arguments took in the pool's process, for <see cref="Written"/> of them.</summary>
    public long WritingTicks { get; private set; }

    public long Written { get; private set; }

    public TimeHistogram Waiting { get; } = new();

    public TimeHistogram Serializing { get; } = new();

    public TimeHistogram Working { get; } = new();

    public long MeanWritingTicks => Written == 0 ? 0 : WritingTicks / Written;

    public void AddSubmitted(int tasks, bool isAlone, long writingTicks)
    {
        Submitted += tasks;
        Alone += isAlone ? tasks : 0;
        WritingTicks += writingTicks;
    }

    public void AddWriting(long ticks, long tasks)
    {
        WritingTicks += ticks;
        Written += tasks;
    }

    public TaskInsights ToInsights() => new()
    {
        Name = Name,
        Submitted = Submitted,
        Succeeded = Succeeded,
        Failed = Failed,
        Canceled = Cancelled,
        Retries = Retries,
        WorkerDeaths = Deaths,
        TimedOut = TimedOut,
        TravelsAlone = Alone * 2 > Submitted,
        ArgumentBytes = ArgumentBytes,
        ResultBytes = ResultBytes,
        WaitingTime = Waiting.ToDistribution(),
        SerializingTime = Serializing.ToDistribution(),
        WorkingTime = Working.ToDistribution(),
    };
}
