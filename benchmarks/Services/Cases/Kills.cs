using System.Diagnostics;
using Multiprocessing;
using Services.Contenders;

namespace Services.Cases;

/// <summary>
/// A supervised service is killed again and again while several callers call it, blocking and awaiting. Each call must end with a result or with the exception of
/// a death, and nothing may be left: no process, no handle, no segment.
/// </summary>
internal sealed class Kills : SpecialCase
{
    private const int Callers = 4;
    private const int WarmUp = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public override string Name => "kills";

    public override (IReadOnlyList<Row> Rows, string Summary) Run(Settings settings)
    {
        Console.Write($"{Name} ");
        SpareProcesses.MaxCount = 2;
        try
        {
            _ = KillAsync(WarmUp).GetAwaiter().GetResult(); // threads and pools grow to their size
            var before = Leftovers.Count();
            var kinds = Leftovers.HandleKinds();
            var counts = KillAsync(settings.Kills).GetAwaiter().GetResult();
            var after = Leftovers.Count();
            Console.WriteLine();
            var summary = $"{settings.Kills} kills of a supervised service under calls of {Callers} callers: {counts}. Before: {before}. After: {after}.";
            return counts.Wrong == 0 && after.IsWithin(before)
                ? ([], summary)
                : throw new InvalidOperationException($"Calls ended in another way, or something was left: {summary} Handles before: {kinds}. After: {Leftovers.HandleKinds()}. {counts.FirstWrong}");
        }
        finally
        {
            SpareProcesses.MaxCount = 0;
        }
    }

    private static async Task<CallCounts> KillAsync(int kills)
    {
        var counts = new CallCounts();
        await using var supervisor = new ProcessSupervisor(new() { MaxRestarts = int.MaxValue, BackOff = new() { Initial = TimeSpan.Zero } });
        var proxy = supervisor.AddService<ICalculator>("calculator", static () => new Calculator());
        var child = supervisor.Children[0];
        using var stop = new CancellationTokenSource();
        var callers = Enumerable.Range(0, Callers).Select(caller => Task.Factory.StartNew(
            () => Call(proxy, caller % 2 == 0, counts, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))
            .ToArray();
        var random = new Random(1);
        for (var kill = 0; kill < kills; kill++)
        {
            WaitUntilServed(counts);
            Thread.Sleep(TimeSpan.FromMilliseconds(random.NextDouble() * 3));
            KillProcess(child.ProcessId);
            if (kill % 50 == 0)
            {
                Console.Write('.');
            }
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(callers).WaitAsync(Patience).ConfigureAwait(false); // a call that never ends fails here
        return counts;
    }

    private static void Call(ICalculator proxy, bool blocks, CallCounts counts, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            try
            {
                var result = blocks ? proxy.Add(i) : proxy.AddAsync(i).AsTask().GetAwaiter().GetResult();
                counts.Returned(result == i + 1);
            }
            catch (ServiceDiedException)
            {
                counts.Died();
            }
            catch (Exception exception)
            {
                counts.Threw(exception);
            }
        }
    }

    /// <summary>Waits until each caller may have been served by a new process, so that each kill kills another one.</summary>
    private static void WaitUntilServed(CallCounts counts)
    {
        var seen = counts.Results;
        var start = Stopwatch.GetTimestamp();
        while (counts.Results < seen + Callers)
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new InvalidOperationException($"No call was served within {Patience.TotalMinutes:0} minutes: {counts}.");
            }

            Thread.Sleep(1);
        }
    }

    private static void KillProcess(int? id)
    {
        if (id is not { } known)
        {
            return; // between two lives
        }

        try
        {
            using var process = Process.GetProcessById(known);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It has just been killed, and the next process was not started yet.
        }
    }
}
