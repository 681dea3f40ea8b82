namespace Multiprocessing;

/// <summary>
/// The counts of the pools and services that the other processes of the tree have, or had: of those that run, what their files say; of those that
/// have ended, what they said last. Owns the removal of the files. In the root only; not thread-safe.
/// </summary>
internal sealed class TreeFigures
{
    private readonly StatusReader _reader = new();
    private readonly Dictionary<string, PoolFigures> _endedPools = [];
    private readonly Dictionary<string, ServiceFigures> _endedServices = [];
    private readonly HashSet<ParticipantId> _taken = [];
    private Dictionary<ParticipantId, Known> _living = [];

    public IEnumerable<PoolFigures> Pools => _endedPools.Values.Concat(_living.Values.SelectMany(static known => known.Pools));

    public IEnumerable<ServiceFigures> Services => _endedServices.Values.Concat(_living.Values.SelectMany(static known => known.Services));

    /// <exception cref="IOException">The session was removed.</exception>
    /// <exception cref="UnauthorizedAccessException">The session was removed.</exception>
    public void Read(Session session)
    {
        var living = new Dictionary<ParticipantId, Known>();
        foreach (var process in FiguresFile.All(session.Directory).Where(process => !_taken.Contains(process)).ToList())
        {
            // Before the file is read: one that has ended writes no more.
            var isOver = !session.Participants.IsAlive(process);
            var path = FiguresFile.PathOf(session.Directory, process);
            var known = TryRead(path) ?? _living.GetValueOrDefault(process);
            if (!isOver)
            {
                if (known is not null)
                {
                    living[process] = known;
                }

                continue;
            }

            // Killed here, the root takes the whole program with it. A file that cannot be removed must not be counted twice.
            Take(known);
            StatusFile.Delete(path);
            if (File.Exists(path))
            {
                _taken.Add(process);
            }
        }

        _living = living;
    }

    private Known? TryRead(string path)
    {
        if (StatusReader.ReadFile(path) is not { } bytes)
        {
            return null;
        }

        _reader.Read(bytes);
        return new Known([.. _reader.PoolFigures], [.. _reader.ServiceFigures]);
    }

    private void Take(Known? known)
    {
        foreach (var pool in known?.Pools ?? [])
        {
            var last = pool.WithoutState();
            _endedPools[pool.Pool] = _endedPools.TryGetValue(pool.Pool, out var before) ? before.Plus(last) : last;
        }

        foreach (var service in known?.Services ?? [])
        {
            var last = service.WithoutState();
            _endedServices[service.Service] = _endedServices.TryGetValue(service.Service, out var before) ? before.Plus(last) : last;
        }
    }

    private sealed record Known(IReadOnlyList<PoolFigures> Pools, IReadOnlyList<ServiceFigures> Services);
}
