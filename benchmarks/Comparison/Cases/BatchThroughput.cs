using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// 64-byte structs, 256 with each PutMany and GetMany: nanoseconds per struct. CPython has no such calls; it puts lists of 256 bytes objects.
/// </summary>
internal sealed class BatchThroughput(int count, int pythonCount) : Case
{
    private const int Batch = 256;

    public override string Name => "batch-throughput";

    public override IReadOnlyList<Figure> Figures => [new($"64-byte struct in batches of {Batch}, throughput", Unit.Nanoseconds)];

    public override double[] Ours()
    {
        var batches = count / Batch;
        using var queue = new ProcessQueue<Cell>();
        using var go = new ProcessQueue<bool>();
        using var producer = ChildProcess.Run(Produce, queue, go, batches);
        var elapsed = Passes.Last(() =>
        {
            go.Put(true);
            Consume(queue, batches * Batch);
        });
        go.Complete();
        producer.Join();
        return [elapsed.TotalNanoseconds / (batches * Batch)];
    }

    public override double[]? Python() => PythonRunner.Run("throughput", 64, 0, pythonCount, Batch);

    private static void Consume(ProcessQueue<Cell> queue, int count)
    {
        for (var left = count; left > 0;)
        {
            left -= queue.GetMany(Math.Min(Batch, left)).Length;
        }
    }

    private static void Produce(ProcessQueue<Cell> queue, ProcessQueue<bool> go, int batches)
    {
        var items = new Cell[Batch];
        foreach (var _ in go.ReadAll())
        {
            for (var i = 0; i < batches; i++)
            {
                queue.PutMany(items.AsSpan());
            }
        }
    }
}
