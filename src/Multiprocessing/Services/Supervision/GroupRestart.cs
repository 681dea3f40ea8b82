namespace Multiprocessing;

/// <summary>
/// The restart of several children at once (<see cref="RestartStrategy.OneForAll"/>, <see cref="RestartStrategy.RestForOne"/>): those that run are
/// stopped in reverse order, and when all have ended and the back-off is over, all wait for their start in order. Guarded by the supervisor's gate.
/// </summary>
internal sealed class GroupRestart : IDisposable
{
    private readonly HashSet<ChildEntry> _affected = [];

    public IDisposable? Timer { get; set; }

    /// <summary>The back-off is over.</summary>
    public bool IsDue { get; set; }

    /// <summary>The number of the back-off: a timer of an earlier one is ignored.</summary>
    public int Round { get; set; }

    public void Add(IEnumerable<ChildEntry> entries) => _affected.UnionWith(entries);

    public bool Affects(ChildEntry entry) => _affected.Contains(entry);

    public void Remove(ChildEntry entry) => _affected.Remove(entry);

    public void Dispose() => Timer?.Dispose();
}
