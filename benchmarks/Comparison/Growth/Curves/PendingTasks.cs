using Comparison.Drawing;
using Multiprocessing;

namespace Comparison.Growth.Curves;

/// <summary>Tasks that wait for a worker: the memory of each.</summary>
internal sealed class PendingTasks(bool quick) : Curve
{
    // At its kilobyte and more for each task, the next step would need most of the machine's memory.
    private const int MostOfPython = 1_000_000;

    public override string Name => "pending-tasks";

    public override string What => "Memory of a task that waits";

    public override string How =>
        "While the only worker of a pool is busy, so many tasks that add 1 to a number are handed to the pool, each with a `Task` for its result: growth of the resident memory of a new program, for each task. Then all run, and their results are checked. "
        + "With few tasks the figure is that of the pages and the code that the first ones need. CPython: `Pool.apply_async`. Threads: tasks of a scheduler that runs one at a time.";

    public override string Grows => "tasks that wait";

    public override Unit Unit => Unit.Bytes;

    public override IReadOnlyList<long> Places =>
        quick ? [1, 100, 1000, 10_000, 100_000] : [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];

    public override IReadOnlyList<Contender> Contenders =>
    [
        new("this library", Svg.Ours, static count => InNewProcess(Ours, count)),
        new("CPython, Pool", Svg.Python, static count => PythonRunner.Run("growth", "pending", count)?[0], MostOfPython),
        new("threads, Task", Svg.Limit, static count => InNewProcess(Threads, count)),
    ];

    private static double InNewProcess(Func<int, Task<double>> measure, long count)
    {
        using var child = ChildProcess.Run(measure, (int)count);
        return child.Result.GetAwaiter().GetResult();
    }

    private static async Task<double> Ours(int count)
    {
        using var release = new ProcessEvent(EventResetMode.ManualReset);
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        _ = await pool.RunAsync(PlusOne, 0).ConfigureAwait(false);
        var busy = pool.RunAsync(static release => { _ = release.Wait(TimeSpan.FromMinutes(10)); }, release);
        return await GrowthAsync(
            count,
            number => pool.RunAsync(PlusOne, number),
            () =>
            {
                release.Set();
                return busy;
            }).ConfigureAwait(false);
    }

    private static async Task<double> Threads(int count)
    {
        using var release = new ManualResetEventSlim();
        var factory = new TaskFactory(new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, 1).ConcurrentScheduler);
        _ = await factory.StartNew(static number => PlusOne((int)number!), 0).ConfigureAwait(false);
        var busy = factory.StartNew(() => { _ = release.Wait(TimeSpan.FromMinutes(10)); });
        return await GrowthAsync(
            count,
            number => factory.StartNew(static number => PlusOne((int)number!), number),
            () =>
            {
                release.Set();
                return busy;
            }).ConfigureAwait(false);
    }

    private static async Task<double> GrowthAsync(int count, Func<int, Task<int>> submit, Func<Task> release)
    {
        var tasks = new Task<int>[count];
        var before = ResidentBytes();
        for (var i = 0; i < count; i++)
        {
            tasks[i] = submit(i);
        }

        var growth = ResidentBytes() - before;
        await release().ConfigureAwait(false);
        for (var i = 0; i < count; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(await tasks[i].ConfigureAwait(false), i + 1);
        }

        return (double)growth / count;
    }

    // Without what is garbage.
    private static long ResidentBytes()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet;
    }

    private static int PlusOne(int number) => number + 1;
}
