namespace Comparison.Pairs;

internal static class Statistics
{
    /// <summary>
    /// Returns Spearman's coefficient: the correlation of the ranks, which neither the unit nor a single extreme value changes. NaN if the lists are
    /// not equally long, or if all values of one are equal.
    /// </summary>
    public static double RankCorrelation(IReadOnlyList<double> first, IReadOnlyList<double> second) =>
        first.Count == second.Count && first.Count > 1 ? Correlation(Ranks(first), Ranks(second)) : double.NaN;

    private static double[] Ranks(IReadOnlyList<double> values) =>
        // Equal values have the mean of their ranks.
        [.. values.Select(value => values.Count(other => other < value) + ((values.Count(other => other == value) - 1) / 2.0))];

    private static double Correlation(double[] first, double[] second)
    {
        var (firstMean, secondMean) = (first.Average(), second.Average());
        var together = first.Zip(second, (a, b) => (a - firstMean) * (b - secondMean)).Sum();
        return together / Math.Sqrt(first.Sum(a => (a - firstMean) * (a - firstMean)) * second.Sum(b => (b - secondMean) * (b - secondMean)));
    }
}
