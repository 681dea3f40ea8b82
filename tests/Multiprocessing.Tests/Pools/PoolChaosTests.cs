using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class PoolChaosTests : ProcessTest
{
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("MULTIPROCESSING_CHAOS_ROUNDS") ?? "1");
    private static readonly int StreamItems = int.Parse(Environment.GetEnvironmentVariable("MULTIPROCESSING_STREAM_ITEMS") ?? "500000");

    [Fact]
    public Task Five_thousand_tasks_are_complete_while_workers_are_killed_every_50_ms() => Watchdog.Run(
        async () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                await using var pool = new ProcessPool(new() { Workers = 4, MaxAttempts = 100 });
                using var killing = new CancellationTokenSource(TimeSpan.FromSeconds(5));
                var random = new Random(round);
                var killed = 0;
                var killer = Task.Run(async () =>
                {
                    while (!killing.IsCancellationRequested || killed == 0)
                    {
                        await Task.Delay(50, CancellationToken.None);
                        if (pool.ProcessIds is [_, ..] processes)
                        {
                            Posix.Signal(processes[random.Next(processes.Count)], Posix.SigKill);
                            killed++;
                        }
                    }
                });
                var results = await pool.MapAsync(Enumerable.Range(0, 5000), item =>
                {
                    Thread.Sleep(5);
                    return item * 7;
                });
                await killing.CancelAsync();
                await killer;
                results.ShouldBe(Enumerable.Range(0, 5000).Select(item => item * 7));
                killed.ShouldBeGreaterThan(0);
            }
        },
        TimeSpan.FromSeconds(120 + (60 * Rounds)));

    [Fact]
    public Task The_parent_s_memory_stays_flat_on_a_long_stream() => Watchdog.Run(
        async () =>
        {
            await using var pool = new ProcessPool(new() { Workers = 2 });
            long sum = 0;
            long afterWarmUp = 0;
            var count = 0;
            await foreach (var result in pool.StreamAsync(Enumerable.Range(0, StreamItems), item => item & 0xff))
            {
                sum += result;
                if (++count == StreamItems / 10)
                {
                    afterWarmUp = GC.GetTotalMemory(forceFullCollection: true);
                }
            }

            count.ShouldBe(StreamItems);
            sum.ShouldBe(Enumerable.Range(0, StreamItems).Sum(item => (long)(item & 0xff)));
            (GC.GetTotalMemory(forceFullCollection: true) - afterWarmUp).ShouldBeLessThan(16L << 20);
        },
        TimeSpan.FromMinutes(10));
}
