namespace Comparison.Pairs;

/// <summary>The times of many pairs of processes, ours and the limit's in turn: each of the two lists has one value for each turn.</summary>
internal sealed class PairSet(Figure figure, IReadOnlyList<double> ours, IReadOnlyList<double> limit)
{
    /// <summary>A pair is slow if it takes so many times as long as the fastest pair of its contender.</summary>
    public const double SlowFrom = 3;

    public Figure Figure => figure;

    public IReadOnlyList<double> Ours => ours;

    /// <summary>Empty without a C compiler.</summary>
    public IReadOnlyList<double> Limit => limit;

    /// <summary>
    /// Gets the rank correlation (Spearman) of the two contenders' times of the same turn: 1 if the slower turns of one are the slower turns of the
    /// other, 0 if there is no relation. NaN if it is not defined.
    /// </summary>
    public double Correlation => Statistics.RankCorrelation(ours, limit);

    public int SlowOurs => Slow(ours).Count(static slow => slow);

    public int SlowLimit => Slow(limit).Count(static slow => slow);

    /// <summary>Gets the number of turns in which both were slow.</summary>
    public int SlowBoth => Slow(ours).Zip(Slow(limit)).Count(static turn => turn.First && turn.Second);

    private static IEnumerable<bool> Slow(IReadOnlyList<double> values) => values.Select(value => value > SlowFrom * values.Min());
}
