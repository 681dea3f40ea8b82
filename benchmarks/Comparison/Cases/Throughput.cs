using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// One producer process and this one as the consumer, item by item: nanoseconds from the word "go" to the last item, divided by their number. Both sides do the same
/// work before that, unmeasured, until their code is compiled in full. What Get returns is new each time: for 1 MiB most of the time goes to the collector
/// (a fresh array of that size, filled, costs 0.2 ms in a program that does nothing else), which <see cref="IntoSame"/> shows by its absence.
/// </summary>
/// <param name="name">What <c>--only</c> looks for.</param>
/// <param name="what">The line of the table.</param>
/// <param name="create">Makes the item, once in the producer.</param>
/// <param name="size">Its bytes, for the others.</param>
/// <param name="capacity">Of the queue; null is unbounded.</param>
/// <param name="count">Items of a pass.</param>
/// <param name="pythonCount">The same for CPython.</param>
internal sealed class Throughput<T>(string name, string what, Func<T> create, int size, int? capacity, int count, int pythonCount) : Case
{
    // The limit's ring is as large as ours grows.
    private const int RingBytes = 4 << 20;

    public override string Name => name;

    public Aim? Aim { private get; init; }

    /// <summary>The consumer takes every item into the memory of the one before.</summary>
    public bool IntoSame { private get; init; }

    public override IReadOnlyList<Figure> Figures => [new(what, Unit.Nanoseconds, Aim)];

    public override double[] Ours()
    {
        using var queue = new ProcessQueue<T>(capacity);
        using var go = new ProcessQueue<bool>();
        using var producer = ChildProcess.Run(Produce, queue, go, create, count);
        var elapsed = Passes.Last(() =>
        {
            go.Put(true);
            if (IntoSame)
            {
                ConsumeInto(queue, create(), count);
            }
            else
            {
                Consume(queue, count);
            }
        });
        go.Complete();
        producer.Join();
        return [elapsed.TotalNanoseconds / count];
    }

    public override double[]? Python() => PythonRunner.Run("throughput", size, capacity ?? 0, pythonCount, 1);

    public override double[]? Limit() => CRunner.Run("throughput", size, PowerOfTwo(Math.Min(capacity ?? int.MaxValue, RingBytes / size)), count);

    private static uint PowerOfTwo(int most) => System.Numerics.BitOperations.RoundUpToPowerOf2((uint)most);

    private static void Consume(ProcessQueue<T> queue, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _ = queue.Get();
        }
    }

    private static void ConsumeInto(ProcessQueue<T> queue, T item, int count)
    {
        for (var i = 0; i < count; i++)
        {
            queue.GetInto(ref item);
        }
    }

    private static void Produce(ProcessQueue<T> queue, ProcessQueue<bool> go, Func<T> create, int count)
    {
        var item = create();
        foreach (var _ in go.ReadAll())
        {
            Pass(queue, item, count);
        }
    }

    private static void Pass(ProcessQueue<T> queue, T item, int count)
    {
        for (var i = 0; i < count; i++)
        {
            queue.Put(item);
        }
    }
}
