using System.Diagnostics;
using System.Globalization;

namespace Comparison.Cases;

/// <summary>
/// What the death of a worker costs: the sample Batch hashes the files of the SDK in a pool, once without crashes, and once with a worker that is killed
/// at each hundredth file, which another worker repeats. The times are those of the whole program, with spares at their default. The cost of a death is
/// the difference divided by the number of deaths.
/// </summary>
internal sealed class BatchDeaths : Case
{
    public override string Name => "batch-deaths";

    public override IReadOnlyList<Figure> Figures =>
    [
        new("samples/Batch over the files of the SDK", Unit.Nanoseconds),
        new("samples/Batch, where a worker dies at 1 % of the files", Unit.Nanoseconds, new(Most: 2_500_000_000)),
        new("samples/Batch, deaths", Unit.Count),
        new("samples/Batch, cost of each death", Unit.Nanoseconds, new(Most: 40_000_000)),
    ];

    public override double[] Ours()
    {
        var (alive, _) = Run("0");
        var (elapsed, deaths) = Run("0.01");
        return [alive, elapsed, deaths, (elapsed - alive) / deaths];
    }

    private static (double Nanoseconds, int Deaths) Run(string crashShare)
    {
        var table = Path.Combine(Directory.CreateDirectory(Places.Artifacts).FullName, "batch.csv");
        var start = Stopwatch.GetTimestamp();
        var output = Programs.Run(
            DotnetRunner.Command, Places.Neighbour("Batch", "samples"), "--alone", "--crash", crashShare, "--output", table);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds;

        // Its first line says "at 28 of them the worker will crash", and may be broken anywhere between two words.
        var words = output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var them = Array.IndexOf(words, "them");
        return (elapsed, them >= 2 && int.TryParse(words[them - 2], CultureInfo.InvariantCulture, out var deaths) ? deaths : 0);
    }
}
