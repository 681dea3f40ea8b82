using System.Collections.Concurrent;
using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// The scheduling of a pool. Everything below is done by whoever has the gate, in <see cref="Step"/>: mostly the pool's one thread, which sleeps on the bell; or a caller that found the gate free, so that
/// its task goes out without a change of threads. What others want done goes into the inbox first; whoever leaves the gate with something in the inbox wakes the thread.
/// No code of the user's runs under the gate but that of types that write or read themselves.
/// </summary>
internal sealed unsafe partial class PoolCore
{
    private static int _pools;

    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<object> _inbox = new();
    private readonly List<WorkerEntry> _members = [];
    private readonly PendingTasks _pending = new();
    private readonly ReportDelivery _notes = new();
    private int _isHoldingUp;
    private readonly PoolMemory _bell;
    private readonly BellLayout* _bellWords;
    private readonly WorkerInitializer? _initializer;
    private readonly Milestone _closed = new();
    private readonly Milestone _delivered = new();
    private readonly List<WorkerHost> _delivering = [];
    private readonly List<(int Workers, TaskCompletionSource Done, object Pool)> _resizes = [];
    private int _workers;
    private int _lastMember;
    private int _lastBody;
    private volatile Exception? _ended;
    private Exception? _broken;
    private bool _isShuttingDown;
    private bool _isDisposing;
    private bool _isOver;

    public PoolCore(ProcessPoolOptions options, WorkerInitializer? initializer)
    {
        Options = options;
        Name = string.IsNullOrEmpty(options.Name) ? $"Pool-{Interlocked.Increment(ref _pools)}" : options.Name;
        _workers = Math.Max(1, options.Workers);
        _initializer = initializer;
        _starts = new StartPatience(options.MaxFailedStarts);
        _notes.Emptied = OnNotesDelivered;
        if (initializer is not null)
        {
            // An error comes at the call that made it: what cannot cross is told here and not by the first worker.
            using var message = MessageBuffer.Rent();
            message.SenderKeepsReferences = true;
            ValueSerializer.Serialize(message, initializer, "initializer");
        }

        _bell = PoolMemory.CreateBell(Session.Current);
        _bellWords = (BellLayout*)_bell.Base;
        try
        {
            // Now, and not with the first task: where there is a pool, there is its thread, however short of threads the process is later.
            StartThread();
        }
        catch
        {
            _bell.Dispose();
            throw;
        }
    }

    public ProcessPoolOptions Options { get; }

    public string Name { get; }

    public int Workers => IsInProcess ? 0 : Volatile.Read(ref _workers);

    public int NextBody() => Interlocked.Increment(ref _lastBody);

    /// <summary>The processes of the workers that live.</summary>
    public int[] ProcessIds
    {
        get
        {
            lock (_gate)
            {
                return IsInProcess ? [] : [.. _members.Where(member => member is { Process: not null, Phase: not WorkerPhase.Closing }).Select(member => member.Process!.Id)];
            }
        }
    }

    /// <summary>How many workers have a task in hand.</summary>
    public int BusyWorkers
    {
        get
        {
            lock (_gate)
            {
                return _members.Count(static member => member.IsBusy);
            }
        }
    }

    /// <summary>A task that ends when the program has been told all that workers have told until now.</summary>
    public ValueTask NotesDelivered() => _notes.FlushAsync();

    /// <summary>Where what the workers tell goes to the program.</summary>
    public ReportDelivery Notes => _notes;

    /// <summary>The same at the pool's end, which is not held up by a program that does not take what it is told. Not to be awaited in a callback, which it would wait for.</summary>
    public ValueTask LastNotesDelivered() => _notes.FlushAsync(Options.ShutdownGrace);

    /// <summary>The same for the workers' output. False when the program did not take it in time.</summary>
    public ValueTask<bool> LastOutputDelivered() => _delivered.WaitAsync(Options.ShutdownGrace);

    /// <summary>
    /// The calling code is a callback of the pool (progress, a log record, a worker's output), or was started by one. Then it is about to wait for the pool's end, and holds up nothing from now on.
    /// </summary>
    /// <exception cref="InvalidOperationException">The calling code runs while the pool writes or reads a value: the pool does nothing before it returns.</exception>
    public bool EndsInsideCallback()
    {
        if (_gate.IsHeldByCurrentThread)
        {
            throw new InvalidOperationException(
                $"The pool '{Name}' writes or reads a value of a task at this moment, by code of the value's own type, which asks for the pool's end here and would wait for itself. End the pool where its results arrive.");
        }

        WorkerHost[] processes;
        lock (_gate)
        {
            processes = [.. _delivering, .. _members.Select(static member => member.Process).OfType<WorkerHost>()];
        }

        var isInside = CallbackScope.IsInside(_notes);
        if (isInside)
        {
            _notes.LiftLimit();
        }

        foreach (var process in processes)
        {
            isInside |= process.WaitsInsideCallback();
        }

        return isInside;
    }

    /// <summary>Adds tasks.</summary>
    /// <exception cref="ObjectDisposedException">The pool takes no more.</exception>
    public void Submit(TaskBatch batch)
    {
        ThrowIfEnded();
        batch.SubmittedAt = Stopwatch.GetTimestamp();
        _inbox.Enqueue(batch);
        Kick();
    }

    public void ThrowIfEnded()
    {
        if (_ended is { } ended)
        {
            throw ended is ObjectDisposedException ? Disposed() : ended;
        }
    }

    public ObjectDisposedException Disposed() => new(Name, $"The pool '{Name}' was shut down or disposed, and takes no more tasks.");

    /// <summary>Tasks that nobody waits for any more: those that wait do not begin; those that run are told, and, if asked for, killed after the grace.</summary>
    public void Cancel(Func<TaskBatch, bool> which, bool kills) => Post(() => CancelNow(which, kills));

    public Task ResizeAsync(int workers, object pool)
    {
        ThrowIfEnded();
        _ = EndsInsideCallback();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            Volatile.Write(ref _workers, workers);
            _resizes.Add((workers, done, pool));
            ShrinkNow();
        });
        return done.Task;
    }

    /// <summary>Takes no more tasks, finishes those that it has, and ends the workers.</summary>
    public Milestone ShutdownAsync()
    {
        _ended ??= Disposed();
        Post(() => _isShuttingDown = true);
        return _closed;
    }

    /// <summary>Ends everything within the grace.</summary>
    public Milestone DisposeAsync()
    {
        _ended ??= Disposed();
        Post(DisposeOnce);
        return _closed;
    }

    /// <summary>For the finalizer, on whose thread nothing is done but to say so.</summary>
    public void DisposeSoon()
    {
        _ended ??= Disposed();
        _inbox.Enqueue(new Action(DisposeOnce));
        Wake();
    }

    private void DisposeOnce()
    {
        if (!_isDisposing)
        {
            _isDisposing = _isShuttingDown = true;
            DisposeNow();
        }
    }

    public void Post(Action action)
    {
        _inbox.Enqueue(action);
        Kick();
    }

    /// <summary>Sees to the inbox: here if the gate is free, else its owner or the thread does.</summary>
    private void Kick()
    {
        if (_gate.IsHeldByCurrentThread)
        {
            return; // a task's end asks for more: whoever leaves the gate looks at the inbox
        }

        if (_gate.TryEnter())
        {
            bool mustWake;
            try
            {
                Step();
                mustWake = _nextLook < _sleepsUntil || _isOver;
            }
            finally
            {
                _gate.Exit();
            }

            if (!mustWake && _inbox.IsEmpty)
            {
                return;
            }
        }

        Wake();
        if (_isWithoutThread)
        {
            lock (_gate)
            {
                Step();
            }
        }
    }

    private void Wake()
    {
        // After the inbox's own full fence.
        Interlocked.MemoryBarrier();
        if (_isAsleep)
        {
            WaitPoint.WakeAll(&_bellWords->Replies); // this process's own knowledge: a worker may have written over what the bell says of sleepers
        }
    }

    /// <exception cref="ProcessStartException">The system has no thread for it.</exception>
    private void StartThread()
    {
        try
        {
            LastResort.NewThread(EntryPoint.PoolThread, $"Multiprocessing pool {Name}", Pump, OnThreadFailed).UnsafeStart(); // the first caller's context is not the pool's
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            throw new ProcessStartException(
                $"The pool '{Name}' cannot be made, because its thread could not be started: {exception.Message} Is a limit on threads or descriptors reached (ulimit -u, ulimit -n, pids.max)?", exception);
        }
    }

    private bool StepCore()
    {
        if (_isOver)
        {
            Drain();
            return false;
        }

        var now = Stopwatch.GetTimestamp();
        _nextLook = now + Idle;
        var progress = Drain();
        for (var i = _members.Count - 1; i >= 0; i--)
        {
            progress |= Collect(_members[i]);
        }

        progress |= Dispatch();
        KeepLeast();
        LookAtClock(now); // after the tasks went out: theirs are the nearest times
        FinishIfOver();
        return progress;
    }

    private bool Drain()
    {
        var any = false;
        while (_inbox.TryDequeue(out var entry))
        {
            any = true;
            switch (entry)
            {
                case TaskBatch batch when _broken is not null || _isDisposing || _isOver:
                    NoteStarted(batch);
                    for (var i = 0; i < batch.Count; i++)
                    {
                        batch.OnError(i, _broken ?? Disposed());
                    }

                    break;
                case TaskBatch batch:
                    NoteStarted(batch);
                    _pending.AddLast(new TaskRange(batch, 0, batch.Count));
                    break;
                case Action action:
                    action();
                    break;
            }
        }

        return any;
    }

    private void FinishIfOver()
    {
        if (!_isShuttingDown || _pending.Count > 0 || !_inbox.IsEmpty)
        {
            return;
        }

        foreach (var member in _members)
        {
            if (member.Phase is WorkerPhase.Starting or WorkerPhase.Ready)
            {
                Retire(member);
            }
        }

        if (_members.Count == 0)
        {
            _isOver = true;
            foreach (var (_, done, _) in _resizes)
            {
                done.TrySetResult();
            }

            _closed.Reach();
            ReachDelivered();
        }
    }

    private void ReachDelivered()
    {
        if (_isOver && _delivering.Count == 0)
        {
            _delivered.Reach();
        }
    }

    private static TaskPace PaceOf(TaskBatch batch) => batch.Settings.Body?.Pace ?? batch.Settings.Pace;
}
