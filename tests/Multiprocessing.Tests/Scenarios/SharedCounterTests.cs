using System.Diagnostics;
using Multiprocessing.Tests.Queues;
using Multiprocessing.Tests.Synchronization;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Four processes count to 400,000 together; one is killed with the lock of what it shares.</summary>
public class SharedCounterTests : ProcessTest
{
    private const int Times = 100_000;

    [Fact]
    public Task Four_processes_count_exactly_under_the_lock() => Watchdog.Run(() =>
    {
        using var count = new SharedValue<int>();
        Four(() =>
        {
            for (var i = 0; i < Times; i++)
            {
                using (count.Lock.EnterScope())
                {
                    count.Value++;
                }
            }
        });
        count.Value.ShouldBe(4 * Times);
    });

    [Fact]
    public Task Four_processes_count_exactly_under_the_lock_entered_twice() => Watchdog.Run(() =>
    {
        using var counts = new SharedArray<decimal>(3);
        Four(() =>
        {
            for (var i = 0; i < Times; i++)
            {
                using (counts.Lock.EnterScope())
                using (counts.Lock.EnterScope())
                {
                    counts[1]++;
                }
            }
        });
        counts.ToArray().ShouldBe([0, 4 * Times, 0]);
    });

    [Fact]
    public Task Four_processes_count_exactly_in_one_step() => Watchdog.Run(() =>
    {
        using var whole = new SharedValue<long>();
        using var fractions = new SharedArray<double>(2);
        Four(() =>
        {
            for (var i = 0; i < Times; i++)
            {
                whole.Increment();
                fractions.Add(1, 0.5);
            }
        });
        whole.Value.ShouldBe(4 * Times);
        fractions.ToArray().ShouldBe([0, 2 * Times]);
    });

    [Fact]
    public Task The_next_owner_of_a_killed_holders_lock_gets_a_report_and_repairs_the_data() => Watchdog.Run(() =>
    {
        using var accounts = new SharedArray<long>([100, 0]);
        using var half = new ProcessEvent();
        using var holder = ChildProcess.Run(() =>
        {
            accounts.Lock.Enter();
            accounts[0] -= 70;
            half.Set();
            Ends.Forever();
        });
        half.Wait();
        using var waiter = ChildProcess.Run(() =>
        {
            using var scope = accounts.Lock.EnterScope();
            if (scope.WasAbandoned)
            {
                accounts[1] = 100 - accounts[0];
            }

            return scope.Result.AbandonedByProcessId;
        });
        Thread.Sleep(50);
        waiter.Result.IsCompleted.ShouldBeFalse();
        var watch = Stopwatch.StartNew();
        Posix.Signal(holder.Id, Posix.SigKill);
        waiter.Result.Wait(Watch.Patience).ShouldBeTrue();
        TestContext.Current.TestOutputHelper?.WriteLine($"repaired, and its parent told, after {watch.Elapsed.TotalMilliseconds:0} ms");
        waiter.Result.Result.ShouldBe(holder.Id);
        accounts.ToArray().ShouldBe([30, 70]);
    });

    private static void Four(Action work) => Crew.Processes.Do(work, work, work, work);
}
