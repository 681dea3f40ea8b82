namespace Comparison;

/// <summary>A figure and its measured values, turn by turn.</summary>
internal sealed class Row(
    Figure figure, IReadOnlyList<double> ours, IReadOnlyList<double> python, IReadOnlyList<double> bcl, IReadOnlyList<double> limit)
{
    public Figure Figure => figure;

    public Sample Ours { get; } = new(ours);

    public Sample Python { get; } = new(python);

    public Sample Bcl { get; } = new(bcl);

    public Sample Limit { get; } = new(limit);

    /// <summary>The ratio to CPython: the median of the ratios of the rounds, so that a busy minute affects both sides.</summary>
    public double TimesPython { get; } = MedianRatio(figure, python, ours);

    /// <summary>The ratio to the limit, computed in the same way.</summary>
    public double TimesLimit { get; } = MedianRatio(figure, ours, limit);

    public bool? IsMet => figure.Aim?.IsMet(this);

    // A share of the processor may be zero, and a multiple of zero has no meaning.
    private static double MedianRatio(Figure figure, IReadOnlyList<double> above, IReadOnlyList<double> below) =>
        figure.Unit is Unit.Percent ? double.NaN : Sample.MedianOf([.. above.Zip(below, (numerator, denominator) => numerator / denominator)]);
}
