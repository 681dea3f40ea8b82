using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Waiting;

/// <summary>Waiting for several things of several processes.</summary>
public class ProcessWaitProcessTests : ProcessTest
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(50);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public Task The_child_that_was_killed_is_found_among_those_that_run() => Watchdog.Run(async () =>
    {
        ChildProcess[] children = [Ends.StartWaiting(Ends.Quiet), Ends.StartWaiting(Ends.Quiet), Ends.StartWaiting(Ends.Quiet)];
        ProcessWait.Any(children, TimeSpan.FromMilliseconds(50), Stop).ShouldBe(-1);
        var waiting = ProcessWait.AnyAsync(children, Long, Stop);
        Posix.Signal(children[1].Id, Posix.SigKill);
        (await waiting).ShouldBe(1);
        children[1].ExitStatus!.Signal.ShouldBe(Posix.SigKill);
        ProcessWait.Ready(children).ShouldBe([children[1]]);
        Array.ForEach(children, static child => child.Dispose());
        ProcessWait.Ready(children).Count.ShouldBe(3);
    });

    [Fact]
    public Task Results_of_a_child_and_its_end_are_waited_for_together() => Watchdog.Run(() =>
    {
        using var results = new ProcessQueue<int>();
        using var child = ChildProcess.Run(
            queue =>
            {
                for (var i = 0; i < 100; i++)
                {
                    queue.Put(i);
                }
            },
            results);
        List<int> seen = [];
        while (true)
        {
            if (ProcessWait.Any([results, child], Long, Stop) == 0)
            {
                seen.Add(results.Get());
            }
            else if (!results.TryGet(out var last))
            {
                break;
            }
            else
            {
                seen.Add(last);
            }
        }

        seen.ShouldBe(Enumerable.Range(0, 100));
        child.ExitStatus!.IsSuccess.ShouldBeTrue();
    });

    [Fact]
    public Task A_child_that_was_not_started_can_never_become_ready() => Watchdog.Run(() =>
    {
        using var child = new ChildProcess(() => { });
        Should.Throw<InvalidOperationException>(() => ProcessWait.Any([child], Long, Stop)).Message.ShouldContain("was not started");
    });

    [Fact]
    public Task A_wait_in_one_child_does_not_swallow_the_item_for_an_await_in_another() => Watchdog.Run(() =>
    {
        using var items = new ProcessQueue<int>();
        using var stop = new ProcessEvent();
        using var ready = new ProcessQueue<string>();
        using var taken = new ProcessQueue<int>();
        using var looker = ChildProcess.Run(Look, items, stop, ready);
        using var taker = ChildProcess.Run(TakeAll, items, taken, ready);
        ready.Get(Long, Stop);
        ready.Get(Long, Stop);
        for (var i = 0; i < 200; i++)
        {
            items.Put(i);
            taken.Get(Long, Stop).ShouldBe(i); // only the awaiting child takes
        }

        stop.Set();
        items.Complete();
        looker.Wait();
        taker.Wait();

        static void Look(ProcessQueue<int> items, ProcessEvent stop, ProcessQueue<string> ready)
        {
            ready.Put("looks");
            while (!ProcessWait.Ready(items, stop).Contains(stop))
            {
            }
        }

        static async Task TakeAll(ProcessQueue<int> items, ProcessQueue<int> taken, ProcessQueue<string> ready)
        {
            ready.Put("takes");
            await foreach (var item in items.ReadAllAsync())
            {
                await taken.PutAsync(item);
            }
        }
    });

    [Fact]
    public Task A_semaphore_whose_holder_was_killed_becomes_ready() => Watchdog.Run(() =>
    {
        using var semaphore = new ProcessSemaphore(1);
        using var never = new ProcessEvent();
        using var holder = ChildProcess.Run(
            s =>
            {
                s.Wait();
                Ends.Forever();
            },
            semaphore,
            Ends.Quiet);
        Eventually.Is(() => semaphore.CurrentCount == 0, "the child has the count");
        ProcessWait.Any([never, semaphore], TimeSpan.FromMilliseconds(50), Stop).ShouldBe(-1);
        Posix.Signal(holder.Id, Posix.SigKill);
        ProcessWait.Any([never, semaphore], Long, Stop).ShouldBe(1);
    });
}
