using System.Diagnostics;

namespace Multiprocessing;

/// <summary>How far a worker is in its life, as the pool knows it.</summary>
internal enum WorkerPhase
{
    Starting,
    Ready,

    /// <summary>It gets no more tasks, and is closed when those that are assigned to it have ended.</summary>
    Retiring,

    /// <summary>It was asked to end.</summary>
    Closing,
}

/// <summary>Why the pool kills a worker; the task that the worker runs ends with this and not with the death.</summary>
internal enum KillReason
{
    None,
    Timeout,
    Cancelled,
    Disposed,

    /// <summary>The worker wrote into its channel what is not valid there.</summary>
    Damaged,

    /// <summary>The pool gave up; only in log records.</summary>
    Broken,

    /// <summary><see cref="ProcessPool.KillWorkers"/>; only in log records.</summary>
    Caller,
}

/// <summary>Tasks of one batch that are assigned to a worker, with consecutive numbers.</summary>
internal sealed class AssignedTasks(TaskRange range, uint firstNumber)
{
    public TaskBatch Batch => Range.Batch;

    public TaskRange Range { get; set; } = range;

    public uint FirstNumber => firstNumber;

    public uint EndNumber => firstNumber + (uint)Range.Count;

    public int IndexOf(uint number) => Range.From + (int)(number - firstNumber);
}

/// <summary>
/// One worker of a pool, as its scheduler knows it. Owns the pool's ends of the worker's channel and the list of the tasks that are assigned to it;
/// under the loop's gate.
/// <para>
/// Invariants, while the channel is not damaged: the numbers of <see cref="Assigned"/> are consecutive, begin with <see cref="Replied"/> and end
/// before the number of the next task to be written.
/// </para>
/// </summary>
internal sealed unsafe class WorkerEntry
{
    private const int KnownBodies = 64;

    private readonly ChannelLayout* _channel;
    private readonly ChannelDamage _damage = new();
    private readonly List<(int Body, uint Number)> _definitions = [];

    public WorkerEntry(string pool, int number, PoolMemory channel)
    {
        Name = $"{pool}:{number}";
        Number = number;
        Memory = channel;
        _channel = (ChannelLayout*)channel.Base;
        Requests = new RequestWriter(channel, _damage);
        Replies = new ReplyReader(channel, _damage);
    }

    /// <summary>The name that errors, log records and the process carry.</summary>
    public string Name { get; }

    public int Number { get; }

    public PoolMemory Memory { get; }

    public ChannelLayout* Channel => _channel;

    public RequestWriter Requests { get; }

    public ReplyReader Replies { get; }

    public WorkerPhase Phase { get; set; }

    /// <summary><see langword="null"/> until the operating system has started it.</summary>
    public WorkerHost? Host { get; set; }

    /// <summary>Tasks that were written for it and have no reply yet, in the order of their numbers.</summary>
    public LinkedList<AssignedTasks> Assigned { get; } = [];

    /// <summary>The number of replies that were read: also the number of the task whose reply is next.</summary>
    public uint Replied
    {
        get => Requests.Replied;
        set => Requests.Replied = value;
    }

    /// <summary>The number of the task that it runs, or will run first: replies to earlier ones may be there that were not read yet.</summary>
    public uint RunningNumber => Requests.Started is var started && started != Replied ? started - 1 : Replied;

    /// <summary>
    /// What it has written into its channel that is not valid there; <see langword="null"/> while the channel is in order. The worker is killed for
    /// it, and nothing more of it is read.
    /// </summary>
    public string? Damage => _damage.Found;

    /// <summary>When it was ready for its first task, in ticks of the stopwatch; 0 if it never was.</summary>
    public long ReadyAt { get; set; }

    public long IdleSince { get; set; }

    /// <summary>It is to be replaced, and retires when another worker is ready.</summary>
    public bool IsExpiring { get; set; }

    /// <summary>What <see cref="KillAt"/> is for.</summary>
    public KillReason Reason { get; set; }

    /// <summary>When it is killed unless it ends before, in ticks of the stopwatch; 0 is never.</summary>
    public long KillAt { get; set; }

    /// <summary>The task for which it is killed.</summary>
    public uint KillNumber { get; set; }

    public bool IsKilled { get; set; }

    /// <summary>The program has killed it by a call, so its death says nothing about the pool.</summary>
    public bool IsKilledByCaller { get; set; }

    public WorkerStatistics Statistics { get; } = new();

    /// <summary>How many tasks it had started when the dispatcher last checked for tasks to take back, and since when.</summary>
    public (uint Started, long At) LastProgress { get; set; }

    /// <summary>When its claim word was last checked.</summary>
    public long ClaimCheckedAt { get; set; }

    /// <summary>Returns the batch of an assigned task, or <see langword="null"/> if no task with this number is assigned.</summary>
    public TaskBatch? BatchOf(uint number)
    {
        foreach (var assigned in Assigned)
        {
            if (number - assigned.FirstNumber < (uint)assigned.Range.Count)
            {
                return assigned.Batch;
            }
        }

        return null;
    }

    public int Backlog => (int)(Requests.Next - Replied);

    /// <summary>How many of its tasks it has not started.</summary>
    public int Unstarted => (int)(Requests.Next - Requests.Started);

    /// <summary>It may be running a task: one that it has started and not replied to.</summary>
    public bool HasStartedTask => Requests.Started != Replied;

    public bool TakesTasks => Phase == WorkerPhase.Ready && !IsKilled && Damage is null;

    /// <summary>Its process was ordered and does not run any code of the program yet: it uses the processors to start.</summary>
    public bool IsComingUp => Phase == WorkerPhase.Starting && !IsKilled && Volatile.Read(ref _channel->Begun) == 0;

    public bool IsBusy => Replied != Requests.Next;

    /// <summary>Its replies are not read now, because the program has too many reports to take before.</summary>
    public bool IsHeldUp { get; set; }

    public bool HasReplies => !IsHeldUp && Damage is null && Replies.HasReplies;

    /// <summary>The name of the task that it has started and not replied to; <see langword="null"/> if there is none.</summary>
    public string? RunningTask =>
        HasStartedTask && Assigned.First is { } running ? running.Value.Batch.NameOf(running.Value.IndexOf(Replied)) : null;

    /// <summary>
    /// The task with this number ended by itself after its time limit had cancelled its token: it counts as timed out all the same.
    /// </summary>
    public bool EndedAfterTimeLimit(uint number) => this is { Reason: KillReason.Timeout, IsKilled: false } && KillNumber == number;

    public bool Knows(int body)
    {
        foreach (var (known, _) in _definitions)
        {
            if (known == body)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The task with this number carries the body.</summary>
    public void LearntAt(int body, uint number)
    {
        _definitions.Add((body, number));
        if (_definitions.Count > KnownBodies)
        {
            _definitions.RemoveAt(0);
        }
    }

    /// <summary>Tasks were written for it, from number <paramref name="first"/> on.</summary>
    public void Assign(TaskBatch batch, int from, int to, uint first)
    {
        if (to <= from)
        {
            return;
        }

        if (Assigned.Last is { } last && last.Value.Batch == batch && last.Value.Range.To == from && last.Value.EndNumber == first)
        {
            last.Value.Range = last.Value.Range with { To = to };
        }
        else
        {
            Assigned.AddLast(new AssignedTasks(new TaskRange(batch, from, to), first));
        }
    }

    /// <summary>Takes back the tasks that it has not started, from number <paramref name="first"/> on; in their order.</summary>
    public List<TaskRange> TakeBack(uint first)
    {
        List<TaskRange> taken = [];
        var from = Requests.TakeBack(first);
        while (Assigned.Last is { } last && (int)(last.Value.EndNumber - from) > 0)
        {
            var assigned = last.Value;
            if ((int)(assigned.FirstNumber - from) >= 0)
            {
                taken.Add(assigned.Range);
                Assigned.RemoveLast();
                continue;
            }

            var split = assigned.IndexOf(from);
            taken.Add(assigned.Range with { From = split });
            assigned.Range = assigned.Range with { To = split };
            if (from == Replied)
            {
                Assigned.RemoveLast(); // what is left has its replies: the worker has not started the next one yet
            }

            break;
        }

        _definitions.RemoveAll(definition => (int)(definition.Number - from) >= 0);
        taken.Reverse();
        return taken;
    }

    /// <summary>The worker has written into its channel what is not valid there.</summary>
    public void ReportDamage(string found) => _damage.Report(found);

    /// <summary>Asks the worker to end: no more tasks will follow.</summary>
    public void Close()
    {
        Phase = WorkerPhase.Closing;
        Requests.Close();
    }

    public void Dispose()
    {
        Requests.Dispose();
        Replies.Trim();
        Memory.Dispose();
    }

    [Conditional("DEBUG")]
    public void AssertInvariants()
    {
        Debug.Assert(Damage is not null || Assigned.Last is null == !IsBusy, "A worker has assigned tasks exactly while replies of it are missing.");
        Debug.Assert(
            Assigned.First is not { } first || (int)(first.Value.FirstNumber - Replied) <= 0,
            "The first assigned task of a worker is the next one to be replied to.");
        Debug.Assert(
            Assigned.Last is not { } last || Damage is not null || last.Value.EndNumber == Requests.Next,
            "The last assigned task of a worker is the last one that was written.");
        Debug.Assert(KillAt == 0 || Reason != KillReason.None, "A worker that is to be killed has a reason for it.");
        Debug.Assert(Phase != WorkerPhase.Closing || !IsBusy || IsKilled || Damage is not null, "A worker is closed when it has no tasks any more.");
    }
}
