using System.Diagnostics;
using Comparison.Drawing;
using Multiprocessing;

namespace Comparison.Growth.Curves;

/// <summary>Children that all run at the same time.</summary>
internal sealed class Children(bool quick) : Curve
{
    // Of the turn that has measured the whole.
    private double? _end;

    public override string Name => "children";

    public override string What => "Many children at once";

    public override string How =>
        "So many children are started, without spares, meet at a barrier, and are joined: elapsed time for each. CPython starts them by spawn, and by fork. Threads: `Thread` and `Barrier` of one process. *The end alone* is the time from their meeting, after which all end at once, to the last join, for each.";

    public override string Grows => "children";

    public override IReadOnlyList<long> Places => quick ? [1, 4, 8] : [1, 5, 20, 50, 100, 250, 500];

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("this library", Svg.Ours, count => Ours((int)count)),
        new("the end alone", Svg.Third, _ => _end),
        new("CPython, spawn", Svg.Python, count => PythonRunner.Run("growth", "children", "spawn", count)?[0]),
        new("CPython, fork", Svg.Second, count => PythonRunner.Run("growth", "children", "fork", count)?[0]),
        new("threads", Svg.Limit, count => Threads((int)count)),
    ];

    private double Ours(int count)
    {
        _end = null;
        using var all = new ProcessBarrier(count + 1);
        var start = Stopwatch.GetTimestamp();
        var children = Enumerable.Range(0, count).Select(_ => ChildProcess.Run(Meet, all)).ToList();
        all.SignalAndWait();
        var met = Stopwatch.GetTimestamp();
        children.ForEach(static child => child.Join());
        var end = Stopwatch.GetTimestamp();
        children.ForEach(static child => child.Dispose());
        _end = Stopwatch.GetElapsedTime(met, end).TotalNanoseconds / count;
        return Stopwatch.GetElapsedTime(start, end).TotalNanoseconds / count;
    }

    private static void Meet(ProcessBarrier all) => all.SignalAndWait();

    private static double Threads(int count)
    {
        using var all = new Barrier(count);
        var start = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, count).Select(_ => new Thread(all.SignalAndWait)).ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join());
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
    }
}
