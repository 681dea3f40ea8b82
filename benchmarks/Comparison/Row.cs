namespace Comparison;

/// <summary>A figure and what was measured for it, turn by turn.</summary>
internal sealed class Row(Figure figure, IReadOnlyList<double> ours, IReadOnlyList<double> python, IReadOnlyList<double> bcl, IReadOnlyList<double> limit)
{
    public Figure Figure => figure;

    public Sample Ours { get; } = new(ours);

    public Sample Python { get; } = new(python);

    public Sample Bcl { get; } = new(bcl);

    public Sample Limit { get; } = new(limit);

    /// <summary>How many times better than CPython: the median of the rounds' ratios, so that a busy minute counts on both sides.</summary>
    public double TimesPython { get; } = MedianRatio(figure, python, ours);

    /// <summary>How many times the limit, in the same way.</summary>
    public double TimesLimit { get; } = MedianRatio(figure, ours, limit);

    public bool? IsMet => figure.Aim?.IsMet(this);

    // A share of the processor may be nothing at all, and no multiple of nothing says anything.
    private static double MedianRatio(Figure figure, IReadOnlyList<double> above, IReadOnlyList<double> below) =>
        figure.Unit is Unit.Percent ? double.NaN : Sample.MedianOf([.. above.Zip(below, (numerator, denominator) => numerator / denominator)]);
}
