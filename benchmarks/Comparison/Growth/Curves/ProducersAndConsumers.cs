using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Comparison.Drawing;
using Multiprocessing;

namespace Comparison.Growth.Curves;

/// <summary>One queue with many producers and as many consumers.</summary>
/// <param name="name">The name for <c>--curves</c>.</param>
/// <param name="what">What is measured, as the heading of the page.</param>
/// <param name="capacity">The capacity of the queue; <see langword="null"/> for an unbounded one.</param>
/// <param name="quick">Whether there are fewer items and processes.</param>
internal sealed class ProducersAndConsumers<T>(string name, string what, int? capacity, bool quick) : Curve
    where T : unmanaged
{
    private static readonly int Size = Unsafe.SizeOf<T>();

    private readonly int _items = quick ? 64_000 : 512_000;
    private readonly int _pythonItems = quick ? 3200 : 32_000;

    public override string Name => name;

    public override string What => what;

    public override string How =>
        $"So many processes put {Size}-byte structs into one {Kind} while as many others take them: elapsed time for each item. CPython puts `bytes` of that size. Threads: tasks of one process with such a `Channel<T>`.";

    public override string Grows => "producers, and as many consumers";

    public override IReadOnlyList<long> Places => quick ? [1, 2, 4] : [1, 2, 4, 8, 16, 32];

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("this library", Svg.Ours, Ours),
        new("CPython", Svg.Python, pairs => PythonRunner.Run("growth", "queue", pairs, _pythonItems / pairs, capacity ?? 0, Size)?[0] / (_pythonItems / pairs * pairs)),
        new("threads, Channel", Svg.Limit, pairs => Threads((int)pairs)),
    ];

    private string Kind => capacity is { } most ? $"queue of at most {UnitText.Count(most)} items" : "unbounded queue";

    private double? Ours(long pairs)
    {
        var each = _items / (int)pairs;
        using var queue = new ProcessQueue<T>(capacity);
        using var crowd = new Crowd(2 * (int)pairs, Pass(queue, each));
        TimeSpan elapsed = default;
        _ = Passes.Last(() => elapsed = crowd.Pass());
        return elapsed.TotalNanoseconds / (each * pairs);
    }

    private static Action<int> Pass(ProcessQueue<T> queue, int each) => number =>
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
        var channel = capacity is { } most ? Channel.CreateBounded<T>(most) : Channel.CreateUnbounded<T>();
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
