using System.Diagnostics;

namespace Multiprocessing;

/// <summary>The spares of the stock, and the dismissed ones that have not ended.</summary>
/// <param name="gate">The lock of the stock. Every member needs it.</param>
internal sealed class SpareList(Lock gate)
{
    private readonly List<SpareChild> _spares = [];
    private readonly List<Task> _dismissed = [];

    public int Count => _spares.Count;

    public int CountReady()
    {
        Debug.Assert(gate.IsHeldByCurrentThread, "The caller of SpareList must hold the lock of the stock.");
        var count = 0;
        foreach (var spare in _spares)
        {
            count += spare.IsReady ? 1 : 0;
        }

        return count;
    }

    public int[] ProcessIds()
    {
        Debug.Assert(gate.IsHeldByCurrentThread, "The caller of SpareList must hold the lock of the stock.");
        return [.. _spares.Where(static spare => spare.Link is not null).Select(static spare => spare.Link.ProcessId)];
    }

    public SpareChild? FindReady() => _spares.Find(static spare => spare.IsReady);

    /// <summary>Returns the spares that have not received the hint with this number.</summary>
    public SpareChild[] WithoutHint(int number)
    {
        Debug.Assert(gate.IsHeldByCurrentThread, "The caller of SpareList must hold the lock of the stock.");
        return [.. _spares.Where(spare => spare.HintsSent < number)];
    }

    public void Add(SpareChild spare)
    {
        Debug.Assert(gate.IsHeldByCurrentThread, "The caller of SpareList must hold the lock of the stock.");
        _spares.Add(spare);
    }

    public bool Remove(SpareChild spare)
    {
        Debug.Assert(gate.IsHeldByCurrentThread, "The caller of SpareList must hold the lock of the stock.");
        return _spares.Remove(spare);
    }

    /// <summary>Kills the newest spares until <paramref name="count"/> are left.</summary>
    public void DismissAllBut(int count)
    {
        Debug.Assert(gate.IsHeldByCurrentThread, "The caller of SpareList must hold the lock of the stock.");
        while (_spares.Count > count)
        {
            _spares[^1].Kill();
            _dismissed.Add(_spares[^1].Ended);
            _spares.RemoveAt(_spares.Count - 1);
        }

        _ = _dismissed.RemoveAll(static ended => ended.IsCompleted);
    }

    /// <summary>Returns a task that completes when all dismissed spares have ended.</summary>
    public Task WhenDismissedEnded() => Task.WhenAll(_dismissed);
}
