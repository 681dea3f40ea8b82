using System.Diagnostics;
using System.Threading.Channels;
using Comparison.Drawing;
using Multiprocessing;

namespace Comparison.Growth.Curves;

/// <summary>Queues that all exist at the same time and are all given to one child.</summary>
internal sealed class Queues(bool quick) : Curve
{
    // A queue of CPython has two descriptors in each process, and a usual limit of a process is 1024 to 20,000.
    private const int MostOfPython = 400;

    public override string Name => "queues";

    public override string What => "Many queues at once";

    public override string How =>
        "So many queues are created and given to one new child, which puts an item into each; this process takes all items and disposes the queues: elapsed time for each queue, with the start of the child. "
        + "CPython starts it by spawn; each of its queues has two file descriptors, which ends its line early. Threads: `Channel<T>` and one `Thread`.";

    public override string Grows => "queues";

    public override IReadOnlyList<long> Places => quick ? [1, 10, 100] : [1, 10, 100, 400, 1000, 3000, 10_000];

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("this library", Svg.Ours, count => Ours((int)count)),
        new("CPython", Svg.Python, count => PythonRunner.Run("growth", "queues", count)?[0], MostOfPython),
        new("threads, Channel", Svg.Limit, count => Threads((int)count)),
    ];

    private static double Ours(int count)
    {
        var start = Stopwatch.GetTimestamp();
        var queues = Enumerable.Range(0, count).Select(static _ => new ProcessQueue<int>()).ToArray();
        using (var child = ChildProcess.Run(PutIntoEach, queues))
        {
            for (var i = 0; i < count; i++)
            {
                ArgumentOutOfRangeException.ThrowIfNotEqual(queues[i].Get(), i);
                queues[i].Dispose();
            }

            child.Join();
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
    }

    private static void PutIntoEach(ProcessQueue<int>[] queues)
    {
        for (var i = 0; i < queues.Length; i++)
        {
            queues[i].Put(i);
        }
    }

    private static double Threads(int count)
    {
        var start = Stopwatch.GetTimestamp();
        var channels = Enumerable.Range(0, count).Select(static _ => Channel.CreateUnbounded<int>()).ToArray();
        var thread = new Thread(() =>
        {
            for (var i = 0; i < count; i++)
            {
                channels[i].Writer.TryWrite(i);
            }
        });
        thread.Start();
        for (var i = 0; i < count; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(channels[i].Reader.ReadAsync().AsTask().GetAwaiter().GetResult(), i);
        }

        thread.Join();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
    }
}
