using System.Globalization;
using Multiprocessing;

namespace Comparison.Latency;

/// <summary>
/// The duration of single operations: percentiles over a turn. A turn warms up without other programs; then the operations run beside
/// <see cref="Spinners"/>, or alone.
/// </summary>
/// <param name="name">The name for <c>--only</c> and in the Python script.</param>
/// <param name="what">What is measured, as shown in the table.</param>
/// <param name="measure">Prepares, calls back with an operation to be measured, and cleans up.</param>
/// <param name="busy">Another program uses all processors.</param>
/// <param name="time">How long the operations run.</param>
internal sealed class LatencyCase(string name, string what, Func<Func<Func<ValueTask>, double[]>, double[]> measure, bool busy, TimeSpan time) : Case
{
    public override string Name => name;

    public string What => what;

    public bool IsBusy => busy;

    public override IReadOnlyList<Figure> Figures => [new("p50", Unit.Nanoseconds), new("p99", Unit.Nanoseconds), new("p99.9", Unit.Nanoseconds)];

    public override double[] Ours() => measure(operation =>
    {
        _ = Passes.Last(() => Recorder.Percentiles(TimeSpan.FromMilliseconds(100), operation));
        using var spinners = busy ? new Spinners() : null;
        return Recorder.Percentiles(time, operation);
    });

    public override double[]? Python()
    {
        using var spinners = busy ? new Spinners() : null;
        return PythonRunner.Run("latency", name, time.TotalSeconds.ToString(CultureInfo.InvariantCulture));
    }
}

/// <summary>The operations.</summary>
internal static class LatencyWork
{
    /// <summary>An item to another process and back over two queues.</summary>
    public static double[] Queue(Func<Func<ValueTask>, double[]> record)
    {
        using var there = new ProcessQueue<Cases.Cell>();
        using var back = new ProcessQueue<Cases.Cell>();
        using var echo = ChildProcess.Run(Echo, there, back);
        var percentiles = record(() =>
        {
            there.Put(default);
            _ = back.Get();
            return default;
        });
        there.Complete();
        echo.Join();
        return percentiles;
    }

    /// <summary>Enter and exit of a lock that another process enters and exits all the time.</summary>
    public static double[] Lock(Func<Func<ValueTask>, double[]> record)
    {
        using var gate = new ProcessLock();
        using var ended = new SharedValue<int>();
        using var other = ChildProcess.Run(EnterAndExit, gate, ended);
        var percentiles = record(() =>
        {
            gate.Enter();
            gate.Exit();
            return default;
        });
        ended.Value = 1;
        other.Join();
        return percentiles;
    }

    /// <summary>A task of a pool, from the call to the result.</summary>
    public static double[] Pool(Func<Func<ValueTask>, double[]> record)
    {
        using var pool = new ProcessPool(new ProcessPoolOptions { Workers = Environment.ProcessorCount });
        return record(async () => await pool.RunAsync(PlusOne, 1).ConfigureAwait(false));
    }

    private static int PlusOne(int number) => number + 1;

    private static void Echo(ProcessQueue<Cases.Cell> there, ProcessQueue<Cases.Cell> back)
    {
        foreach (var item in there.ReadAll())
        {
            back.Put(item);
        }
    }

    private static void EnterAndExit(ProcessLock gate, SharedValue<int> ended)
    {
        while (ended.Value == 0)
        {
            gate.Enter();
            gate.Exit();
        }
    }
}
