using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// One producer process and this one as the consumer, item by item: nanoseconds from the start signal to the last item, divided by the number of
/// items. Before that, both sides do the same work unmeasured until their code is fully compiled. Get returns a new object each time: for 1 MiB most
/// of the time is spent in the garbage collector, so the limit there is to create and fill such arrays in one process;
/// <see cref="IntoSame"/> shows the time without it.
/// </summary>
/// <param name="name">The name for <c>--only</c>.</param>
/// <param name="what">What is measured, as shown in the table.</param>
/// <param name="create">Creates the item, once in the producer.</param>
/// <param name="size">The size of the item in bytes, for the other contenders.</param>
/// <param name="capacity">The capacity of the queue; <see langword="null"/> for an unbounded one.</param>
/// <param name="count">The number of items of a pass.</param>
/// <param name="pythonCount">The number of items for CPython.</param>
internal sealed class Throughput<T>(string name, string what, Func<T> create, int size, int? capacity, int count, int pythonCount) : Case
{
    // The ring of the limit is as large as the library's ring can become.
    private const int RingBytes = 4 << 20;

    public override string Name => name;

    public Aim? Aim { private get; init; }

    /// <summary>The consumer reads every item into the memory of the previous one.</summary>
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

    public override double[]? Limit() => !IntoSame && create() is byte[] { Length: >= 1 << 20 } item
        ? [NewArray.Fill(item, count)]
        : CRunner.Run("throughput", size, PowerOfTwo(Math.Min(capacity ?? int.MaxValue, RingBytes / size)), count);

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
