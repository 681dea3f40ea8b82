using System.Diagnostics;
using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// Sends a large array to a new process as its argument and back as its result; CPython's spawn uses a queue for the result. The limit is the least
/// that this does with memory: each way one copy into memory that is used again and one into a new array, once in a process that has just started.
/// </summary>
internal sealed class ArgumentAndResult(int size) : Case
{
    private readonly byte[] _data = new byte[size];

    public override string Name => "argument-result";

    public override IReadOnlyList<Figure> Figures =>
    [
        new($"{size >> 20} MiB argument and result, with the start", Unit.Nanoseconds),
        new($"{size >> 20} MiB argument and result, less an empty start", Unit.Nanoseconds, new(Most: 60_000_000)
        {
            Reason = "The limit is what the memory alone takes: each way one copy into memory that was used before, and one into a new array, whose pages the system must add and clear. What exceeds it is not explained yet.",
        }),
    ];

    public override double[] Ours()
    {
        var start = Stopwatch.GetTimestamp();
        using (var empty = ChildProcess.Run(static () => { }))
        {
            empty.Join();
        }

        var between = Stopwatch.GetTimestamp();
        using var child = ChildProcess.Run(static (byte[] data) => data, _data);
        _ = child.Result.GetAwaiter().GetResult();
        child.Join();
        var whole = Stopwatch.GetElapsedTime(between);
        return [whole.TotalNanoseconds, (whole - Stopwatch.GetElapsedTime(start, between)).TotalNanoseconds];
    }

    public override double[]? Python() => PythonRunner.Run("argument_result", size);

    public override double[] Limit()
    {
        using var child = ChildProcess.Run(static size => NewArray.Fill(new byte[size], count: 1), size);
        var there = child.Result.GetAwaiter().GetResult();
        return [double.NaN, there + NewArray.Fill(_data, count: 1) + (2 * NewArray.Copy(_data))];
    }
}
