using System.Globalization;

namespace Multiprocessing.ClusterTests;

/// <summary>Times of the repetitions of a fault, for the test's output. Nothing is asserted of them: the machine may be busy.</summary>
internal sealed class Figures(string what)
{
    private readonly List<double> _seconds = [];

    public void Add(TimeSpan time) => _seconds.Add(time.TotalSeconds);

    public override string ToString()
    {
        var sorted = _seconds.Order().ToList();
        return sorted.Count == 0
            ? $"{what}: none"
            : string.Create(CultureInfo.InvariantCulture, $"{what}: least {sorted[0]:0.00} s, median {sorted[sorted.Count / 2]:0.00} s, most {sorted[^1]:0.00} s ({sorted.Count} times)");
    }
}
