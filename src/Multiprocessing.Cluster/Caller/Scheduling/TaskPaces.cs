namespace Multiprocessing;

/// <summary>
/// How long tasks take on a node, by name, and so how many of them a node may have ahead of its workers. Its state belongs to the scheduler's gate.
/// </summary>
internal sealed class TaskPaces
{
    /// <summary>A worker has short tasks ahead for this time, in ticks: about what a message takes, a few times.</summary>
    private const double AheadTicks = 3 * TimeSpan.TicksPerMillisecond;

    /// <summary>Of tasks that take longer a node has none ahead: each one that it has was started, or is about to be.</summary>
    private const double LongTicks = 10 * TimeSpan.TicksPerMillisecond;

    private const double MaxAhead = 128;
    private const int MaxNames = 256;

    private readonly Dictionary<string, double> _averages = [];

    /// <summary>Counts the time that a task took on its node.</summary>
    public void Measure(string name, long ticks)
    {
        // A task that waited behind others on the node took longer than its body: the average then is too high, which costs room and no correctness.
        if (_averages.TryGetValue(name, out var average))
        {
            _averages[name] = average + ((ticks - average) / 16);
        }
        else if (_averages.Count < MaxNames)
        {
            _averages.Add(name, ticks);
        }
    }

    /// <summary>Returns how many tasks of a name each worker may have ahead; 0 for a name that was not measured.</summary>
    public double AheadOf(string name) =>
        _averages.TryGetValue(name, out var average) && average <= LongTicks ? Math.Min(AheadTicks / Math.Max(average, 1), MaxAhead) : 0;
}
