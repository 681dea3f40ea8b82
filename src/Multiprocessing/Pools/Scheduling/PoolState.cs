using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// How far a pool is in its life. Owns the flags that end the pool and the milestone of its end. Written under the loop's gate, except
/// <see cref="RefuseTasks"/>; no flag is ever taken back.
/// <para>
/// Invariants: a pool that is disposed of, or is over, also shuts down; a pool that shuts down by a call or is broken refuses tasks.
/// </para>
/// </summary>
internal sealed class PoolState(PoolLoop loop, string name)
{
    private volatile Exception? _refusal;
    private volatile bool _isOver;

    /// <summary>The error that every task of a broken pool ends with; <see langword="null"/> while the pool is not broken.</summary>
    public Exception? BrokenBy { get; private set; }

    /// <summary>No more tasks are added; the pool is over when those that it has, and its workers, have ended.</summary>
    public bool IsShuttingDown { get; private set; }

    public bool IsDisposing { get; private set; }

    /// <summary>No worker is left, and none starts any more. Also read without the gate.</summary>
    public bool IsOver => _isOver;

    /// <summary>Tasks that are submitted now fail.</summary>
    public bool FailsTasks => BrokenBy is not null || IsDisposing || _isOver;

    /// <summary>Why a task that is submitted now fails.</summary>
    public Exception Failure => BrokenBy ?? Disposed();

    /// <summary>Reached when the pool takes no more tasks for good: it is broken, or over.</summary>
    public Milestone Failed { get; } = new();

    /// <summary>Reached when the pool is over.</summary>
    public Milestone Closed { get; } = new();

    /// <summary>How far the pool is. From any thread.</summary>
    public ProcessPoolStatus Status =>
        BrokenBy is not null ? ProcessPoolStatus.Broken
        : _isOver ? ProcessPoolStatus.Ended
        : _refusal is not null ? ProcessPoolStatus.Ending
        : ProcessPoolStatus.Running;

    public ObjectDisposedException Disposed() => new(name, $"The pool '{name}' was shut down or disposed, and takes no more tasks.");

    /// <summary>From any thread: later calls throw <see cref="ObjectDisposedException"/>.</summary>
    public void RefuseTasks() => _refusal ??= Disposed();

    /// <summary>From any thread.</summary>
    /// <exception cref="ObjectDisposedException">The pool was shut down or disposed.</exception>
    /// <exception cref="PoolBrokenException">The pool is broken.</exception>
    public void ThrowIfEnded()
    {
        if (_refusal is { } refusal)
        {
            throw refusal is ObjectDisposedException ? Disposed() : refusal;
        }
    }

    public void ShutDown()
    {
        loop.AssertHeld();
        IsShuttingDown = true;
    }

    /// <returns><see langword="false"/> if the pool was disposed of before.</returns>
    public bool TryDispose()
    {
        loop.AssertHeld();
        if (IsDisposing)
        {
            return false;
        }

        return IsDisposing = IsShuttingDown = true;
    }

    public void BreakBy(Exception error)
    {
        loop.AssertHeld();
        BrokenBy = error;
        _refusal = error;
        Failed.Reach();
    }

    /// <summary>The pool is over at this moment, whatever its workers do.</summary>
    public void EndBy(Exception error)
    {
        loop.AssertHeld();
        BrokenBy ??= error;
        _refusal ??= error;
        IsShuttingDown = true;
        _isOver = true;
        Failed.Reach();
    }

    public void Finish()
    {
        loop.AssertHeld();
        _isOver = true;
        Failed.Reach();
    }

    [Conditional("DEBUG")]
    public void AssertInvariants()
    {
        Debug.Assert(IsShuttingDown || (!IsDisposing && !_isOver), "A pool that is disposed of or over shuts down as well.");
        Debug.Assert(_refusal is not null || (!IsDisposing && BrokenBy is null), "A pool that is disposed of or broken refuses tasks.");
    }
}
