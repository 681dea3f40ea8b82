using System.Runtime.CompilerServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>A pool that the program does not refer to any more: its work ends first, then its workers go.</summary>
public class ForgottenPoolTests : ProcessTest
{
    private static readonly Dictionary<string, Func<Task>> Forms = new()
    {
        ["run"] = static async () => (await New().RunAsync(static () => Slow(1))).ShouldBe(1),
        ["run with one place"] = static async () =>
        {
            var both = Two(new ProcessPool(new() { Workers = 1, MaxPending = 1 }));
            (await both).ShouldBe([1, 2]);

            static Task<int[]> Two(ProcessPool pool) => Task.WhenAll(pool.RunAsync(static () => Slow(1)), pool.RunAsync(static () => Slow(2)));
        },
        ["async body"] = static async () => (await New().RunAsync(static async () =>
        {
            await Task.Delay(700);
            return 1;
        })).ShouldBe(1),
        ["map"] = static async () => (await New().MapAsync([1, 2], static item => Slow(item))).ShouldBe([1, 2]),
        ["outcomes"] = static async () => (await New().MapOutcomesAsync([1, 2], static item => Slow(item))).Length.ShouldBe(2),
        ["map of a lazy source"] = static async () => (await New().MapAsync(Lazy(), static item => item)).ShouldBe([1, 2, 3]),
        ["for each"] = static () => New().ForEachAsync([1, 2], static item => _ = Slow(item)),
        ["stream"] = static async () =>
        {
            var results = new List<int>();
            await foreach (var result in New().StreamAsync([1, 2, 3], static item => Slow(item)))
            {
                results.Add(result);
                await Task.Delay(200);
            }

            results.ShouldBe([1, 2, 3]);
        },
        ["stream of a lazy source"] = static async () =>
        {
            var results = new List<int>();
            await foreach (var result in New().StreamAsync(Lazy(), static item => item))
            {
                results.Add(result);
            }

            results.ShouldBe([1, 2, 3]);
        },
        ["stream of an asynchronous source"] = static async () =>
        {
            var results = new List<int>();
            await foreach (var result in New().StreamOutcomesAsync(LazyAsync(), static item => item, new() { Ordered = false }))
            {
                results.Add(result.Result);
            }

            results.Order().ShouldBe([1, 2, 3]);
        },
        ["resize"] = static async () => await New().ResizeAsync(2),
        ["warm-up"] = static async () => await New().WarmUpAsync(),
        ["shutdown"] = static async () => await New().ShutdownAsync(),
        ["child"] = static async () => (await ChildProcess.Run(static () => Slow(1)).Result).ShouldBe(1),
    };

    public static TheoryData<string> FormNames => [.. Forms.Keys];

    [Theory]
    [MemberData(nameof(FormNames))]
    public Task Unfinished_work_keeps_its_pool(string form) => Watchdog.Run(async () =>
    {
        var work = Task.Run(Forms[form]);
        while (!work.IsCompleted)
        {
            Collect();
            await Task.WhenAny(work, Task.Delay(20));
        }

        await work;
        await LeaveTheLibrarysStack();
        Eventually.Is(HaveAllGone, "the workers are gone");
    });

    [Fact]
    public Task A_pool_that_has_done_its_work_goes_with_its_workers() => Watchdog.Run(async () =>
    {
        var ids = await Use();
        ids.ShouldNotBeEmpty();
        await LeaveTheLibrarysStack();
        Eventually.Is(HaveAllGone, "the workers are gone");
        ids.ShouldAllBe(id => ProcessEntry.IsGone(id));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static async Task<IReadOnlyList<int>> Use()
        {
            var pool = new ProcessPool(new() { Workers = 2 });
            await pool.MapAsync([1, 2, 3], static item => item);
            using var source = new CancellationTokenSource();
            await pool.RunAsync(static () => 1, cancellationToken: source.Token);
            return pool.ProcessIds;
        }
    });

    /// <summary>A debug build keeps the variables of a frame until it returns, and work is continued on the frames that completed it.</summary>
    private static YieldAwaitable LeaveTheLibrarysStack() => Task.Yield();

    private static bool HaveAllGone()
    {
        Collect();
        return ChildProcess.Active.Count == 0;
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static ProcessPool New() => new(new() { Workers = 1 });

    private static int Slow(int item)
    {
        Thread.Sleep(700);
        return item;
    }

    private static IEnumerable<int> Lazy()
    {
        for (var i = 1; i <= 3; i++)
        {
            Thread.Sleep(300);
            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> LazyAsync()
    {
        for (var i = 1; i <= 3; i++)
        {
            await Task.Delay(300);
            yield return i;
        }
    }
}
