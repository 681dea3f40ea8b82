using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Waiting;

/// <summary>CPython's <c>TestWait</c>, by its meaning: queues that are completed stand for its one-way pipes that are closed.</summary>
public class CpythonWaitTests : ProcessTest
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // test_wait_slow
    public Task Test_wait(bool isSlow) => Watchdog.Run(() =>
    {
        List<ProcessQueue<(int, int)>> readers = [];
        List<ChildProcess> children = [];
        List<(int, int)> messages = [];
        for (var i = 0; i < 4; i++)
        {
            var queue = new ProcessQueue<(int, int)>();
            readers.Add(queue);
            children.Add(ChildProcess.Run(Send, queue, isSlow));
        }

        ProcessQueue<(int, int)>[] all = [.. readers];
        while (readers.Count > 0)
        {
            foreach (var ready in ProcessWait.Ready([.. readers], Long).Cast<ProcessQueue<(int, int)>>())
            {
                if (ready.TryGet(out var message))
                {
                    messages.Add(message);
                }
                else
                {
                    ready.IsCompleted.ShouldBeTrue(); // the EOFError of the original
                    readers.Remove(ready);
                }
            }
        }

        messages.Order().ShouldBe(Enumerable.Range(0, 10).SelectMany(i => children.Select(child => (i, child.Id))).Order());
        children.ForEach(static child => child.Dispose());
        Array.ForEach(all, static queue => queue.Dispose());

        static void Send(ProcessQueue<(int, int)> queue, bool isSlow)
        {
            for (var i = 0; i < 10; i++)
            {
                if (isSlow)
                {
                    Thread.Sleep(Random.Shared.Next(100));
                }

                queue.Put((i, Environment.ProcessId));
            }

            queue.Complete();
        }
    });

    [Fact]
    public Task Test_wait_timeout() => Watchdog.Run(() =>
    {
        using var a = new ProcessQueue<int>();
        using var b = new ProcessQueue<int>();
        var watch = Stopwatch.StartNew();
        ProcessWait.Ready([a, b], TimeSpan.FromSeconds(1)).ShouldBeEmpty();
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(0.99));
        a.Put(0);
        ProcessWait.Ready([a, b], Long).ShouldBe([a]);
    });

    [Fact]
    public Task Test_wait_integer() => Watchdog.Run(() =>
    {
        using var semaphore = new ProcessSemaphore(0);
        using var a = new ProcessQueue<int>();
        using var b = new ProcessQueue<int>();
        using var child = ChildProcess.Run(
            static (semaphore, milliseconds) =>
            {
                semaphore.Release();
                Thread.Sleep(milliseconds);
            },
            semaphore,
            1_000);
        semaphore.Wait(Long).ShouldBeTrue();
        var watch = Stopwatch.StartNew();
        ProcessWait.Ready([a, child, b], Long).ShouldBe([child]);
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(0.5));
        b.Put(0);
        ProcessWait.Ready([a, child, b], Long).ShouldBe([child, b]);
        a.Put(0);
        ProcessWait.Ready([a, child, b], Long).ShouldBe([a, child, b]);
    });

    [Fact]
    public Task Test_neg_timeout() => Watchdog.Run(() =>
    {
        using var a = new ProcessQueue<int>();
        ProcessWait.Ready([a], TimeSpan.FromSeconds(-1)).ShouldBeEmpty();
    });
}
