using System.Diagnostics;
using Multiprocessing;

namespace Cold;

/// <summary>
/// One producer process, and this one as the consumer. The clock starts at the first line of the producer's body: the system's clock counts from the
/// start of the machine, for all its processes.
/// </summary>
internal static class Throughput<T>
{
    public static Figures Measure(Func<T> create, int count)
    {
        using var queue = new ProcessQueue<T>();
        using var go = new ProcessQueue<bool>();
        using var producer = ChildProcess.Run(Produce, queue, go, create, count);
        Consume(queue, count);
        var end = Stopwatch.GetTimestamp();
        var hot = Passes.Last(() =>
        {
            go.Put(true);
            Consume(queue, count);
        });
        go.Complete();
        return new(producer.Result.GetAwaiter().GetResult(), end, hot);
    }

    private static void Consume(ProcessQueue<T> queue, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _ = queue.Get();
        }
    }

    private static long Produce(ProcessQueue<T> queue, ProcessQueue<bool> go, Func<T> create, int count)
    {
        var begin = Stopwatch.GetTimestamp();
        var item = create();
        Pass(queue, item, count);
        foreach (var _ in go.ReadAll())
        {
            Pass(queue, item, count);
        }

        return begin;
    }

    private static void Pass(ProcessQueue<T> queue, T item, int count)
    {
        for (var i = 0; i < count; i++)
        {
            queue.Put(item);
        }
    }
}
