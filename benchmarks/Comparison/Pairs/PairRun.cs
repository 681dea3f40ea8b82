using Multiprocessing;

namespace Comparison.Pairs;

/// <summary>
/// Measures a case over many pairs of processes. Both processes of a pair are new each time, for this library and for the limit: what a pair cannot
/// change while it runs, such as the processors on which the host places it, differs between pairs.
/// </summary>
internal static class PairRun
{
    private static readonly string[] Usual = ["struct-throughput", "bytes-throughput", "bytes-bounded-throughput", "struct-roundtrip"];

    public static int Run(Settings settings, Circumstances circumstances)
    {
        var cases = Catalog.All(settings).Where(item => settings.Only is null ? Usual.Contains(item.Name) : settings.Includes(item.Name)).ToList();
        var sets = new List<PairSet>();
        foreach (var item in cases)
        {
            circumstances.Load.Look();
            sets.Add(Measure(item, settings.Pairs));
        }

        circumstances.Load.Look();
        PairReport.Write(sets, settings, circumstances);
        return 0;
    }

    private static PairSet Measure(Case item, int pairs)
    {
        Console.Write($"{item.Name} ");
        var ours = new List<double>();
        var limit = new List<double>();
        for (var pair = 0; pair < pairs; pair++)
        {
            ours.Add(InNewProcess(item));
            if (item.Limit() is [var value, ..])
            {
                limit.Add(value);
            }

            Console.Write('.');
        }

        Console.WriteLine();
        return new(item.Figures[0], ours, limit);
    }

    // The case starts the other process of the pair.
    private static double InNewProcess(Case item)
    {
        using var child = ChildProcess.Run(static (Case item) => item.Ours(), item);
        return child.Result.GetAwaiter().GetResult()[0];
    }
}
