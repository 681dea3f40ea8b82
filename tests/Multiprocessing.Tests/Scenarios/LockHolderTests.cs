using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>The holder of a lock is killed while another process waits: the waiter takes the lock over and gets a report.</summary>
public class LockHolderTests : ProcessTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_killed_holders_lock_is_taken_over_by_a_waiter_which_gets_a_report(bool asynchronous) => Watchdog.Run(() =>
    {
        using var gate = new ProcessLock();
        using var held = new ProcessSemaphore(0);
        var slowest = TimeSpan.Zero;
        for (var round = 0; round < 5; round++)
        {
            using var holder = ChildProcess.Run(() =>
            {
                gate.Enter();
                held.Release();
                Ends.Forever();
            });
            held.Wait();
            using var waiter = ChildProcess.Run(() =>
            {
                held.Release();
                if (asynchronous)
                {
                    using var hold = gate.EnterAsync().AsTask().Result;
                    return (hold.WasAbandoned, hold.Result.AbandonedByProcessId);
                }

                using var scope = gate.EnterScope();
                return (scope.WasAbandoned, scope.Result.AbandonedByProcessId);
            });
            held.Wait();
            Thread.Sleep(50);
            waiter.Result.IsCompleted.ShouldBeFalse();
            var watch = Stopwatch.StartNew();
            Posix.Signal(holder.Id, Posix.SigKill);
            waiter.Result.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();
            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
            waiter.Result.Result.ShouldBe((true, holder.Id));
            holder.Join();
            gate.TryEnter(TimeSpan.Zero, out var result).ShouldBeTrue();
            result.WasAbandoned.ShouldBeFalse("it was exited in good order since");
            gate.Exit();
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"the waiter had it, and its parent its answer, after {slowest.TotalMilliseconds:0} ms at the latest");
    });

    [Fact]
    public Task A_process_that_ends_in_good_order_with_a_lock_leaves_it_abandoned() => Watchdog.Run(() =>
    {
        using var gate = new ProcessLock();
        using var places = new ProcessSemaphore(1);
        using (var child = ChildProcess.Run(() =>
        {
            gate.Enter();
            places.Wait();
        }))
        {
            child.Join();
            gate.Enter().AbandonedByProcessId.ShouldBe(child.Id);
        }

        gate.Exit();
        places.CurrentCount.ShouldBe(1);
    });

    [Fact]
    public Task All_of_them_cross_to_grandchildren_and_through_queues() => Watchdog.Run(() =>
    {
        using var gate = new ProcessReaderWriterLock();
        using var changed = new ProcessCondition();
        using var signal = new ProcessEvent();
        using var barrier = new ProcessBarrier(2, static _ => { });
        using var queue = new ProcessQueue<object>();
        using var child = ChildProcess.Run(() =>
        {
            using var grandchild = ChildProcess.Run(() =>
            {
                using var condition = (ProcessCondition)queue.Get();
                using var meeting = (ProcessBarrier)queue.Get();
                using (condition.Lock.EnterScope())
                {
                    signal.Set();
                    condition.Wait();
                }

                gate.EnterReadLock();
                gate.ExitReadLock();
                meeting.SignalAndWait();
            });
            grandchild.Join();
            grandchild.ExitStatus!.IsSuccess.ShouldBeTrue($"{grandchild.ExitStatus} {grandchild.ExitStatus.Error}");
        });
        queue.Put(changed);
        queue.Put(barrier);
        signal.Wait();
        using (changed.Lock.EnterScope())
        {
            changed.NotifyAll();
        }

        barrier.SignalAndWait();
        child.Join();
        child.ExitStatus!.IsSuccess.ShouldBeTrue($"{child.ExitStatus} {child.ExitStatus.Error}");
    });
}
