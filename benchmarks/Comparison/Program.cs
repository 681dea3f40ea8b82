using Comparison.Cold;
using Comparison.Growth;
using Comparison.Latency;
using Comparison.Pairs;

namespace Comparison;

/// <summary>
/// This library, CPython and a raw C limit do the same work in turn. <c>--quick</c> does less work in each turn. <c>--only name</c> runs the cases
/// whose name contains it, and writes no file. <c>--record</c> records the ratios of its run beside its page, and <c>--gate</c> fails if a later one is slower.
/// <c>--pairs</c>, <c>--cold</c>, <c>--curves</c> and <c>--latency</c> measure something else and write a page of their own.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (!Settings.TryParse(args, out var settings, out var refusal))
        {
            Console.Error.WriteLine(refusal);
            return 2;
        }

        var names = Names(settings).ToList();
        if (!names.Any(settings.Includes))
        {
            Console.Error.WriteLine($"There is no case {settings.Only}. The cases are: {string.Join(", ", names)}.");
            return 2;
        }

        var circumstances = Circumstances.Print();
        return settings.Mode switch
        {
            Mode.Pairs => PairRun.Run(settings, circumstances),
            Mode.Cold => ColdRun.Run(settings, circumstances),
            Mode.Curves => CurveRun.Run(settings, circumstances),
            Mode.Latency => LatencyRun.Run(settings, circumstances),
            _ => Table.Run(settings, circumstances),
        };
    }

    private static IEnumerable<string> Names(Settings settings) => settings.Mode switch
    {
        Mode.Cold => ColdRun.Names,
        Mode.Curves => CurveRun.Names,
        Mode.Latency => LatencyRun.Names,
        _ => Catalog.All(settings).Select(static item => item.Name),
    };
}
