using System.Globalization;

namespace Comparison;

/// <summary>Reads the load average between cases, and measures how far the processors are from each other. This program itself causes a load of about two.</summary>
internal sealed class LoadWatch
{
    private readonly double _before = Average();
    private double _highest;
    private double _nearest = double.MaxValue;
    private double _farthest;

    /// <summary>Other programs were running before the start, or caused more load later than this program can have caused.</summary>
    public bool IsBusy => _before > 1 || _highest > 4;

    public void Look()
    {
        _highest = Math.Max(_highest, Average());
        if (ProcessorDistance.Measure() is { } distance)
        {
            _nearest = Math.Min(_nearest, distance);
            _farthest = Math.Max(_farthest, distance);
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Load average {_before:0.0} before, at most {_highest:0.0} meanwhile{(IsBusy ? ": other programs were running" : "")}.{Distance()}");

    private string Distance() => _farthest == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $" A word from one processor to another and back: {_nearest:0} to {_farthest:0} ns.");

    private static double Average() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}
