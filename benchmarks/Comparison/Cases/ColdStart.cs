using System.Diagnostics;
using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// Start to join of an empty body that this program has not run before, compared with a bare <c>dotnet hello.dll</c> and CPython's spawn.
/// </summary>
internal sealed class ColdStart : Case
{
    private int _bodies;

    public override string Name => "cold-start";

    public override IReadOnlyList<Figure> Figures =>
        [new("start -> join of an empty body (CPython: spawn; limit: dotnet hello.dll)", Unit.Nanoseconds, new(MostTimesLimit: 1.15))];

    public override double[] Ours()
    {
        // The first use of the library is not the cost of each start.
        if (_bodies++ == 0)
        {
            Time();
        }

        return [Time()];
    }

    public override double[]? Python() => PythonRunner.Run("start", "spawn");

    public override double[] Limit()
    {
        var start = Stopwatch.GetTimestamp();
        _ = Programs.Run(DotnetRunner.Command, Places.Neighbour("Hello"));
        return [Stopwatch.GetElapsedTime(start).TotalNanoseconds];
    }

    private static double Time()
    {
        var start = Stopwatch.GetTimestamp();
        using var child = ChildProcess.Run(static () => { });
        child.Join();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }
}
