namespace Comparison;

/// <summary>Maps values to positions on a logarithmic axis, from the power of ten below the least to the one above the greatest.</summary>
internal sealed class LogScale(double least, double greatest, double from, double to)
{
    private readonly int _first = (int)Math.Floor(Math.Log10(least));
    private readonly int _last = (int)Math.Ceiling(Math.Log10(greatest));

    public IEnumerable<double> Powers => Enumerable.Range(_first, _last - _first + 1).Select(power => Math.Pow(10, power));

    public double At(double value) => from + ((Math.Log10(value) - _first) / Math.Max(_last - _first, 1) * (to - from));
}
