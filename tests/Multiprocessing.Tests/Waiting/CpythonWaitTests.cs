using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Waiting;

/// <summary>CPython's <c>TestWait</c>, by its meaning.</summary>
public class CpythonWaitTests : ProcessTest
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // test_wait_slow
    public Task Test_wait(bool isSlow) => Watchdog.Run(() =>
    {
        List<Connection> readers = [];
        List<ChildProcess> children = [];
        List<(int, int)> messages = [];
        for (var i = 0; i < 4; i++)
        {
            var (receiver, sender) = ProcessPipe.CreateOneWay();
            readers.Add(receiver);
            children.Add(ChildProcess.Run(Send, sender, isSlow));
            sender.Dispose();
        }

        while (readers.Count > 0)
        {
            foreach (var ready in ProcessWait.Ready([.. readers], Long).Cast<Connection>())
            {
                try
                {
                    messages.Add(ready.Receive<(int, int)>());
                }
                catch (ConnectionClosedException)
                {
                    readers.Remove(ready);
                    ready.Dispose();
                }
            }
        }

        messages.Order().ShouldBe(Enumerable.Range(0, 10).SelectMany(i => children.Select(child => (i, child.Id))).Order());
        children.ForEach(static child => child.Dispose());

        static void Send(Connection sender, bool isSlow)
        {
            for (var i = 0; i < 10; i++)
            {
                if (isSlow)
                {
                    Thread.Sleep(Random.Shared.Next(100));
                }

                sender.Send((i, Environment.ProcessId));
            }

            sender.Dispose();
        }
    });

    [Fact]
    public Task Test_wait_timeout() => Watchdog.Run(() =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            var watch = Stopwatch.StartNew();
            ProcessWait.Ready([a, b], TimeSpan.FromSeconds(1)).ShouldBeEmpty();
            watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(0.99));
            b.Send(0);
            ProcessWait.Ready([a, b], Long).ShouldBe([a]);
        }
    });

    [Fact]
    public Task Test_wait_integer() => Watchdog.Run(() =>
    {
        using var semaphore = new ProcessSemaphore(0);
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            using var child = ChildProcess.Run(
                static (semaphore, milliseconds) =>
                {
                    semaphore.Release();
                    Thread.Sleep(milliseconds);
                },
                semaphore,
                1_000);
            semaphore.Wait(Long).ShouldBeTrue();
            ProcessWait.Ready([a, child, b], Long).ShouldBe([child]);
            a.Send(0);
            ProcessWait.Ready([a, child, b], Long).ShouldBe([child, b]);
            b.Send(0);
            ProcessWait.Ready([a, child, b], Long).ShouldBe([a, child, b]);
        }
    });

    [Fact]
    public Task Test_neg_timeout() => Watchdog.Run(() =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            ProcessWait.Ready([a], TimeSpan.FromSeconds(-1)).ShouldBeEmpty();
        }
    });

    [Fact]
    public Task The_end_of_a_killed_sender_ends_the_wait() => Watchdog.Run(() =>
    {
        var (receiver, sender) = ProcessPipe.CreateOneWay();
        using (receiver)
        using (sender) // the copy of this process does not hide the death of the child
        {
            using var never = new ProcessQueue<int>();
            using var child = ChildProcess.Run(
                static sender =>
                {
                    sender.Send(1);
                    Ends.Forever();
                },
                sender,
                Ends.Quiet);
            ProcessWait.Any([never, receiver], Long).ShouldBe(1);
            receiver.Receive<int>().ShouldBe(1);
            ProcessWait.Any([never, receiver], TimeSpan.FromMilliseconds(50)).ShouldBe(-1);
            Posix.Signal(child.Id, Posix.SigKill);
            ProcessWait.Any([never, receiver], Long).ShouldBe(1);
            Should.Throw<ConnectionClosedException>(() => receiver.Receive<int>());
        }
    });
}
