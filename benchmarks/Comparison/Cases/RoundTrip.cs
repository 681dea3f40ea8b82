using Multiprocessing;

namespace Comparison.Cases;

/// <summary>Sends an item to another process and back over two queues, one at a time: nanoseconds for both ways.</summary>
internal sealed class RoundTrip<T>(string name, string what, Func<T> create, int count, int pythonCount) : Case
{
    public override string Name => name;

    public Aim? Aim { private get; init; }

    public override IReadOnlyList<Figure> Figures => [new(what, Unit.Nanoseconds, Aim)];

    public override double[] Ours()
    {
        using var there = new ProcessQueue<T>();
        using var back = new ProcessQueue<T>();
        using var go = new ProcessQueue<bool>();
        using var echo = ChildProcess.Run(Echo, there, back, go, count);
        var item = create();
        var elapsed = Passes.Last(() =>
        {
            go.Put(true);
            Pass(there, back, item, count);
        });
        go.Complete();
        echo.Join();
        return [elapsed.TotalNanoseconds / count];
    }

    public override double[]? Python() => PythonRunner.Run("pingpong", 64, pythonCount);

    public override double[]? Limit() => CRunner.Run("pingpong", 64, count);

    private static void Pass(ProcessQueue<T> there, ProcessQueue<T> back, T item, int count)
    {
        for (var i = 0; i < count; i++)
        {
            there.Put(item);
            _ = back.Get();
        }
    }

    private static void Echo(ProcessQueue<T> there, ProcessQueue<T> back, ProcessQueue<bool> go, int count)
    {
        foreach (var _ in go.ReadAll())
        {
            EchoPass(there, back, count);
        }
    }

    private static void EchoPass(ProcessQueue<T> there, ProcessQueue<T> back, int count)
    {
        for (var i = 0; i < count; i++)
        {
            back.Put(there.Get());
        }
    }
}
