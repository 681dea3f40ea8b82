using System.Globalization;

namespace Multiprocessing;

/// <summary>Says in words what slows a cluster, with the figures that each sentence rests on. Used by one thread at a time.</summary>
internal sealed class ClusterObservationFinder
{
    /// <summary>Number of answers in a row that must show the same before it is said: one may be an accident.</summary>
    private const int Enough = 5;

    private const string Page = "cluster";

    private readonly Dictionary<string, int> _overloaded = [];
    private ClusterSnapshot? _last;
    private List<Observation> _ofLast = [];
    private int _fullAnswers;
    private int _nowhereAnswers;

    public IReadOnlyList<Observation> Find(ClusterReading? reading)
    {
        if (reading is null)
        {
            return [];
        }

        List<Observation> found = [];
        if (reading.Error is { } error)
        {
            found.Add(new(Severity.Bad, "Cluster:", $"it cannot be read: {error}", Page));
        }

        // The program is sampled more often than a cluster with a silent member answers.
        if (!ReferenceEquals(reading.Snapshot, _last))
        {
            _last = reading.Snapshot;
            _ofLast = _last is null ? [] : Find(_last);
        }

        return [.. found.Concat(_ofLast).Take(100)];
    }

    private static string Number(double value) => value.ToString("#,0.#", CultureInfo.InvariantCulture);

    private List<Observation> Find(ClusterSnapshot now)
    {
        List<Observation> found = [.. now.Nodes.Where(static node => node.State == ClusterMemberState.Silent).Select(static node => new Observation(
            Severity.Bad, $"Node {node.Name}:", "it does not answer. If the other members declare it dead, its tasks start elsewhere, as far as "
            + "their MaxAttempts allows.", Page))];
        found.AddRange(now.Nodes.Select(Overloaded).OfType<Observation>());
        found.AddRange(new[] { Nowhere(now), Full(now) }.OfType<Observation>());
        foreach (var address in _overloaded.Keys.Except(now.Nodes.Select(static node => node.Address)).ToList())
        {
            _overloaded.Remove(address);
        }

        return found;
    }

    private Observation? Overloaded(ClusterNodeSnapshot node)
    {
        var answers = node.Load > 2.0 * node.Processors && node.Processors > 0 ? _overloaded.GetValueOrDefault(node.Address) + 1 : 0;
        _overloaded[node.Address] = answers;
        return answers < Enough ? null : new(
            Severity.Warning,
            $"Node {node.Name}:",
            $"its machine has a load of {Number(node.Load!.Value)} on {node.Processors} processors. Other programs, or more workers than processors, "
                + "slow its tasks.",
            Page);
    }

    private Observation? Nowhere(ClusterSnapshot now)
    {
        var waiting = now.Callers.Where(static caller => caller.Nodes == 0).Sum(static caller => caller.WaitingTasks);
        _nowhereAnswers = waiting > 0 ? _nowhereAnswers + 1 : 0;
        return _nowhereAnswers < Enough ? null : new(
            Severity.Bad,
            $"Cluster {now.Cluster}:",
            $"{Number(waiting)} tasks wait at callers that have no node: none is there, or none has their build and their tags.",
            Page);
    }

    private Observation? Full(ClusterSnapshot now)
    {
        var (busy, all) = (now.Nodes.Sum(static node => node.BusyWorkers), now.Nodes.Sum(static node => node.MaxWorkers));
        var waiting = now.Callers.Sum(static caller => caller.WaitingTasks);
        _fullAnswers = all > 0 && busy >= all && waiting > all ? _fullAnswers + 1 : 0;
        return _fullAnswers < Enough ? null : new(
            Severity.Info,
            $"Cluster {now.Cluster}:",
            $"all {Number(all)} workers of {Number(now.Nodes.Count)} nodes are busy, and {Number(waiting)} tasks wait. More nodes make it faster.",
            Page);
    }
}
