namespace Multiprocessing;

/// <summary>
/// One or more tasks of one call, as the scheduler knows them: a task is a batch and an index. Members are called under the loop's gate unless they
/// say otherwise. Each task ends exactly once: by
/// <see cref="OnResult"/>, <see cref="OnResults"/>, <see cref="OnError"/> or <see cref="OnNotBegun"/>.
/// </summary>
internal abstract unsafe class TaskBatch(TaskSettings settings)
{
    private Dictionary<int, int>? _attempts;
    private Dictionary<int, ITravellingReference[]>? _references;

    public TaskSettings Settings { get; } = settings;

    /// <summary>How long its tasks take.</summary>
    public TaskPace Pace => Settings.Body?.Pace ?? Settings.Pace;

    public abstract int Count { get; }

    /// <summary>The size in bytes of an argument that is copied as it lies in memory; -1 if arguments are serialized.</summary>
    public virtual int RawLength => -1;

    public virtual void CopyRaw(int index, byte* destination) => throw new NotSupportedException();

    /// <summary>
    /// Copies the arguments of consecutive tasks, each behind its header, to records that lie <paramref name="stride"/> bytes apart.
    /// </summary>
    public virtual void CopyRaw(int from, int count, byte* records, int stride, RequestHeader header)
    {
        for (var i = 0; i < count; i++)
        {
            *(RequestHeader*)records = header;
            header.Number++;
            CopyRaw(from + i, records + sizeof(RequestHeader));
            records += stride;
        }
    }

    /// <summary>
    /// Reads the results of consecutive tasks from replies that lie one behind the other, as long as they are plain ones: no error, not measured, a
    /// value that is copied as it lies in memory. Moves
    /// <paramref name="replies"/> behind the last of them, and returns their number. The next reply is read on its own.
    /// </summary>
    public int OnResults(int from, int max, uint number, ref byte* replies, byte* end)
    {
        var taken = EndMany(from, max, number, ref replies, end);
        Settings.Statistics.Succeeded += taken;
        return taken;
    }

    /// <summary>
    /// Returns the task's argument as a message, which the caller disposes of if <see cref="OwnsMessages"/> is <see langword="false"/>.
    /// </summary>
    public virtual MessageBuffer Serialize(int index) => throw new NotSupportedException();

    /// <summary>The messages belong to this object, which keeps them for another attempt.</summary>
    public virtual bool OwnsMessages => false;

    /// <summary>When the tasks were submitted, in ticks of the stopwatch.</summary>
    public long SubmittedAt { get; set; }

    /// <summary>How long writing arguments took before the tasks were submitted, in ticks of the stopwatch.</summary>
    public long WritingTicks { get; protected set; }

    /// <summary>No caller waits for the task any more: it is not started.</summary>
    public abstract bool IsCancelled(int index);

    /// <summary>
    /// Ends the task with the result that lies at <paramref name="data"/>. An exception from reading is the task's error, which the caller passes to
    /// <see cref="OnError"/>.
    /// </summary>
    /// <returns>How long reading took, in ticks of the stopwatch, if that is measured.</returns>
    public long OnResult(int index, byte* data, byte* end, bool isMeasured)
    {
        var ticks = End(index, data, end, isMeasured);
        Settings.Statistics.Succeeded++;
        return ticks;
    }

    public void OnError(int index, Exception error)
    {
        Settings.Statistics.Failed++;
        Fail(index, error);
    }

    /// <summary>The task exceeded its time limit.</summary>
    public void OnTimedOut(int index, WorkerHost host)
    {
        Settings.Statistics.TimedOut++;
        var end = host.IsProcess
            ? $"its worker '{host.Name}' (pid {host.Id}) was killed."
            : $"it runs on a thread of this process ({nameof(ProcessPoolOptions.Workers)} = 0), "
                + "which cannot be killed and continues until the body ends.";
        OnError(index, new TimeoutException($"Task '{NameOf(index)}' did not end within {Settings.Timeout.TotalSeconds:0.###} s; {end}"));
    }

    /// <summary>The task was cancelled before it started.</summary>
    public void OnNotBegun(int index)
    {
        Settings.Statistics.Cancelled++;
        Withdraw(index);
    }

    protected abstract long End(int index, byte* data, byte* end, bool isMeasured);

    protected virtual int EndMany(int from, int max, uint number, ref byte* replies, byte* end) => 0;

    protected abstract void Fail(int index, Exception error);

    /// <summary>Ends a task that was not started, also one that was never submitted.</summary>
    public abstract void Withdraw(int index);

    /// <summary>The error of a task whose worker was killed after a cancellation.</summary>
    public abstract Exception CancelledError(int index);

    public virtual string NameOf(int index) => Count == 1 ? Settings.Name : $"{Settings.Name}[{index}]";

    /// <summary>Workers have died while they ran some of the tasks.</summary>
    public bool HasFailedAttempts => _attempts is not null;

    /// <summary>The number of workers that died while they ran the task.</summary>
    public int FailedAttempts(int index) => _attempts is null ? 0 : _attempts.GetValueOrDefault(index);

    public void CountFailedAttempt(int index) => (_attempts ??= [])[index] = FailedAttempts(index) + 1;

    /// <summary>Gets the spans of attempts whose worker died, by the task's index; null if there are none.</summary>
    public Dictionary<int, AttemptSpan>? LostSpans { get; set; }

    /// <summary>Keeps the handles in the argument alive until the task has ended.</summary>
    public void KeepReferences(int index, ITravellingReference[] references)
    {
        if (references.Length != 0)
        {
            ReleaseReferences(index);
            (_references ??= [])[index] = references;
        }
    }

    /// <summary>The task has ended, or another worker gets it.</summary>
    public virtual void ReleaseReferences(int index)
    {
        if (_references is not null && _references.Remove(index, out var references))
        {
            foreach (var reference in references)
            {
                reference.EndPassedOn();
            }
        }
    }
}

/// <summary>The settings that all tasks of a call have in common.</summary>
internal sealed class TaskSettings
{
    public required TaskStatistics Statistics { get; init; }

    /// <summary>The pool of the tasks: unfinished tasks keep it from being finalized, and so keep its workers.</summary>
    public required ProcessPool Pool { get; init; }

    /// <summary>How long tasks of the method take that carry their own body.</summary>
    public required TaskPace Pace { get; init; }

    public string Name => Statistics.Name;

    public required int Priority { get; init; }

    /// <summary>The time limit in ticks of the stopwatch; 0 for none.</summary>
    public required long TimeoutTicks { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required int MaxAttempts { get; init; }

    /// <summary>Takes the task out of the pool if no worker has started it; <see langword="null"/> if that is not wanted of any.</summary>
    public TaskWithdrawal? Withdrawal { get; init; }

    /// <summary>The body that all tasks share, or <see langword="null"/> if each carries its own.</summary>
    public required SharedBody? Body { get; init; }
}

/// <summary>A body that each worker gets once, and how long its tasks take.</summary>
internal sealed class SharedBody(int id, byte[] bytes, ITravellingReference[] references)
{
    private ITravellingReference[] _references = references;

    public int Id => id;

    public byte[] Bytes => bytes;

    /// <summary>Its tasks may report to their caller before they end.</summary>
    public bool HasLinks { get; } = Array.Exists(references, static reference => reference is TaskLink);

    /// <summary>How long its tasks take.</summary>
    public TaskPace Pace { get; } = new();

    public TypicalSize Size { get; } = new();

    /// <summary>All its tasks have ended.</summary>
    public void Release()
    {
        foreach (var reference in Interlocked.Exchange(ref _references, []))
        {
            reference.EndPassedOn();
        }
    }
}

/// <summary>How long tasks take, learnt as they end; under the loop's gate.</summary>
internal sealed class TaskPace
{
    /// <summary>In ticks of the stopwatch; 0 while unknown.</summary>
    public long Typical { get; private set; }

    /// <summary>
    /// A single long one says little (its worker was not scheduled for a while): it counts for no more than four typical ones. Several in a row do.
    /// </summary>
    public void Learn(long ticks) =>
        Typical = Typical == 0 ? Math.Max(ticks, 1) : Math.Max(Typical + ((Math.Min(ticks, Typical * 4) - Typical) / 4), 1);
}

/// <summary>Consecutive tasks of one batch: from one index to before another.</summary>
internal readonly record struct TaskRange(TaskBatch Batch, int From, int To)
{
    public int Count => To - From;
}
