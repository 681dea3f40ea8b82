namespace Multiprocessing;

/// <summary>
/// The restarts of a supervisor within its period. As in Erlang/OTP, all children of a supervisor share one count, and a restart is counted when a
/// child ends. Guarded by the supervisor's gate.
/// </summary>
internal sealed class RestartIntensity(int most, TimeSpan period, SupervisorClock clock)
{
    // At most `most` entries.
    private readonly Queue<(long At, SupervisorRestart Restart)> _recent = new();

    /// <summary>Gets the restarts within the period, from the oldest.</summary>
    public IReadOnlyList<SupervisorRestart> Recent
    {
        get
        {
            Forget();
            return [.. _recent.Select(static entry => entry.Restart)];
        }
    }

    /// <summary>Counts a restart. Returns false if there were as many as are allowed already; then nothing is counted.</summary>
    public bool TryAdd(SupervisorRestart restart)
    {
        Forget();
        if (_recent.Count >= most)
        {
            return false;
        }

        _recent.Enqueue((clock.Timestamp, restart));
        return true;
    }

    /// <summary>Returns how many of the counted restarts were caused by a child.</summary>
    public int CountOf(string child) => _recent.Count(entry => entry.Restart.ChildName == child);

    public void Clear() => _recent.Clear();

    private void Forget()
    {
        while (_recent.TryPeek(out var oldest) && clock.Since(oldest.At) >= period)
        {
            _recent.Dequeue();
        }
    }
}
