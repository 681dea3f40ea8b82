namespace Services;

/// <summary>One line of the table: the values of each contender, turn by turn.</summary>
/// <param name="name">The name for <c>--only</c>, and for the aims.</param>
/// <param name="what">What is measured, as shown in the table.</param>
internal sealed class Row(string name, string what)
{
    private readonly Dictionary<string, List<double>> _values = [];

    public string Name => name;

    public string What => what;

    public void Add(string contender, double value)
    {
        if (!_values.TryGetValue(contender, out var values))
        {
            _values.Add(contender, values = []);
        }

        values.Add(value);
    }

    public Sample Of(string contender) => new(_values.GetValueOrDefault(contender) ?? []);

    /// <summary>How many times longer another contender takes: the median of the ratios of the rounds, so that a busy minute affects both sides.</summary>
    public double Times(string contender, string other) =>
        _values.TryGetValue(contender, out var ours) && _values.TryGetValue(other, out var theirs)
            ? Sample.MedianOf([.. theirs.Zip(ours, (numerator, denominator) => numerator / denominator)])
            : double.NaN;
}
