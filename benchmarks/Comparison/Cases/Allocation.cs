using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// Bytes that Put and Get of a 64-byte struct allocate on their threads, for each message. The queue is bounded: an unbounded one also creates a few
/// objects whenever it takes more memory.
/// </summary>
internal sealed class Allocation(int count) : Case
{
    // Allocations of the first calls are not the cost of a message.
    private const int Warm = 100_000;

    // So large that the queue keeps its memory.
    private const int Capacity = 1000;

    public override string Name => "allocation";

    public override IReadOnlyList<Figure> Figures =>
    [
        new("64-byte struct, allocated by Put", Unit.Bytes, new(Most: 0.01)),
        new("64-byte struct, allocated by Get", Unit.Bytes, new(Most: 0.01)),
    ];

    public override double[] Ours()
    {
        using var queue = new ProcessQueue<Cell>(Capacity);
        using var producer = ChildProcess.Run(Produce, queue, count);
        for (var i = 0; i < Warm; i++)
        {
            _ = queue.Get();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < count; i++)
        {
            _ = queue.Get();
        }

        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        return [(double)producer.Result.GetAwaiter().GetResult() / count, (double)taken / count];
    }

    private static long Produce(ProcessQueue<Cell> queue, int count)
    {
        for (var i = 0; i < Warm; i++)
        {
            queue.Put(default);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < count; i++)
        {
            queue.Put(default);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
