using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// One process sends messages of bytes through a one-way pipe, and this one receives each into the same array: nanoseconds from the start signal to
/// the last message, divided by the number of messages.
/// </summary>
internal sealed class PipeThroughput(string name, string what, int size, int count, int pythonCount) : Case
{
    // The ring of the limit is as large as the library's ring can become.
    private const int RingBytes = 4 << 20;

    public override string Name => name;

    public override IReadOnlyList<Figure> Figures => [new(what, Unit.Nanoseconds, new(TimesPython: 10))];

    public override double[] Ours()
    {
        var (receiver, sender) = ProcessPipe.CreateOneWay();
        using var go = new ProcessQueue<bool>();
        using (receiver)
        using (sender)
        {
            using var producer = ChildProcess.Run(Produce, sender, go, size, count);
            var buffer = new byte[size];
            var elapsed = Passes.Last(() =>
            {
                go.Put(true);
                for (var i = 0; i < count; i++)
                {
                    _ = receiver.ReceiveBytesInto(buffer);
                }
            });
            go.Complete();
            producer.Join();
            return [elapsed.TotalNanoseconds / count];
        }
    }

    public override double[]? Python() => PythonRunner.Run("pipe", "throughput", size, pythonCount);

    public override double[]? Limit() => CRunner.Run("throughput", size, RingBytes / size, count);

    private static void Produce(Connection sender, ProcessQueue<bool> go, int size, int count)
    {
        var buffer = new byte[size];
        foreach (var _ in go.ReadAll())
        {
            for (var i = 0; i < count; i++)
            {
                sender.SendBytes(buffer);
            }
        }
    }
}
