namespace Comparison.Growth;

/// <summary>The measured values of a curve: those of each contender at each place, turn by turn.</summary>
internal sealed class CurveResult(Curve curve, IReadOnlyList<long> places)
{
    private readonly Dictionary<(Contender, long), List<double>> _values = [];

    public Curve Curve => curve;

    public IReadOnlyList<long> Places => places;

    public void Add(Contender contender, long place, double value)
    {
        if (!_values.TryGetValue((contender, place), out var values))
        {
            _values.Add((contender, place), values = []);
        }

        values.Add(value);
    }

    /// <summary>Gets what failed: the run continues without the contender at this place and the later ones.</summary>
    public List<CurveFailure> Failures { get; } = [];

    public bool HasFailed(Contender contender) => Failures.Any(failure => failure.Contender == contender.Label);

    public Sample Of(Contender contender, long place) => new(_values.GetValueOrDefault((contender, place)) ?? []);
}

/// <summary>A contender that could not do the work at a place.</summary>
internal sealed record CurveFailure(string Contender, string Place, string Message);
