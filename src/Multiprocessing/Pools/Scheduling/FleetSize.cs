using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// How many workers a pool shall have. Owns the maximum, which can be changed, the least number that is kept whatever waits, and the callers that
/// wait until a change or a warm-up is done. Under the loop's gate, except for <see cref="Max"/>.
/// <para>
/// Invariants: the least number is at most the maximum, which is at least 1; a waiting caller is completed by the step that reaches its number, or by
/// the pool's end.
/// </para>
/// </summary>
internal sealed class FleetSize(PoolLoop loop, PoolState state, WorkerFleet fleet, ProcessPoolOptions options)
{
    // Each holds its pool: a pool that is waited for is not finalized.
    private readonly List<(int Workers, TaskCompletionSource Done, object Pool)> _resizes = [];
    private readonly List<(int Workers, TaskCompletionSource Done, object Pool)> _warmUps = [];
    private int _max = Math.Max(1, options.Workers);

    /// <summary>From any thread.</summary>
    public int Max => Volatile.Read(ref _max);

    /// <summary>How many workers live although no task waits for them.</summary>
    public int Least
    {
        get
        {
            if (state.IsShuttingDown)
            {
                return 0;
            }

            var least = options.MinWorkers;
            foreach (var (workers, _, _) in _warmUps)
            {
                least = Math.Max(least, workers);
            }

            return Math.Min(least, _max);
        }
    }

    /// <summary>Fewer workers live than are kept.</summary>
    public bool IsBelowLeast => (_warmUps.Count > 0 || options.MinWorkers > 0) && state.BrokenBy is null && fleet.Living < Least;

    /// <summary>Retires workers that are too many, idle ones first.</summary>
    public void Resize(int workers, TaskCompletionSource done, object pool)
    {
        loop.AssertHeld();
        Volatile.Write(ref _max, workers);
        _resizes.Add((workers, done, pool));
        var surplus = fleet.Living - workers;
        RetireSurplus(ref surplus, busy: false);
        RetireSurplus(ref surplus, busy: true);
    }

    public void WarmUp(int workers, TaskCompletionSource done, object pool)
    {
        loop.AssertHeld();
        if (state.IsShuttingDown || state.BrokenBy is not null)
        {
            done.TrySetException(state.Failure);
        }
        else
        {
            _warmUps.Add((workers, done, pool));
        }
    }

    /// <summary>Completes the callers whose number is reached.</summary>
    public void CompleteWaiting()
    {
        loop.AssertHeld();
        if (_resizes.Count > 0)
        {
            _resizes.RemoveAll(resize => fleet.Count <= resize.Workers && resize.Done.TrySetResult());
        }

        if (_warmUps.Count == 0)
        {
            return;
        }

        if (state.IsShuttingDown || state.BrokenBy is not null)
        {
            FailWarmUps();
            return;
        }

        var ready = fleet.Ready;
        _warmUps.RemoveAll(warmUp =>
        {
            if (Math.Min(warmUp.Workers, _max) > ready && !warmUp.Done.Task.IsCompleted)
            {
                return false;
            }

            _ = warmUp.Done.TrySetResult(); // false: its caller has stopped to wait
            return true;
        });
    }

    /// <summary>The pool is over: no worker is left.</summary>
    public void CompleteAll()
    {
        loop.AssertHeld();
        foreach (var (_, done, _) in _resizes)
        {
            done.TrySetResult();
        }

        _resizes.Clear();
        FailWarmUps();
    }

    [Conditional("DEBUG")]
    public void AssertInvariants() => Debug.Assert(_max >= 1 && Least <= _max, "A pool keeps at most as many workers as it may have.");

    private void RetireSurplus(ref int surplus, bool busy)
    {
        foreach (var worker in fleet.Workers)
        {
            if (surplus <= 0)
            {
                return;
            }

            if (worker.Phase is WorkerPhase.Starting or WorkerPhase.Ready && worker.IsBusy == busy)
            {
                surplus--;
                fleet.Retire(worker);
            }
        }
    }

    private void FailWarmUps()
    {
        foreach (var (_, done, _) in _warmUps)
        {
            done.TrySetException(state.Failure);
        }

        _warmUps.Clear();
    }
}
