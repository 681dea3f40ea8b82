using System.Diagnostics;
using Multiprocessing;
using Services.Contenders;

namespace Services.Cases;

/// <summary>
/// A service with a spare at hand: from its start to the first reply, and from the kill of its process to the next served call. Each waits one second
/// before, in which the library may prepare a spare. The others: from the start of the program to the first reply.
/// </summary>
internal sealed class Restart : SpecialCase
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public override string Name => "restart";

    public override (IReadOnlyList<Row> Rows, string Summary) Run(Settings settings)
    {
        var start = new Row("start", "start -> first reply (service: with a spare)");
        var restart = new Row("restart", "killed -> next served call (service: with a spare)");
        var ratios = new List<double>();
        Console.Write($"{Name} ");
        SpareProcesses.MaxCount = 1;
        try
        {
            _ = Measure(); // a spare knows a body after its first start
            for (var round = 0; round < settings.Rounds; round++)
            {
                var (started, served) = Measure();
                start.Add(Catalog.Service, started);
                restart.Add(Catalog.Service, served);
                ratios.Add(served / started);
                AddOthers(start, settings);
                Console.Write('.');
            }
        }
        finally
        {
            SpareProcesses.MaxCount = 0;
        }

        Console.WriteLine();
        return (
            [start, restart],
            $"A killed service serves the next call after {UnitText.Ratio(Sample.MedianOf(ratios))} the time of a start with a spare (the median of the rounds; aim: at most 1.5 x).");
    }

    private static (double Started, double Served) Measure()
    {
        Thread.Sleep(Pause);
        var begin = Stopwatch.GetTimestamp();
        using var service = ProcessService.StartAsync<ICalculator>(static () => new Calculator()).GetAwaiter().GetResult();
        _ = service.Proxy.Add(1);
        var started = Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
        Thread.Sleep(Pause);
        using var process = Process.GetProcessById(service.ProcessId);
        begin = Stopwatch.GetTimestamp();
        process.Kill();
        while (true)
        {
            try
            {
                _ = service.Proxy.Add(1);
                return (started, Stopwatch.GetElapsedTime(begin).TotalNanoseconds);
            }
            catch (ServiceDiedException)
            {
                // The call had reached the killed process. The next one waits for the new process.
            }
        }
    }

    private static void AddOthers(Row row, Settings settings)
    {
        foreach (var contender in new ClientContender[] { new GrpcContender(), new JsonContender() })
        {
            if (settings.IncludesContender(contender.Name))
            {
                row.Add(contender.Name, contender.MeasureStart());
            }
        }

        if (settings.IncludesContender(Catalog.PythonManager) && PythonRunner.Run("services", "start", "call", 0, 1, 1, 0, 0) is [var nanoseconds])
        {
            row.Add(Catalog.PythonManager, nanoseconds);
        }
    }
}
