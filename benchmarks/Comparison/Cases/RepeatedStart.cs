using System.Diagnostics;
using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// A body that ran before, started again after a pause of a second, in which the library may prepare; compared with CPython's fork and forkserver. The
/// limit is the time that the system needs to end such a process: from SIGKILL to the end of the wait for it. The result is there before the process
/// ends; a process of CPython has none.
/// </summary>
internal sealed class RepeatedStart : Case
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public override string Name => "repeated-start";

    public override IReadOnlyList<Figure> Figures =>
    [
        new("repeated start -> first line of the body", Unit.Nanoseconds, new(Most: 500_000)),
        new("repeated start -> result", Unit.Nanoseconds, new(Most: 1_000_000)),
        new("repeated start -> join (CPython: fork; limit: SIGKILL -> join)", Unit.Nanoseconds, new(Most: 1_800_000)
        {
            Reason = "The system needs nearly as long to end such a process: the limit is the time from SIGKILL, after which no code of the process runs, to the end of the wait for it.",
        }),
        new("repeated start -> join (CPython: forkserver)", Unit.Nanoseconds),
    ];

    public override double[] Ours()
    {
        SpareProcesses.MaxCount = 1;
        _ = Time();
        Thread.Sleep(Pause);
        var figures = Time();
        SpareProcesses.MaxCount = 0;
        return figures;
    }

    public override double[]? Python() =>
        PythonRunner.Run("start", "fork") is [var fork] && PythonRunner.Run("start", "forkserver") is [var server]
            ? [double.NaN, double.NaN, fork, server]
            : null;

    public override double[] Limit()
    {
        using var child = ChildProcess.Run(static () => Thread.Sleep(Timeout.Infinite));
        Thread.Sleep(Pause);
        var start = Stopwatch.GetTimestamp();
        child.Kill();
        child.Join();
        return [double.NaN, double.NaN, Stopwatch.GetElapsedTime(start).TotalNanoseconds, double.NaN];
    }

    private static double[] Time()
    {
        var start = Stopwatch.GetTimestamp();
        using var child = ChildProcess.Run(Stopwatch.GetTimestamp);
        var firstLine = child.Result.GetAwaiter().GetResult();
        var result = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        child.Join();
        var joined = Stopwatch.GetElapsedTime(start).TotalNanoseconds;

        // The clock counts from the start of the machine, for all its processes.
        return [Stopwatch.GetElapsedTime(start, firstLine).TotalNanoseconds, result, joined, joined];
    }
}
