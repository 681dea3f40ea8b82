using System.Diagnostics;
using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// Children that are started one right after the other, without spares, and then joined: an empty body that ran before. CPython starts them by fork and
/// by its fork server, which runs already. The limit is as many processes of <c>/bin/true</c>, started by posix_spawn and waited for.
/// </summary>
internal sealed class StartBurst(int count) : Case
{
    public override string Name => "start-burst";

    public override IReadOnlyList<Figure> Figures =>
    [
        new($"burst of {count} starts -> all joined (CPython: fork; limit: posix_spawn of /bin/true)", Unit.Nanoseconds),
        new($"burst of {count} starts -> all joined (CPython: forkserver)", Unit.Nanoseconds),
    ];

    public override double[] Ours()
    {
        _ = Time(1);
        var elapsed = Time(count);
        return [elapsed, elapsed];
    }

    public override double[]? Python() =>
        PythonRunner.Run("start", "fork", count) is [var fork] && PythonRunner.Run("start", "forkserver", count) is [var server]
            ? [fork, server]
            : null;

    public override double[]? Limit() => CRunner.Run("spawn", count) is [var all] ? [all, double.NaN] : null;

    private static double Time(int count)
    {
        var start = Stopwatch.GetTimestamp();
        var children = Enumerable.Range(0, count).Select(static _ => ChildProcess.Run(static () => { })).ToList();
        children.ForEach(static child => child.Join());
        var elapsed = Stopwatch.GetElapsedTime(start);
        children.ForEach(static child => child.Dispose());
        return elapsed.TotalNanoseconds;
    }
}
