using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Segments;

/// <summary>
/// Producers and consumers of buffers are killed at random moments and replaced. No buffer has another content than its producer put, and memory stays
/// only where a kill hit a handle between its sender and its receiver: at most one buffer for each kill.
/// </summary>
[Collection(ProcessCollection.Name)]
public sealed class SharedBufferTortureTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    [Fact]
    public Task Kills_at_random_moments_mix_up_no_memory_and_leave_little() => Watchdog.Run(() =>
    {
        SharedMemoryPool.Shared.Trim(); // of what a test of another class has left in it
        var before = Buffers();
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var kills = 0;
        using (var queue = new ProcessQueue<SharedBuffer<long>>(16))
        using (var received = new SharedValue<long>())
        using (var torn = new SharedValue<long>())
        {
            var children = new ChildProcess[4];
            for (var i = 0; i < children.Length; i++)
            {
                children[i] = Start(i, queue, received, torn);
            }

            var watch = Stopwatch.StartNew();
            while (watch.Elapsed < Duration)
            {
                Thread.Sleep(random.Next(40));
                var index = random.Next(children.Length);
                children[index].Kill();
                children[index].Join();
                children[index].ExitStatus!.Signal.ShouldBe(Posix.SigKill, $"a child ended by itself: {children[index].ExitStatus}; seed {seed}");
                children[index].Dispose();
                kills++;
                children[index] = Start(index, queue, received, torn);
            }

            var last = received.Value;
            Eventually.Is(() => received.Value > last, $"buffers arrive after {kills} kills (seed {seed})", TimeSpan.FromSeconds(60));
            foreach (var child in children)
            {
                child.Kill();
                child.Join();
                child.Dispose();
                kills++;
            }

            torn.Value.ShouldBe(0, $"seed {seed}");
        }

        SharedMemoryPool.Shared.Trim();
        (Buffers() - before).ShouldBeInRange(0, kills, $"seed {seed}");
    }, TimeSpan.FromMinutes(3));

    private static ChildProcess Start(int index, ProcessQueue<SharedBuffer<long>> queue, SharedValue<long> received, SharedValue<long> torn) =>
        index % 2 == 0 ? ChildProcess.Run(Produce, queue) : ChildProcess.Run(Consume, queue, received, torn);

    private static void Produce(ProcessQueue<SharedBuffer<long>> queue)
    {
        for (var number = (long)Environment.ProcessId << 32; ; number++)
        {
            using var buffer = SharedMemoryPool.Shared.Rent<long>(1000 + (int)(number % 7 * 1000));
            buffer.Span.Fill(number);
            queue.Put(buffer);
        }
    }

    private static void Consume(ProcessQueue<SharedBuffer<long>> queue, SharedValue<long> received, SharedValue<long> torn)
    {
        while (true)
        {
            using var buffer = queue.Get();
            var first = buffer.Span[0];
            if (buffer.Span.IndexOfAnyExcept(first) >= 0 || buffer.Length != 1000 + (first % 7 * 1000))
            {
                torn.Increment();
            }

            received.Increment();
        }
    }

    private static int Buffers() => Session.Current.Segments.CountLive(SegmentKind.Buffer);
}
