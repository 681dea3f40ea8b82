using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// Sends shared memory through a queue to another process, which changes a byte of it, and back through another queue: nothing is copied, whatever
/// the size.
/// </summary>
internal sealed class HandOver(int size, int count, int pythonCount) : Case
{
    public override string Name => "hand-over";

    public override IReadOnlyList<Figure> Figures =>
        [new($"{size >> 20} MiB of shared memory, to another process and back", Unit.Nanoseconds, new(Most: 60_000_000, TimesPython: 1))];

    public override double[] Ours()
    {
        using var array = new SharedArray<float>(size / sizeof(float));
        using var there = new ProcessQueue<SharedArray<float>>();
        using var back = new ProcessQueue<SharedArray<float>>();
        using var other = ChildProcess.Run(Return, there, back);
        var elapsed = Passes.Last(() =>
        {
            for (var i = 0; i < count; i++)
            {
                there.Put(array);
                back.Get().Dispose();
            }
        });
        there.Complete();
        other.Join();
        return [elapsed.TotalNanoseconds / count];
    }

    public override double[]? Python() => PythonRunner.Run("hand_over", size, pythonCount);

    private static void Return(ProcessQueue<SharedArray<float>> there, ProcessQueue<SharedArray<float>> back)
    {
        foreach (var array in there.ReadAll())
        {
            using (array)
            {
                array[^1]++;
                back.Put(array);
            }
        }
    }
}
