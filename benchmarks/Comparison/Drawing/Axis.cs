namespace Comparison.Drawing;

/// <summary>A horizontal axis with a place for each value.</summary>
/// <param name="Title">What the values are.</param>
/// <param name="Values">The values, ascending.</param>
/// <param name="Labels">The text of each value.</param>
/// <param name="Logarithmic">Equal distances are equal ratios.</param>
internal sealed record Axis(string Title, IReadOnlyList<double> Values, IReadOnlyList<string> Labels, bool Logarithmic)
{
    /// <summary>Returns the position of a value between the two ends of the axis, which are the least and the greatest value.</summary>
    public double Place(int index, double from, double to)
    {
        var whole = Measure(Values[^1]) - Measure(Values[0]);
        return whole > 0 ? from + ((Measure(Values[index]) - Measure(Values[0])) / whole * (to - from)) : (from + to) / 2;
    }

    private double Measure(double value) => Logarithmic ? Math.Log(value) : value;
}
