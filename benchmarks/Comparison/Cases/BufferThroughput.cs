using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// A producer process rents shared memory, writes its first and last byte, puts it and disposes it; this process reads the two bytes and disposes it.
/// Nothing is copied, whatever the size. CPython copies an array of that size; C copies it into and out of a ring.
/// </summary>
/// <param name="size">The size of the buffer in bytes.</param>
/// <param name="count">The number of buffers of a pass.</param>
/// <param name="pythonCount">The number of arrays for CPython.</param>
/// <param name="fill">The producer fills each buffer and the consumer adds up all of it.</param>
internal sealed class BufferThroughput(int size, int count, int pythonCount, bool fill = false) : Case
{
    private const int Capacity = 4;

    // The ratio is that of buffers from 1 MiB on.
    private const string SmallRatio =
        "A buffer takes the same time at any size (see 1 MiB and 64 MiB), but CPython copies it, and of 4 KiB in less than a hundredth of the time of 1 MiB. So the ratio to CPython is lower for small buffers.";

    public override string Name => fill ? "buffer-filled" : "buffer";

    public override IReadOnlyList<Figure> Figures =>
    [
        new($"SharedBuffer of {Text(size)}, {(fill ? "filled and added up" : "throughput")}", Unit.Nanoseconds, fill ? null : new(Most: 1000, TimesPython: 40)
        {
            Reason = size < 1 << 20 ? SmallRatio : null,
        }),
    ];

    public override double[] Ours()
    {
        using var queue = new ProcessQueue<SharedBuffer<byte>>(Capacity);
        using var go = new ProcessQueue<bool>();
        using var producer = ChildProcess.Run(Produce, queue, go, size, new Work(count, fill));
        var elapsed = Passes.Last(() =>
        {
            go.Put(true);
            Consume(queue, count, fill);
        });
        go.Complete();
        producer.Join();
        return [elapsed.TotalNanoseconds / count];
    }

    public override double[]? Python() => PythonRunner.Run("throughput", size, Capacity, pythonCount, 1);

    private static string Text(int bytes) => bytes >= 1 << 20 ? $"{bytes >> 20} MiB" : $"{bytes >> 10} KiB";

    private static void Consume(ProcessQueue<SharedBuffer<byte>> queue, int count, bool fill)
    {
        for (var i = 0; i < count; i++)
        {
            using var buffer = queue.Get();
            var bytes = buffer.Span;
            if (bytes[0] != (byte)i || bytes[^1] != (byte)i || (fill && bytes.IndexOfAnyExcept((byte)i) >= 0))
            {
                throw new InvalidDataException("The buffer has not the content that was put.");
            }
        }
    }

    private static void Produce(ProcessQueue<SharedBuffer<byte>> queue, ProcessQueue<bool> go, int size, Work work)
    {
        foreach (var _ in go.ReadAll())
        {
            Pass(queue, size, work);
        }
    }

    private static void Pass(ProcessQueue<SharedBuffer<byte>> queue, int size, Work work)
    {
        for (var i = 0; i < work.Count; i++)
        {
            using var buffer = SharedMemoryPool.Shared.Rent(size);
            var bytes = buffer.Span;
            if (work.Fill)
            {
                bytes.Fill((byte)i);
            }
            else
            {
                bytes[0] = (byte)i;
                bytes[^1] = (byte)i;
            }

            queue.Put(buffer);
        }
    }

    private sealed record Work(int Count, bool Fill);
}
