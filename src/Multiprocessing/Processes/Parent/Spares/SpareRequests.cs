using System.Diagnostics;

namespace Multiprocessing;

/// <summary>Callers of <see cref="SpareProcesses.WarmUpAsync"/> that wait until a number of spares is ready.</summary>
/// <param name="gate">The lock of the stock. Every member needs it. Continuations of the tasks run elsewhere.</param>
internal sealed class SpareRequests(Lock gate)
{
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];

    public bool IsEmpty => _waiters.Count == 0;

    public Task Add(int count)
    {
        Debug.Assert(gate.IsHeldByCurrentThread, "The caller of SpareRequests must hold the lock of the stock.");
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters.Add((count, reached));
        return reached.Task;
    }

    /// <summary>Completes the requests for at most this many spares. Returns whether there were any.</summary>
    public bool Complete(int ready)
    {
        Debug.Assert(gate.IsHeldByCurrentThread, "The caller of SpareRequests must hold the lock of the stock.");
        var before = _waiters.Count;
        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            if (_waiters[i].Count <= ready)
            {
                _waiters[i].Reached.SetResult();
                _waiters.RemoveAt(i);
            }
        }

        return _waiters.Count < before;
    }

    /// <summary>Fails all requests.</summary>
    public void Fail(Exception exception) => FailAbove(-1, exception);

    /// <summary>Fails the requests for more spares than <paramref name="count"/>.</summary>
    public void FailAbove(int count, Exception exception)
    {
        Debug.Assert(gate.IsHeldByCurrentThread, "The caller of SpareRequests must hold the lock of the stock.");
        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            var (requested, reached) = _waiters[i];
            if (requested > count)
            {
                _waiters.RemoveAt(i);
                reached.SetException(exception);
                _ = reached.Task.Exception; // observed: a caller that stopped waiting loses nothing
            }
        }
    }
}
