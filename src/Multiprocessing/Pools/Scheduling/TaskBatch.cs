namespace Multiprocessing;

/// <summary>
/// One or more tasks that came in one call: what the pool's scheduling knows of them. Members are called under the pool's gate unless they say otherwise; each task ends
/// exactly once, by <see cref="OnResult"/> or <see cref="OnError"/>.
/// </summary>
internal abstract unsafe class TaskBatch(TaskSettings settings)
{
    private Dictionary<int, int>? _attempts;
    private Dictionary<int, ITravellingReference[]>? _references;

    public TaskSettings Settings { get; } = settings;

    /// <summary>How long its tasks take.</summary>
    public TaskPace Pace => Settings.Body?.Pace ?? Settings.Pace;

    public abstract int Count { get; }

    /// <summary>Bytes of an argument that is copied as it lies in memory, or -1: it is serialized.</summary>
    public virtual int RawLength => -1;

    public virtual void CopyRaw(int index, byte* destination) => throw new NotSupportedException();

    /// <summary>Copies the arguments of consecutive tasks, each behind its header, to records that lie <paramref name="stride"/> bytes apart.</summary>
    public virtual void CopyRaw(int from, int count, byte* records, int stride, RequestHeader header)
    {
        for (var i = 0; i < count; i++)
        {
            *(RequestHeader*)records = header;
            CopyRaw(from + i, records + sizeof(RequestHeader));
            records += stride;
        }
    }

    /// <summary>
    /// Takes the results of consecutive tasks out of replies that lie one behind the other, as long as they are plain ones: no error, not measured, a value that is its bytes. Returns how many, and moves
    /// <paramref name="replies"/> behind the last of them. What it does not take comes one by one.
    /// </summary>
    public int OnResults(int from, int most, uint number, ref byte* replies, byte* end)
    {
        var taken = EndMany(from, most, number, ref replies, end);
        Settings.Statistics.Succeeded += taken;
        return taken;
    }

    /// <summary>The task's argument as a message, whose references are kept, and which the caller disposes of if <see cref="OwnsMessages"/> is false.</summary>
    public virtual MessageBuffer Serialize(int index) => throw new NotSupportedException();

    /// <summary>The messages stay this object's own, for another attempt.</summary>
    public virtual bool OwnsMessages => false;

    /// <summary>When the pool was given the tasks, in ticks of the stopwatch.</summary>
    public long SubmittedAt { get; set; }

    /// <summary>What writing arguments took before the pool was given the tasks.</summary>
    public long WritingTicks { get; protected set; }

    /// <summary>Nobody waits for the task any more: it is not begun.</summary>
    public abstract bool IsCancelled(int index);

    /// <summary>The reply lies at <paramref name="data"/>. What reading it throws is the task's error. Returns what reading took, in ticks of the stopwatch, if that is to be measured.</summary>
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
            : $"it runs on a thread of this process ({nameof(ProcessPoolOptions.Workers)} = 0), which cannot be killed and continues until the body ends.";
        OnError(index, new TimeoutException($"Task '{NameOf(index)}' did not end within {Settings.Timeout.TotalSeconds:0.###} s; {end}"));
    }

    /// <summary>The task was cancelled before it began.</summary>
    public void OnNotBegun(int index)
    {
        Settings.Statistics.Cancelled++;
        Withdraw(index);
    }

    protected abstract long End(int index, byte* data, byte* end, bool isMeasured);

    protected virtual int EndMany(int from, int most, uint number, ref byte* replies, byte* end) => 0;

    protected abstract void Fail(int index, Exception error);

    /// <summary>Ends a task that was not begun; also of one that was never given to the pool.</summary>
    public abstract void Withdraw(int index);

    /// <summary>Why a task that was killed after a cancellation ended.</summary>
    public abstract Exception CancelledError(int index);

    public virtual string NameOf(int index) => Count == 1 ? Settings.Name : $"{Settings.Name}[{index}]";

    /// <summary>Some of the tasks have been begun by workers that died.</summary>
    public bool HasFailedAttempts => _attempts is not null;

    /// <summary>How often the task has been begun by workers that died.</summary>
    public int FailedAttempts(int index) => _attempts is null ? 0 : _attempts.GetValueOrDefault(index);

    public void CountFailedAttempt(int index) => (_attempts ??= [])[index] = FailedAttempts(index) + 1;

    /// <summary>The handles in the argument stay alive until the task has ended.</summary>
    public void KeepReferences(int index, ITravellingReference[] references)
    {
        if (references.Length != 0)
        {
            ReleaseReferences(index);
            (_references ??= [])[index] = references;
        }
    }

    /// <summary>The task has ended, or goes to another worker.</summary>
    public virtual void ReleaseReferences(int index)
    {
        if (_references is not null && _references.Remove(index, out var references))
        {
            foreach (var reference in references)
            {
                reference.Cancel();
            }
        }
    }
}

/// <summary>What all tasks of a call have in common.</summary>
internal sealed class TaskSettings
{
    public required TaskStatistics Statistics { get; init; }

    /// <summary>The pool that the work was given to: unfinished work keeps it from being finalized, and with that its workers.</summary>
    public required ProcessPool Pool { get; init; }

    /// <summary>How long the tasks of the method take that bring their own body.</summary>
    public required TaskPace Pace { get; init; }

    public string Name => Statistics.Name;

    public required int Priority { get; init; }

    /// <summary>In ticks of the stopwatch; 0 for none.</summary>
    public required long TimeoutTicks { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required int MaxAttempts { get; init; }

    /// <summary>The body that all tasks share, or null if each brings its own.</summary>
    public required SharedBody? Body { get; init; }
}

/// <summary>A body that a worker is sent once, and how long its tasks take.</summary>
internal sealed class SharedBody(int id, byte[] bytes, ITravellingReference[] references)
{
    private ITravellingReference[] _references = references;

    public int Id => id;

    public byte[] Bytes => bytes;

    /// <summary>Its tasks may tell their caller something before they end.</summary>
    public bool HasLinks { get; } = Array.Exists(references, static reference => reference is TaskLink);

    /// <summary>How long its tasks take.</summary>
    public TaskPace Pace { get; } = new();

    /// <summary>What an argument or a result comes to, whichever is more: learnt by the pool, read by streams. At least 1.</summary>
    public long TypicalBytes { get; private set; } = 1;

    /// <summary>A rise counts at once, because memory is bounded by it; a fall counts slowly.</summary>
    public void LearnBytes(long length) => TypicalBytes = Math.Max(1, length > TypicalBytes ? length : TypicalBytes - ((TypicalBytes - length) / 64));

    /// <summary>The work of all its tasks is over.</summary>
    public void Release()
    {
        foreach (var reference in Interlocked.Exchange(ref _references, []))
        {
            reference.Cancel();
        }
    }
}

/// <summary>How long tasks take, learnt as they end; under the pool's gate.</summary>
internal sealed class TaskPace
{
    /// <summary>In ticks of the stopwatch; 0 while nothing is known.</summary>
    public long Typical { get; private set; }

    /// <summary>A single long one says little (its worker was not scheduled for a while): it counts for no more than four typical ones. Several in a row do.</summary>
    public void Learn(long ticks) =>
        Typical = Typical == 0 ? Math.Max(ticks, 1) : Math.Max(Typical + ((Math.Min(ticks, Typical * 4) - Typical) / 4), 1);
}

/// <summary>Tasks of one work that wait or were handed together: from one index to before another.</summary>
internal readonly record struct TaskRange(TaskBatch Batch, int From, int To)
{
    public int Count => To - From;
}
