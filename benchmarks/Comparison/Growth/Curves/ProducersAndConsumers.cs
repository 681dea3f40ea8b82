using System.Threading.Channels;
using Comparison.Cases;
using Comparison.Drawing;
using Multiprocessing;

namespace Comparison.Growth.Curves;

/// <summary>One queue with many producers and as many consumers.</summary>
internal sealed class ProducersAndConsumers(bool quick) : Curve
{
    private readonly int _items = quick ? 64_000 : 512_000;
    private readonly int _pythonItems = quick ? 3200 : 32_000;

    public override string Name => "queue-processes";

    public override string What => "A queue with many producers and as many consumers";

    public override string How =>
        "So many processes put 64-byte structs into one unbounded queue while as many others take them: elapsed time for each item. CPython puts `bytes` of that size. Threads: tasks of one process with an unbounded `Channel<T>`.";

    public override string Grows => "producers, and as many consumers";

    public override IReadOnlyList<long> Places => quick ? [1, 2, 4] : [1, 2, 4, 8, 16, 32];

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("this library", Svg.Ours, Ours),
        new("CPython", Svg.Python, pairs => PythonRunner.Run("growth", "queue", pairs, _pythonItems / pairs)?[0] / (_pythonItems / pairs * pairs)),
        new("threads, Channel", Svg.Limit, pairs => Threads((int)pairs)),
    ];

    private double? Ours(long pairs)
    {
        var each = _items / (int)pairs;
        using var queue = new ProcessQueue<Cell>();
        using var crowd = new Crowd(2 * (int)pairs, Pass(queue, each));
        TimeSpan elapsed = default;
        _ = Passes.Last(() => elapsed = crowd.Pass());
        return elapsed.TotalNanoseconds / (each * pairs);
    }

    private static Action<int> Pass(ProcessQueue<Cell> queue, int each) => number =>
    {
        for (var i = 0; i < each; i++)
        {
            if (number % 2 == 0)
            {
                queue.Put(default);
            }
            else
            {
                _ = queue.Get();
            }
        }
    };

    private double Threads(int pairs)
    {
        var each = _items / pairs;
        var channel = Channel.CreateUnbounded<Cell>();
        var elapsed = Passes.Last(() => Task.WhenAll(Enumerable.Range(0, 2 * pairs).Select(number => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                if (number % 2 == 0)
                {
                    await channel.Writer.WriteAsync(default).ConfigureAwait(false);
                }
                else
                {
                    _ = await channel.Reader.ReadAsync().ConfigureAwait(false);
                }
            }
        }))).GetAwaiter().GetResult());
        return elapsed.TotalNanoseconds / (each * pairs);
    }
}
