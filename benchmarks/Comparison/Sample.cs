namespace Comparison;

/// <summary>One contender's values for one figure.</summary>
internal readonly struct Sample(IReadOnlyList<double> values)
{
    public double Median { get; } = MedianOf(values);

    public double Least { get; } = values.Count == 0 ? double.NaN : values.Min();

    /// <summary>Returns the least value that so many per cent of the values do not exceed; NaN for no values, and for values with a NaN among them.</summary>
    public double Percentile(double percent) =>
        values.Count == 0 || values.Any(double.IsNaN)
            ? double.NaN
            : values.Order().ElementAt(Math.Clamp((int)Math.Ceiling(percent / 100 * values.Count) - 1, 0, values.Count - 1));

    /// <summary>Returns NaN for no values, and for values with a NaN among them.</summary>
    public static double MedianOf(IReadOnlyList<double> values)
    {
        if (values.Count == 0 || values.Any(double.IsNaN))
        {
            return double.NaN;
        }

        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
