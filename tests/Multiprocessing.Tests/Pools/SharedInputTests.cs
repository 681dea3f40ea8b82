using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>A value that is shared with a pool crosses once to each worker, and its memory is freed with its last user.</summary>
public sealed class SharedInputTests : ProcessTest
{
    private static readonly List<object> Seen = [];

    private int _before;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync(); // not earlier: it gives back what was kept for the tests before
        _before = Session.Current.Segments.CountLive(SegmentKind.Buffer);
    }

    [Fact]
    public Task Each_worker_rebuilds_it_once() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 2 });
        using var words = pool.Share(Enumerable.Range(0, 10_000).ToDictionary(static i => $"word {i}", static i => i));
        var results = await pool.MapAsync(
            Enumerable.Range(0, 200),
            i =>
            {
                if (!Seen.Any(seen => ReferenceEquals(seen, words.Value)))
                {
                    Seen.Add(words.Value);
                }

                return (Found: words.Value[$"word {i}"], Copies: Seen.Count, Environment.ProcessId);
            });
        results.Select(static result => result.Found).ShouldBe(Enumerable.Range(0, 200));
        results.ShouldAllBe(static result => result.Copies == 1);
        for (var i = 0; i < 20; i++)
        {
            (await pool.RunAsync(
                static input =>
                {
                    return Seen.Count(seen => ReferenceEquals(seen, input.Value)) <= 1 ? input.Value.Count : -1;
                },
                words)).ShouldBe(10_000);
        }

        words.Value.Count.ShouldBe(10_000);
        Buffers().ShouldBe(1);
    });

    [Fact]
    public Task A_shared_buffer_is_read_in_place() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        using var numbers = new SharedBuffer<double>(100_000);
        using var input = pool.Share(numbers);
        numbers.Span[99_999] = 1;
        (await pool.RunAsync(static shared => shared.Value.Span[^1], input)).ShouldBe(1);
        numbers.Span[99_999] = 2;
        (await pool.RunAsync(static shared => shared.Value.Span[^1], input)).ShouldBe(2);
    });

    [Fact]
    public Task A_replaced_worker_gets_it_too() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        using var input = pool.Share(new int[100_000]);
        (await pool.RunAsync(static shared => shared.Value.Length, input)).ShouldBe(100_000);
        await Should.ThrowAsync<WorkerDiedException>(() => pool.RunAsync(
            static shared =>
            {
                GC.KeepAlive(shared.Value);
                Posix.Signal(Environment.ProcessId, Posix.SigKill);
            },
            input));
        (await pool.RunAsync(static shared => shared.Value.Length, input)).ShouldBe(100_000);
        input.Dispose();
        Eventually.Is(() => Buffers() == 0, "the memory is freed");
    });

    [Fact]
    public Task Two_pools_use_one_input_and_one_may_end() => Watchdog.Run(async () =>
    {
        await using var second = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        SharedInput<string[]> input;
        await using (var first = new ProcessPool(new ProcessPoolOptions { Workers = 1 }))
        {
            input = first.Share<string[]>(["one", "two"]);
            (await first.RunAsync(static shared => shared.Value[0], input)).ShouldBe("one");
            (await second.RunAsync(static shared => shared.Value[1], input)).ShouldBe("two");
        }

        (await second.RunAsync(static shared => shared.Value[0], input)).ShouldBe("one");
        input.Dispose();
        input.Dispose();
        Should.Throw<ObjectDisposedException>(() => input.Value);
        await Should.ThrowAsync<ObjectDisposedException>(() => second.RunAsync(static shared => shared.Value[0], input));
        Eventually.Is(() => Buffers() == 0, "the memory is freed");
    });

    [Fact]
    public Task Tasks_that_were_submitted_before_the_dispose_still_get_it() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        using var go = new ProcessEvent();
        var blocked = pool.RunAsync(static e => e.Wait(), go);
        var input = pool.Share(new long[50_000]);
        var waiting = pool.RunAsync(static shared => shared.Value.Length, input);
        input.Dispose();
        go.Set();
        await blocked;
        (await waiting).ShouldBe(50_000);
        Eventually.Is(() => Buffers() == 0, "the memory is freed");
    });

    [Fact]
    public Task A_worker_forgets_its_copy_when_the_input_is_disposed() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        using (var input = pool.Share(new byte[1000]))
        {
            (await pool.RunAsync(static shared => { _ = shared.Value; return SharedInputs.Count; }, input)).ShouldBe(1);
        }

        var count = 1;
        for (var i = 0; i < 1000 && count > 0; i++)
        {
            await Task.Delay(50);
            count = await pool.RunAsync(static () => SharedInputs.Count);
        }

        count.ShouldBe(0);
    });

    [Fact]
    public Task It_crosses_through_a_queue_to_a_child_and_on() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        using var queue = new ProcessQueue<SharedInput<int[]>>();
        using var input = pool.Share<int[]>([1, 2, 3]);
        queue.Put(input);
        ChildProcess.Run(() =>
        {
            using var received = queue.Get();
            queue.Put(received);
            return received.Value.Sum();
        }).Take().ShouldBe(6);
        using var back = queue.Get();
        back.Value.ShouldBeSameAs(input.Value);
    });

    [Fact]
    public Task A_value_that_cannot_cross_is_refused_at_once() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        Should.Throw<NotSerializableException>(() => pool.Share(new Dictionary<string, Thread> { ["a"] = Thread.CurrentThread }));
        Buffers().ShouldBe(0);
        pool.Dispose();
        Should.Throw<ObjectDisposedException>(() => pool.Share(1));
    });

    private int Buffers() => Session.Current.Segments.CountLive(SegmentKind.Buffer) - _before;
}
