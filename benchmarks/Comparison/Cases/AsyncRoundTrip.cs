using Multiprocessing;

namespace Comparison.Cases;

/// <summary>
/// Sends a 64-byte struct to another process and back, while both sides await PutAsync and GetAsync: nanoseconds for both ways. CPython's queues
/// cannot be awaited; the table shows its blocking round trip.
/// </summary>
internal sealed class AsyncRoundTrip(int count, int pythonCount) : Case
{
    public override string Name => "async-roundtrip";

    public override IReadOnlyList<Figure> Figures => [new("64-byte struct, awaited round trip", Unit.Nanoseconds, new(Most: 15_000))];

    public override double[] Ours()
    {
        using var there = new ProcessQueue<Cell>();
        using var back = new ProcessQueue<Cell>();
        using var go = new ProcessQueue<bool>();
        using var echo = ChildProcess.Run(EchoAsync, there, back, go, count);
        var elapsed = Passes.Last(() =>
        {
            go.Put(true);
            PassAsync(there, back, count).GetAwaiter().GetResult();
        });
        go.Complete();
        echo.Join();
        return [elapsed.TotalNanoseconds / count];
    }

    public override double[]? Python() => PythonRunner.Run("pingpong", 64, pythonCount);

    private static async Task PassAsync(ProcessQueue<Cell> there, ProcessQueue<Cell> back, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await there.PutAsync(default);
            _ = await back.GetAsync();
        }
    }

    private static async Task EchoAsync(ProcessQueue<Cell> there, ProcessQueue<Cell> back, ProcessQueue<bool> go, int count)
    {
        await foreach (var _ in go.ReadAllAsync())
        {
            for (var i = 0; i < count; i++)
            {
                await back.PutAsync(await there.GetAsync());
            }
        }
    }
}
