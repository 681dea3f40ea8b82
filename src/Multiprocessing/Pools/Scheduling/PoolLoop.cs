using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// Runs the steps of a pool. Owns the gate, under which all scheduling takes place; the inbox, into which other threads put what they want done; the
/// time of the next step; and the pool's one thread.
/// <para>
/// A step is taken by the pool's thread, which spins for about as long as a wake-up takes and then sleeps on the bell; or by a caller that finds the
/// gate free, so that its task reaches a worker without a change of threads. A thread that leaves the gate checks the inbox and the time of the next
/// step, and wakes the pool's thread if it sleeps past either.
/// </para>
/// <para>
/// Invariants: whatever is in the inbox is taken by a step, as each <see cref="Enqueue"/> is followed by a step or a wake-up; the thread never sleeps
/// past <see cref="_nextStepAt"/> of the last step. No code of the program runs under the gate, except that of types that write or read themselves.
/// </para>
/// </summary>
internal sealed class PoolLoop
{
    /// <summary>The longest time between two steps of a pool that has nothing to do.</summary>
    private static readonly long MaxSleep = (long)WaitTimings.Idle.TotalMilliseconds * PoolTicks.Millisecond;

    private readonly PoolCore _core;
    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<object> _inbox = new();

    // When the next step is due, as of the last one; and until when the thread sleeps.
    private long _nextStepAt;
    private long _sleepsUntil = long.MaxValue;
    private SpinBudget _spin;
    private volatile bool _isWithoutThread;

    public PoolLoop(PoolCore core)
    {
        _core = core;
        Bell = new PoolBell(Session.Current);
    }

    public PoolBell Bell { get; }

    /// <summary>The calling thread holds the gate.</summary>
    public bool IsHeld => _gate.IsHeldByCurrentThread;

    public bool IsInboxEmpty => _inbox.IsEmpty;

    [Conditional("DEBUG")]
    public void AssertHeld([CallerMemberName] string member = "") =>
        Debug.Assert(IsHeld, $"{member} uses what the pool's gate protects: call it in a step, or in an action that was posted to the loop.");

    /// <summary>For readers outside of a step.</summary>
    public Lock.Scope Enter() => _gate.EnterScope();

    /// <summary>
    /// Starts the pool's thread: with the pool and not with its first task, so that a pool that exists has its thread, however short of threads the
    /// process is later.
    /// </summary>
    /// <exception cref="ProcessStartException">The system has no thread for it.</exception>
    public void Start()
    {
        try
        {
            // Without the context of the caller, which is not the pool's.
            LastResort.NewThread(EntryPoint.PoolThread, $"Multiprocessing pool {_core.Name}", Run, OnThreadFailed).UnsafeStart();
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            Bell.Dispose();
            throw new ProcessStartException(
                $"The pool '{_core.Name}' cannot be created, because its thread could not be started: {exception.Message} "
                + "Is a limit on threads or descriptors reached (ulimit -u, ulimit -n, pids.max)?",
                exception);
        }
        catch
        {
            Bell.Dispose();
            throw;
        }
    }

    /// <summary>Adds an action that a step runs under the gate.</summary>
    public void Post(Action action)
    {
        _inbox.Enqueue(action);
        StepOrWake();
    }

    /// <summary>Adds tasks.</summary>
    public void Submit(TaskBatch batch)
    {
        _inbox.Enqueue(batch);
        StepOrWake();
    }

    /// <summary>Adds an action and takes no step: for the finalizer, whose thread runs none.</summary>
    public void Enqueue(Action action)
    {
        _inbox.Enqueue(action);
        Bell.Wake();
    }

    /// <summary>Takes the next entry out of the inbox: a <see cref="TaskBatch"/> or an <see cref="Action"/>.</summary>
    public bool TryTake([MaybeNullWhen(false)] out object entry)
    {
        AssertHeld();
        return _inbox.TryDequeue(out entry);
    }

    /// <summary>The next step is taken at this time at the latest, in ticks of the stopwatch.</summary>
    public void StepBy(long at)
    {
        AssertHeld();
        if (at < _nextStepAt)
        {
            _nextStepAt = at;
        }
    }

    /// <summary>Takes a step if a worker has replied and the gate is free.</summary>
    public void StepIfReplies()
    {
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            if (_core.HasReplies)
            {
                Step();
            }
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Takes a step here if the gate is free; otherwise the thread that holds it, or the pool's thread, takes the next one.</summary>
    private void StepOrWake()
    {
        if (_gate.IsHeldByCurrentThread)
        {
            return; // the end of a task adds something: the thread checks the inbox when it leaves the gate
        }

        if (_gate.TryEnter())
        {
            bool mustWake;
            try
            {
                Step();
                mustWake = _nextStepAt < _sleepsUntil || _core.IsOver;
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

        Bell.Wake();
        if (_isWithoutThread)
        {
            lock (_gate)
            {
                Step();
            }
        }
    }

    /// <returns><see langword="true"/> if anything was done.</returns>
    private bool Step()
    {
        AssertHeld();
        try
        {
            PassThrowPoint();
            var now = Stopwatch.GetTimestamp();
            _nextStepAt = now + MaxSleep;
            return _core.Step(now);
        }
        catch (Exception exception)
        {
            LastResort.Caught(EntryPoint.PoolStep, _core, exception, static (core, exception) => core.OnStepFailed(exception));
            return true;
        }
    }

    /// <summary>
    /// A step of a pool that is over fails no task: the tests of what a failed step does need it in a step of the pool that they use.
    /// </summary>
    [Conditional("MULTIPROCESSING_STEPS")]
    private void PassThrowPoint()
    {
        if (!_core.IsOver)
        {
            ThrowPoints.Pass(EntryPoint.PoolStep);
        }
    }

    /// <summary>The life of the pool's thread.</summary>
    private void Run()
    {
        while (true)
        {
            bool progress;
            long until;
            lock (_gate)
            {
                progress = Step();
                if (_core.IsOver)
                {
                    // Before the last look at the inbox: what is added to it is found here, or its thread finds the flag and takes the step.
                    _isWithoutThread = true;
                    Interlocked.MemoryBarrier();
                    if (_inbox.IsEmpty)
                    {
                        break;
                    }
                }

                until = _sleepsUntil = _nextStepAt;
            }

            if (progress || SpinUntilWork())
            {
                continue;
            }

            Bell.RepairCallerCount();
            Bell.AnnounceSleep();
            if (!HasWork())
            {
                // Not the time of the next step as it is now, which a step in progress sets late at first: steps compare with this one.
                Bell.Sleep(until);
            }

            Bell.EndSleep();
        }

        Bell.Dispose();
    }

    /// <summary>Spins for about as long as a wake-up takes, unless that failed lately, or the workers need the processors.</summary>
    private bool SpinUntilWork()
    {
        if (!Spin.IsUseful || Bell.HasSpinningCallers)
        {
            return false;
        }

        int busy;
        lock (_gate)
        {
            busy = _core.CountBusy();
        }

        if (busy >= Environment.ProcessorCount || _spin.IsResting())
        {
            return HasWork();
        }

        var end = Stopwatch.GetTimestamp() + WaitTimings.SpinBeforeSleep;
        do
        {
            for (var i = 0; i < 16; i++)
            {
                if (HasWork())
                {
                    _spin.Succeeded();
                    return true;
                }

                Spin.Pause();
            }
        }
        while (Stopwatch.GetTimestamp() < end);
        _spin.Failed();
        return false;
    }

    private bool HasWork()
    {
        // Also that the pool is over: a caller's step may have ended it, and found no sleeper to wake, just before this thread announced its sleep.
        if (!_inbox.IsEmpty || _core.IsOver)
        {
            return true;
        }

        // The list of workers changes under the gate only. A thread that cannot have the gate now checks again in a moment.
        if (!_gate.TryEnter())
        {
            return false;
        }

        try
        {
            return _core.HasReplies;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>The thread has failed outside of a step: callers take the steps from now on.</summary>
    private void OnThreadFailed(Exception exception)
    {
        _isWithoutThread = true;
        lock (_gate)
        {
            _core.OnThreadFailed(exception);
        }
    }
}
