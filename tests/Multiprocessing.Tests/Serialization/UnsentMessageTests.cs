using System.Buffers;
using System.Net.Sockets;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Serialization;

/// <summary>A message that is not sent leaves nothing in flight, wherever the sending fails.</summary>
public sealed class UnsentMessageTests : ProcessTest
{
    [ProcessSerializer(typeof(Serializer))]
    public sealed class Unwritable
    {
        public sealed class Serializer : IProcessSerializer<Unwritable>
        {
            public void Write(Unwritable value, IBufferWriter<byte> output) => throw new FormatException("cannot be written");

            public Unwritable Read(ReadOnlySpan<byte> data) => new();
        }
    }

    /// <summary>What keeps the queue's segment: messages in flight, bodies and wrappers of this process.</summary>
    private static (int InTransit, int InBodies, int References) Counts(ProcessQueue<int> queue) =>
        (queue.Core.Session.Segments.InFlightOf(queue.Core.Segment.Id), queue.Core.InBodies, queue.Core.References);

    /// <summary>Sends fail, one after the other, and after each the counts are what they were; at the end the queue's segment is freed with its last wrapper.</summary>
    private static async Task NothingStays(Func<ProcessQueue<int>, IEnumerable<(string Name, Func<Task> Send)>> failures, ProcessPool? pool = null)
    {
        var carried = new ProcessQueue<int>();
        var before = Counts(carried);
        foreach (var (name, send) in failures(carried))
        {
            var error = await Record.ExceptionAsync(send);
            error.ShouldNotBeNull(name);
            Eventually.Is(() => Counts(carried) == before, $"nothing is in flight after {name}, which threw {error.Message}");
        }

        if (pool is not null)
        {
            await pool.DisposeAsync(); // its workers hold what they have read
        }

        var (segments, id) = (carried.Core.Session.Segments, carried.Core.Segment.Id);
        carried.Dispose();
        Eventually.Is(() => !segments.IsCurrent(id), "the segment is freed, when the processes that held it have ended");
    }

    [Fact]
    public Task A_put_that_fails() => Watchdog.Run(async () =>
    {
        using var full = new ProcessQueue<object>(1);
        full.Put("the only place");
        using var narrow = new ProcessQueue<object>(new ProcessQueueOptions { MaxBytes = 64 });
        narrow.Put(new byte[64]);
        using var completed = new ProcessQueue<object>();
        completed.Complete();
        var disposed = new ProcessQueue<object>();
        disposed.Dispose();
        using var free = new ProcessQueue<object>();
        var shortly = TimeSpan.FromMilliseconds(20);
        await NothingStays(carried => new (string, Func<Task>)[]
        {
            ("a full queue", Sync(() => full.PutNoWait(carried))),
            ("a queue whose bytes are used up", Sync(() => narrow.PutNoWait(carried))),
            ("a time-out", Sync(() => full.Put(carried, shortly))),
            ("a cancelled token", Sync(() => full.Put(carried, new CancellationToken(true)))),
            ("a token that is cancelled meanwhile", Sync(() => full.Put(carried, After(shortly)))),
            ("an asynchronous time-out", async () => await full.PutAsync(carried, shortly)),
            ("an asynchronous cancellation", async () => await full.PutAsync(carried, After(shortly))),
            ("an asynchronous put with a cancelled token", async () => await full.PutAsync(carried, new CancellationToken(true))),
            ("a completed queue", Sync(() => completed.Put(carried))),
            ("a completed queue, asynchronously", async () => await completed.PutAsync(carried)),
            ("a disposed queue", Sync(() => disposed.Put(carried))),
            ("a disposed queue, asynchronously", async () => await disposed.PutAsync(carried)),
            ("a refusal half way", Sync(() => free.Put(Refused(carried)))),
            ("a refusal half way, asynchronously", async () => await free.PutAsync(Refused(carried))),
            ("a serializer that throws half way", Sync(() => free.Put(new object[] { carried, new Unwritable() }))),
            ("a batch of which none fits", Sync(() => full.PutMany([carried, carried], shortly))),
            ("a batch whose first item is refused", Sync(() => free.PutMany([Refused(carried), carried]))),
        });
        free.Count.ShouldBe(0);
    });

    [Fact]
    public Task A_put_that_is_waiting_when_the_queue_is_completed_or_disposed() => Watchdog.Run(() => NothingStays(carried => new (string, Func<Task>)[]
    {
        ("completed", () => Interrupted(carried, isAsync: false, static queue => queue.Complete())),
        ("completed, asynchronously", () => Interrupted(carried, isAsync: true, static queue => queue.Complete())),
        ("disposed", () => Interrupted(carried, isAsync: false, static queue => queue.Dispose())),
        ("disposed, asynchronously", () => Interrupted(carried, isAsync: true, static queue => queue.Dispose())),
    }));

    [Fact]
    public void Of_a_batch_those_that_were_put_stay_in_flight()
    {
        using var carried = new ProcessQueue<int>();
        using var two = new ProcessQueue<ProcessQueue<int>>(2);
        var before = Counts(carried);
        Should.Throw<QueueFullException>(() => two.PutMany([carried, carried, carried, carried], TimeSpan.FromMilliseconds(20))).ItemsPut.ShouldBe(2);
        Counts(carried).InTransit.ShouldBe(before.InTransit + 2);
        two.GetNoWait().Dispose();
        two.GetNoWait().Dispose();
        Counts(carried).ShouldBe(before);
    }

    [Fact]
    public Task A_task_or_a_process_that_is_refused() => Watchdog.Run(async () =>
    {
        var ended = new ProcessPool(new() { Workers = 1 });
        await ended.DisposeAsync();
        var pool = new ProcessPool(new() { Workers = 1 });
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await NothingStays(carried => new (string, Func<Task>)[]
        {
            ("an argument that cannot cross", () => pool.RunAsync(static (object[] values) => values.Length, Refused(carried))),
            ("an argument whose serializer throws", () => pool.RunAsync(static (object[] values) => values.Length, new object[] { carried, new Unwritable() })),
            ("an item that cannot cross", () => pool.MapAsync(new[] { Refused(carried), Refused(carried) }, static (object[] values) => values.Length)),
            ("a body that cannot cross", () => Body(pool, carried)),
            ("a cancelled task", () => pool.RunAsync(static (ProcessQueue<int> queue) => queue.Count, carried, cancellationToken: cancelled.Token)),
            ("a disposed pool", () => ended.RunAsync(static (ProcessQueue<int> queue) => queue.Count, carried)),
            ("a result that cannot cross", () => pool.RunAsync(static (ProcessQueue<int> queue) => Refused(queue), carried)),
            ("a result whose serializer throws", () => pool.RunAsync(static (ProcessQueue<int> queue) => new object[] { queue, new Unwritable() }, carried)),
            ("a child's argument that cannot cross", Sync(() => ChildProcess.Run(static (object[] values) => values.Length, Refused(carried)))),
            ("a child's result that cannot cross", async () =>
            {
                using var child = ChildProcess.Run(static (ProcessQueue<int> queue) => Refused(queue), carried);
                await child.Result;
            }),
            ("the initializer of a pool that cannot cross", Sync(() => Initialized(carried))),
            ("the action of a barrier that cannot cross", Sync(() => Barrier(carried))),
        }, pool);
    });

    private static object[] Refused(ProcessQueue<int> carried) => [carried, new Socket(SocketType.Stream, ProtocolType.Tcp)];

    private static Task Body(ProcessPool pool, ProcessQueue<int> carried)
    {
        var values = Refused(carried);
        return pool.MapAsync(new[] { 1, 2 }, value => value + values.Length);
    }

    private static void Initialized(ProcessQueue<int> carried)
    {
        var values = Refused(carried);
        _ = new ProcessPool(new() { Initializer = () => _ = values.Length });
    }

    private static void Barrier(ProcessQueue<int> carried)
    {
        var values = Refused(carried);
        _ = new ProcessBarrier(1, _ => _ = values.Length);
    }

    private static async Task Interrupted(ProcessQueue<int> carried, bool isAsync, Action<ProcessQueue<object>> interrupt)
    {
        using var full = new ProcessQueue<object>(1);
        full.Put("the only place");
        var put = isAsync ? Task.Run(async () => await full.PutAsync(carried)) : Task.Run(() => full.Put(carried));
        await Task.Delay(50);
        interrupt(full);
        await put;
    }

    private static CancellationToken After(TimeSpan time) => new CancellationTokenSource(time).Token;

    private static Func<Task> Sync(Action send) => () =>
    {
        send();
        return Task.CompletedTask;
    };
}
