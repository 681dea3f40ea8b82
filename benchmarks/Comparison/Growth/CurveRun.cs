using Comparison.Cases;

namespace Comparison.Growth;

/// <summary>Measures the curves: at each place the contenders take turns.</summary>
internal static class CurveRun
{
    private const int UsualRounds = 3;

    public static IEnumerable<string> Names => All(quick: true).Select(static curve => curve.Name);

    public static int Run(Settings settings, Circumstances circumstances)
    {
        var results = new List<CurveResult>();
        foreach (var curve in All(settings.Quick).Where(curve => settings.Includes(curve.Name)))
        {
            circumstances.Load.Look();
            results.Add(Measure(curve, settings.RoundsOr(settings.Quick ? 1 : UsualRounds)));
        }

        circumstances.Load.Look();
        CurveReport.Write(results, settings, circumstances);
        return results.All(static result => result.Failures.Count == 0) ? 0 : 1;
    }

    private static IReadOnlyList<Curve> All(bool quick) =>
    [
        new Curves.ProducersAndConsumers<Cell>("queue-processes", "A queue with many producers and as many consumers", capacity: null, quick),
        new Curves.ProducersAndConsumers<long>("queue-processes-bounded", "A bounded queue with many producers and as many consumers", capacity: 4096, quick),
        new Curves.MessageSize(quick),
        new Curves.PoolWorkers(quick),
        new Curves.PoolMap(quick),
        new Curves.PoolTask(quick),
        new Curves.TaskLength(quick),
        new Curves.Children(quick),
        new Curves.Queues(quick),
        new Curves.PendingTasks(quick),
    ];

    private static CurveResult Measure(Curve curve, int rounds)
    {
        Console.Write($"{curve.Name} ");
        var result = new CurveResult(curve, curve.Places);

        // The first use of the library in a program is not the cost of the first place.
        foreach (var contender in curve.Contenders)
        {
            _ = Try(result, contender, curve.Places[0]);
        }

        foreach (var place in curve.Places)
        {
            Console.Write(curve.Label(place));
            for (var round = 0; round < rounds; round++)
            {
                foreach (var contender in curve.Contenders.Where(contender => place <= contender.Most && !result.HasFailed(contender)))
                {
                    if (Try(result, contender, place) is { } value)
                    {
                        result.Add(contender, place, value);
                    }
                }

                Console.Write('.');
            }

            Console.Write(' ');
        }

        Console.WriteLine();
        return result;
    }

    // A run takes an hour. A contender that cannot do the work, for example for want of memory, must not cost the figures of the others.
    private static double? Try(CurveResult result, Contender contender, long place)
    {
        try
        {
            return contender.Measure(place);
        }
        catch (Exception error)
        {
            result.Failures.Add(new(contender.Label, result.Curve.Label(place), error.Message.Trim()));
            Console.WriteLine($"{contender.Label} failed: {error}");
            return null;
        }
    }
}
