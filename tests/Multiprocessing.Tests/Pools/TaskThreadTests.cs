using System.Globalization;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>A worker gives each task a clean thread, as the thread pool does.</summary>
public class TaskThreadTests : ProcessTest
{
    private static readonly Dictionary<string, Func<ProcessPool<int>, string, Task>> Forms = new()
    {
        ["action"] = static (pool, name) => pool.RunAsync(static left => ThreadLeftovers.Leave(left), name),
        ["function"] = static (pool, name) => pool.RunAsync(
            static left =>
            {
                ThreadLeftovers.Leave(left);
                return 1;
            },
            name),
        ["failing"] = static async (pool, name) =>
        {
            var work = pool.RunAsync(
                static left =>
                {
                    ThreadLeftovers.Leave(left);
                    throw new InvalidOperationException("meant");
                },
                name);
            (await Should.ThrowAsync<InvalidOperationException>(() => work)).Message.ShouldBe("meant");
        },
        ["task without async"] = static (pool, name) => pool.RunAsync(
            static left =>
            {
                ThreadLeftovers.Leave(left);
                return Task.CompletedTask;
            },
            name),
        ["async"] = static (pool, name) => pool.RunAsync(
            static async left =>
            {
                ThreadLeftovers.Leave(left);
                await Task.CompletedTask;
            },
            name),
        ["state"] = static (pool, name) => pool.RunAsync(static (int state, string left) => ThreadLeftovers.Leave(left), name),
        ["map"] = static (pool, name) => pool.MapAsync([name], static left =>
        {
            ThreadLeftovers.Leave(left);
            return 1;
        }),
        ["outcomes"] = static (pool, name) => pool.MapOutcomesAsync([name], static left =>
        {
            ThreadLeftovers.Leave(left);
            return 1;
        }),
        ["stream"] = static async (pool, name) =>
        {
            await foreach (var one in pool.StreamAsync([name], static left =>
            {
                ThreadLeftovers.Leave(left);
                return 1;
            }))
            {
                one.ShouldBe(1);
            }
        },
        ["for each"] = static (pool, name) => pool.ForEachAsync([name], static left => ThreadLeftovers.Leave(left)),
    };

    [Fact]
    public Task Nothing_that_a_task_leaves_on_its_thread_is_there_for_the_next_one() => Watchdog.Run(
        async () =>
        {
            await using var pool = new ProcessPool<int>(static () => 7, new() { Workers = 1 });
            var before = await pool.RunAsync(ThreadLeftovers.Look);
            List<string> left = [];
            foreach (var (form, run) in Forms)
            {
                foreach (var name in ThreadLeftovers.Names)
                {
                    await run(pool, name);
                    if (await pool.RunAsync(ThreadLeftovers.Look) is var after && after != before)
                    {
                        left.Add($"{name} of {form}: {after}");
                    }
                }
            }

            left.ShouldBeEmpty(before);
            pool.ProcessIds.Count.ShouldBe(1);
            (Forms.Count * ThreadLeftovers.Names.Count).ShouldBe(140);
        },
        TimeSpan.FromMinutes(3));

    [Fact]
    public Task Nothing_that_an_item_leaves_is_there_for_the_next_item() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var clean = await pool.RunAsync(ThreadLeftovers.Look);
        var looks = await pool.MapAsync(
            ThreadLeftovers.Names,
            static name =>
            {
                var look = ThreadLeftovers.Look();
                ThreadLeftovers.Leave(name);
                return look;
            });
        looks.ShouldAllBe(look => look == clean);

        // Thousands of very short ones that share their notification.
        var cultures = await pool.MapAsync(Enumerable.Range(0, 20_000), static item =>
        {
            var seen = CultureInfo.CurrentCulture.NumberFormat.NumberDecimalSeparator;
            if (item % 3 == 0)
            {
                ThreadLeftovers.Leave("culture");
            }

            return seen;
        });
        cultures.ShouldAllBe(separator => separator == ".");

        // Their last one leaves something that only a thorough look finds.
        await pool.MapAsync(Enumerable.Range(0, 1_000), static item =>
        {
            if (item == 999)
            {
                ThreadLeftovers.Leave("interrupt");
            }

            return item;
        });
        (await pool.RunAsync(ThreadLeftovers.Look)).ShouldBe(clean);
        (await pool.MapAsync([1], static _ => ThreadLeftovers.Look())).ShouldBe([clean]);
    });

    [Fact]
    public Task What_the_initializer_sets_up_is_there_for_each_task() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1, Initializer = static () => ThreadLeftovers.Leave("culture") });
        for (var i = 0; i < 3; i++)
        {
            (await pool.RunAsync(static () => 1234.5.ToString("N1"))).ShouldBe("1.234,5");
            await pool.RunAsync(static () => CultureInfo.CurrentCulture = CultureInfo.InvariantCulture);
        }
    });

    [Fact]
    public Task An_interrupt_of_the_initializer_hits_no_task() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1, Initializer = static () => Thread.CurrentThread.Interrupt() });
        (await pool.RunAsync(ThreadLeftovers.Look)).ShouldEndWith("interrupted False");
    });

    [Fact]
    public Task What_belongs_to_the_process_stays_unless_each_task_has_a_worker_of_its_own() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        await pool.RunAsync(static () => Environment.SetEnvironmentVariable("MULTIPROCESSING_TEST_LEFT", "left"));
        (await pool.RunAsync(static () => Environment.GetEnvironmentVariable("MULTIPROCESSING_TEST_LEFT"))).ShouldBe("left");
        await using var fresh = new ProcessPool(new() { Workers = 1, MaxTasksPerWorker = 1 });
        await fresh.RunAsync(static () => Environment.SetEnvironmentVariable("MULTIPROCESSING_TEST_LEFT", "left"));
        (await fresh.RunAsync(static () => Environment.GetEnvironmentVariable("MULTIPROCESSING_TEST_LEFT"))).ShouldBeNull();
    });
}
