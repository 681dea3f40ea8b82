using System.Diagnostics;
using Multiprocessing;

namespace Cold;

/// <summary>An item to another process and back, one at a time. The clock starts when the first line of the other process's body runs.</summary>
internal static class RoundTrip<T>
{
    public static Figures Measure(Func<T> create, int count)
    {
        using var there = new ProcessQueue<T>();
        using var back = new ProcessQueue<T>();
        using var go = new ProcessQueue<bool>();
        using var echo = ChildProcess.Run(Echo, there, back, go, count);
        var item = create();
        Pass(there, back, item, count);
        var end = Stopwatch.GetTimestamp();
        var hot = Passes.Last(() =>
        {
            go.Put(true);
            Pass(there, back, item, count);
        });
        go.Complete();
        return new(echo.Result.GetAwaiter().GetResult(), end, hot);
    }

    private static void Pass(ProcessQueue<T> there, ProcessQueue<T> back, T item, int count)
    {
        for (var i = 0; i < count; i++)
        {
            there.Put(item);
            _ = back.Get();
        }
    }

    private static long Echo(ProcessQueue<T> there, ProcessQueue<T> back, ProcessQueue<bool> go, int count)
    {
        var begin = Stopwatch.GetTimestamp();
        EchoPass(there, back, count);
        foreach (var _ in go.ReadAll())
        {
            EchoPass(there, back, count);
        }

        return begin;
    }

    private static void EchoPass(ProcessQueue<T> there, ProcessQueue<T> back, int count)
    {
        for (var i = 0; i < count; i++)
        {
            back.Put(there.Get());
        }
    }
}
