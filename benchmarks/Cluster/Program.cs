using ClusterBenchmarks.Contenders;
using Multiprocessing;
using Orleans.Configuration;

namespace ClusterBenchmarks;

/// <summary>
/// Tasks in other processes over the network's loopback: by this library's cluster, by one TLS socket to each process, and by RabbitMQ, in turn; and
/// how long it takes until a task starts elsewhere. <c>--quick</c> does less work; <c>--only cluster</c> runs the contenders whose name contains it;
/// <c>--no-failures</c> kills no node. Only a run without these writes its page and the costs of the model; a quick one writes into the artifacts.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var quick = args.Contains("--quick");
        var failures = !args.Contains("--no-failures");
        var only = Array.IndexOf(args, "--only") is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
        var rounds = quick ? 2 : 4;
        var turn = TimeSpan.FromMilliseconds(quick ? 500 : 1000);
        var load = new LoadWatch();
        List<Contender> contenders = [];
        Row[] rows = [new("round trip", "one task after the other"), new("in flight", "256 tasks in flight, each"), new("10 MiB", "10 MiB there and back")];
        List<MeasuredCosts> costs = [];
        try
        {
            foreach (var contender in (Contender[])[new ClusterContender(), new TlsContender(), new RabbitContender()])
            {
                if (contender.Absence is { } absence)
                {
                    Console.WriteLine(absence);
                }
                else if (only is null || contender.Name.Contains(only, StringComparison.OrdinalIgnoreCase))
                {
                    await contender.StartAsync().ConfigureAwait(false);
                    contenders.Add(contender);
                    await Figures.InFlightAsync(contender, turn).ConfigureAwait(false); // not counted: code is compiled meanwhile
                    await Figures.RoundTripAsync(contender, turn).ConfigureAwait(false);
                }
            }

            for (var round = 0; round < rounds; round++)
            {
                foreach (var contender in contenders)
                {
                    load.Look();
                    rows[0].Add(contender.Name, await Figures.RoundTripAsync(contender, turn).ConfigureAwait(false));
                    var inFlight = await Figures.InFlightCostsAsync(contender, turn).ConfigureAwait(false);
                    rows[1].Add(contender.Name, inFlight.TaskNanoseconds);
                    rows[2].Add(contender.Name, await Figures.LargeAsync(contender).ConfigureAwait(false));
                    if (contender is ClusterContender)
                    {
                        costs.Add(inFlight);
                    }
                }
            }
        }
        finally
        {
            foreach (var contender in contenders)
            {
                await contender.DisposeAsync().ConfigureAwait(false);
            }
        }

        Row[] starts = [new("killed", "`kill -9` of the node"), new("frozen", "SIGSTOP of the node")];
        for (var round = 0; failures && round < (quick ? 1 : 2); round++)
        {
            starts[0].Add("cluster", await Failures.MeasureAsync("KILL").ConfigureAwait(false));
            starts[1].Add("cluster", await Failures.MeasureAsync("STOP").ConfigureAwait(false));
            load.Look();
        }

        var isWhole = only is null && failures;
        var measured = costs.Count == 0 ? null : CostsOf(rows[0], costs);
        Page.Write(rows, starts, [.. contenders.Select(static contender => contender.Name)], measured, load, isWhole && !quick);
        if (isWhole && !quick)
        {
            measured?.Write(Tables.File);
        }

        return 0;
    }

    private static Costs CostsOf(Row roundTrip, List<MeasuredCosts> costs)
    {
        var options = new ClusterMembershipOptions();
        new ClusterDetection().Apply(options);
        return new Costs
        {
            Measured = costs.MinBy(static cost => cost.TaskNanoseconds)!, // the turn that other programs disturbed least
            RoundTripNanoseconds = roundTrip.Of("cluster").Median,
            LookNanoseconds = NodeLook.Measure(),
            Processors = Environment.ProcessorCount,
            ProbedMembers = options.NumProbedSilos,
            ProbeSeconds = options.ProbeTimeout.TotalSeconds,
            TableSeconds = options.TableRefreshTimeout.TotalSeconds,
        };
    }
}
