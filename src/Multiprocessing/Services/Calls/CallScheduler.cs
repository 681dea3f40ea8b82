namespace Multiprocessing;

/// <summary>Something that runs in turn: a call from another process, or the next items of a stream.</summary>
internal interface ICallWork
{
    /// <summary>Runs. Handles its own exceptions: it does not throw.</summary>
    /// <returns>False if it continues by itself: then it calls <see cref="CallScheduler.End"/> when it has ended.</returns>
    bool Run();
}

/// <summary>Decides when the calls that have arrived run. Thread-safe.</summary>
internal abstract class CallScheduler
{
    /// <summary>Gets whether a thread that serves a channel runs calls by itself, if <see cref="TryBegin"/> says so.</summary>
    public virtual bool RunsOnReader => false;

    /// <summary>
    /// Begins a work on the calling thread, if it may run now. Then the caller runs it, and all works that <see cref="Next"/> returns.
    /// </summary>
    public abstract bool TryBegin(ICallWork work);

    /// <summary>Adds work, which runs on a thread of the pool when its turn has come.</summary>
    /// <param name="work">The work.</param>
    /// <param name="order">Where there is no limit for all works, that of the object that is called.</param>
    public abstract void Add(ICallWork work, OrderedWork? order);

    /// <summary>A work has ended on the calling thread.</summary>
    /// <returns>The next one, which the caller runs; <see langword="null"/> if there is none.</returns>
    public abstract ICallWork? Next();

    /// <summary>A work that continued by itself has ended.</summary>
    public abstract void End();

    /// <summary>Runs a work that was begun, and the works that waited for its end.</summary>
    public void RunAll(ICallWork? work)
    {
        while (work is not null)
        {
            work = work.Run() ? Next() : null;
        }
    }

    protected void Start(ICallWork work) => LastResort.Queue(
        EntryPoint.ServiceWork, new Begun(this, work), static begun => begun.Run(), static (begun, _) => begun.RunLater());

    /// <summary>A work on its way to a thread of the pool.</summary>
    private sealed class Begun(CallScheduler scheduler, ICallWork work)
    {
        private ICallWork? _work = work;

        public void Run() => scheduler.RunAll(Take());

        /// <summary>The work item has failed. A work that ran is not repeated: the caller may have its reply, and the object another use.</summary>
        public void RunLater()
        {
            if (Take() is { } notBegun)
            {
                scheduler.Start(notBegun);
            }
        }

        private ICallWork? Take() => Interlocked.Exchange(ref _work, null);
    }
}

/// <summary>
/// Of a service: at most a number of calls at the same time, from all callers together. Calls begin in the order in which they arrived.
/// </summary>
internal sealed class LimitedScheduler(int limit) : CallScheduler
{
    private readonly Lock _gate = new();
    private readonly Queue<ICallWork> _waiting = [];
    private int _running;
    private Action? _idle;

    /// <summary>Runs an action when no work runs or waits; now if there is none.</summary>
    public void WhenIdle(Action action)
    {
        lock (_gate)
        {
            if (_running != 0)
            {
                _idle += action;
                return;
            }
        }

        action();
    }

    /// <summary>Gets whether calls run on the thread that reads them: there is one at a time.</summary>
    public override bool RunsOnReader => limit == 1;

    public override bool TryBegin(ICallWork work)
    {
        lock (_gate)
        {
            if (_running >= limit)
            {
                return false;
            }

            _running++;
            return true;
        }
    }

    public override void Add(ICallWork work, OrderedWork? order)
    {
        lock (_gate)
        {
            if (_running >= limit)
            {
                _waiting.Enqueue(work);
                return;
            }

            _running++;
        }

        Start(work);
    }

    public override ICallWork? Next()
    {
        Action? idle;
        lock (_gate)
        {
            if (_waiting.TryDequeue(out var next))
            {
                return next;
            }

            if (--_running != 0 || _idle is null)
            {
                return null;
            }

            idle = _idle;
            _idle = null;
        }

        idle();
        return null;
    }

    public override void End()
    {
        if (Next() is { } next)
        {
            Start(next);
        }
    }
}

/// <summary>
/// Of a client, whose objects a service calls back: the calls of one object begin in order, and objects do not wait for each other.
/// </summary>
internal sealed class UnlimitedScheduler : CallScheduler
{
    public static readonly UnlimitedScheduler Instance = new();

    public override bool TryBegin(ICallWork work) => false;

    public override void Add(ICallWork work, OrderedWork? order)
    {
        if (order is null)
        {
            Start(work);
        }
        else
        {
            order.Add(() => work.Run());
        }
    }

    public override ICallWork? Next() => null;

    public override void End()
    {
    }
}
