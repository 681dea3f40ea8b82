using System.Globalization;

namespace Comparison;

/// <summary>Reads the load average between cases. This program itself causes about two.</summary>
internal sealed class LoadWatch
{
    private readonly double _before = Average();
    private double _highest;

    /// <summary>Other programs were running before the start, or caused more load later than this program can have caused.</summary>
    public bool IsBusy => _before > 1 || _highest > 4;

    public void Look() => _highest = Math.Max(_highest, Average());

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Load average {_before:0.0} before, at most {_highest:0.0} meanwhile{(IsBusy ? ": other programs were running" : "")}.");

    private static double Average() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}
