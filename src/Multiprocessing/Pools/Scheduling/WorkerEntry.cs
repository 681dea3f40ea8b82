namespace Multiprocessing;

/// <summary>Where a worker is in its life, as the pool sees it.</summary>
internal enum WorkerPhase
{
    Starting,
    Ready,

    /// <summary>It gets no more tasks, and is closed when it has no more in hand.</summary>
    Retiring,

    /// <summary>It was told to end.</summary>
    Closing,
}

/// <summary>Why the pool kills a worker; the task that it runs ends with this and not with the death.</summary>
internal enum KillReason
{
    None,
    Timeout,
    Cancelled,
    Disposed,

    /// <summary>It wrote into its channel what cannot be.</summary>
    Damaged,

    /// <summary>The pool gave up; only in log records.</summary>
    Broken,

    /// <summary><see cref="ProcessPool.KillWorkers"/>; only in log records.</summary>
    Caller,
}

/// <summary>Tasks in a worker's hand, with consecutive numbers.</summary>
internal sealed class AssignedTasks(TaskRange range, uint firstNumber)
{
    public TaskBatch Batch => Range.Batch;

    public TaskRange Range { get; set; } = range;

    public uint FirstNumber => firstNumber;

    public uint EndNumber => firstNumber + (uint)Range.Count;

    public int IndexOf(uint number) => Range.From + (int)(number - firstNumber);
}

/// <summary>One worker of a pool, as its scheduling knows it. Under the pool's gate.</summary>
internal sealed unsafe class WorkerEntry
{
    private const int KnownBodies = 64;

    private readonly ChannelLayout* _channel;
    private readonly List<(int Body, uint Number)> _definitions = [];

    public WorkerEntry(int number, PoolMemory channel)
    {
        Number = number;
        Memory = channel;
        _channel = (ChannelLayout*)channel.Base;
        Requests = new RequestRing(channel);
        Outside = new OutsideMemory(channel);
    }

    public int Number { get; }

    public PoolMemory Memory { get; }

    public ChannelLayout* Channel => _channel;

    public RequestRing Requests { get; }

    public OutsideMemory Outside { get; }

    public WorkerPhase Phase { get; set; }

    /// <summary>Null until the operating system has it.</summary>
    public WorkerHost? Process { get; set; }

    /// <summary>What is in its hand, in the order of the numbers.</summary>
    public LinkedList<AssignedTasks> Assigned { get; } = [];

    /// <summary>How many replies have come: also the number of the task whose reply comes next.</summary>
    public uint Replied
    {
        get => Requests.Replied;
        set => Requests.Replied = value;
    }

    /// <summary>What it has written into its channel that cannot be; null while all is well. It is killed for it, and nothing more is read of it.</summary>
    public string? Damage => Requests.Damage;

    public long ReplyTail { get; set; }

    public long ReadyAt { get; set; }

    public long IdleSince { get; set; }

    /// <summary>It is to be replaced, and goes when another one is ready.</summary>
    public bool IsExpiring { get; set; }

    /// <summary>What <see cref="KillAt"/> is for; 0 is never.</summary>
    public KillReason Reason { get; set; }

    public long KillAt { get; set; }

    /// <summary>The task that it is to be killed for.</summary>
    public uint KillNumber { get; set; }

    public bool IsKilled { get; set; }

    /// <summary>The program asked for it: that says nothing about the pool.</summary>
    public bool IsKilledByCaller { get; set; }

    public WorkerStatistics Statistics { get; } = new();

    /// <summary>Where it was when somebody looked for tasks to take from it, and when that was.</summary>
    public (uint Started, long At) LastSeen { get; set; }

    /// <summary>When its claim was checked last.</summary>
    public long ClaimSeenAt { get; set; }

    public int Backlog => (int)(Requests.Next - Replied);

    /// <summary>Tasks in its hand that it has not begun.</summary>
    public int Unstarted => (int)(Requests.Next - Requests.Started);

    public bool TakesTasks => Phase == WorkerPhase.Ready && !IsKilled && Damage is null;

    public bool IsBusy => Replied != Requests.Next;

    /// <summary>What it tells is not read now, because the program is slow to take what was told before.</summary>
    public bool IsHeldUp { get; set; }

    public bool HasReplies => !IsHeldUp && Damage is null && Volatile.Read(ref _channel->ReplyHead) != ReplyTail;

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

    /// <summary>The task with this number brings the body.</summary>
    public void LearntAt(int body, uint number)
    {
        _definitions.Add((body, number));
        if (_definitions.Count > KnownBodies)
        {
            _definitions.RemoveAt(0);
        }
    }

    /// <summary>Takes back what it has not begun, from number <paramref name="first"/> on; in order.</summary>
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
        }

        _definitions.RemoveAll(definition => (int)(definition.Number - from) >= 0);
        taken.Reverse();
        return taken;
    }

    /// <summary>Tells the task that runs to stop. Killed after the word and before the wake: this is the pool, and its workers end with it.</summary>
    public void SignalCancelled(uint number)
    {
        Interlocked.Exchange(ref _channel->Cancelled, (1L << 32) | number);
        WaitPoint.Notify(&_channel->Signals, 1, Memory.Session.Doorbells);
    }

    /// <summary>Tells the worker that no more tasks will come.</summary>
    public void Close()
    {
        Phase = WorkerPhase.Closing;
        Interlocked.Exchange(ref _channel->Closed, 1);
        WaitPoint.Notify(&_channel->Requests, 1, Memory.Session.Doorbells);
    }

    /// <summary>Gives the reply ring's room back up to <see cref="ReplyTail"/>.</summary>
    public void FreeReplies()
    {
        Interlocked.Exchange(ref _channel->ReplyTail, ReplyTail);
        WaitPoint.Notify(&_channel->Room, 1, Memory.Session.Doorbells);
    }

    public void Dispose()
    {
        Requests.Dispose();
        Outside.Trim();
        Memory.Dispose();
    }
}
