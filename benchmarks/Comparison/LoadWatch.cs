using System.Globalization;

namespace Comparison;

/// <summary>Looks at the load average between cases: this program itself causes about two.</summary>
internal sealed class LoadWatch
{
    private readonly double _before = Average();
    private double _highest;

    /// <summary>Others were at work before we began, or more than we can have caused was going on meanwhile.</summary>
    public bool IsBusy => _before > 1 || _highest > 4;

    public void Look() => _highest = Math.Max(_highest, Average());

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Load average {_before:0.0} before, at most {_highest:0.0} meanwhile{(IsBusy ? ": other programs were at work" : "")}.");

    private static double Average() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}
