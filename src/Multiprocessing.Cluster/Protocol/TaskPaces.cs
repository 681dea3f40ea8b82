namespace Multiprocessing;

/// <summary>
/// How long tasks take, by name, and so how many of them a worker may have ahead. Its state belongs to the gate of its owner.
/// </summary>
/// <param name="ahead">A worker has short tasks ahead for this time.</param>
internal sealed class TaskPaces(TimeSpan ahead)
{
    /// <summary>Of tasks that take longer there are none ahead: each one that a node has was started, or is about to be.</summary>
    public static readonly long LongTicks = 10 * TimeSpan.TicksPerMillisecond;

    private const double MaxAhead = 128;
    private const int MaxNames = 256;

    private readonly Dictionary<string, double> _averages = [];

    /// <summary>
    /// Counts the time that the body of a task took, in ticks of 100 ns. A single long one says little: it counts for no more than four usual ones.
    /// </summary>
    public void Measure(string name, long ticks)
    {
        ticks = Math.Max(ticks, 1);
        if (_averages.TryGetValue(name, out var average))
        {
            _averages[name] = average + ((Math.Min(ticks, average * 4) - average) / 8);
        }
        else if (_averages.Count < MaxNames)
        {
            _averages.Add(name, ticks);
        }
    }

    /// <summary>Returns how many tasks of a name each worker may have ahead; 0 for a name that was not measured.</summary>
    public double AheadOf(string name) =>
        _averages.TryGetValue(name, out var average) && average <= LongTicks ? Math.Min(ahead.Ticks / average, MaxAhead) : 0;
}
