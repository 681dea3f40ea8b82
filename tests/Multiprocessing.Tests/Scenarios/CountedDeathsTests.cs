using System.Diagnostics;
using Multiprocessing.Tests.Synchronization;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>
/// A number of holders, waiters and notifiers are killed one after another (<see cref="LongRuns.Deaths"/>), each while another process needs what it
/// held; each time that process continues.
/// </summary>
public class CountedDeathsTests : ProcessTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // A death takes some 0.1 s, and much longer on a busy machine.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60 + (3 * LongRuns.Deaths));

    private static readonly ChildProcessOptions Quiet = Ends.Quiet;

    private TimeSpan _slowest;

    [Fact]
    public Task Of_holders_whose_lock_and_places_go_to_the_next() => Watchdog.Run(
        () =>
        {
            using var gate = new ProcessLock();
            using var places = new ProcessSemaphore(1, 1);
            using var shared = new ProcessReaderWriterLock();
            using var ready = new ProcessEvent(EventResetMode.AutoReset);
            for (var i = 0; i < LongRuns.Deaths; i++)
            {
                using var holder = ChildProcess.Run(
                    () =>
                    {
                        gate.Enter();
                        places.Wait();
                        shared.EnterWriteLock();
                        ready.Set();
                        Ends.Forever();
                    },
                    Quiet);
                ready.Wait(Patience).ShouldBeTrue();
                var watch = Kill(holder);
                gate.TryEnter(Patience, out var entered).ShouldBeTrue();
                entered.AbandonedByProcessId.ShouldBe(holder.Id);
                places.Wait(Patience).ShouldBeTrue();
                shared.TryEnterWriteLock(Patience).ShouldBeTrue();
                Note(watch);
                shared.ExitWriteLock();
                places.Release();
                gate.Exit();
                holder.Join();
            }

            Tell("holders");
            places.CurrentCount.ShouldBe(1);
        },
        Limit);

    [Fact]
    public Task Waiters_that_leave_take_no_turn_and_no_wake_up_with_them() => Watchdog.Run(
        () =>
        {
            using var gate = new ProcessLock();
            using var changed = new ProcessCondition(gate);
            using var places = new ProcessSemaphore(0);
            using var cells = new SharedCells();
            using var survivor = ChildProcess.Run(GoOn, changed, places, cells, Quiet);
            for (var i = 0; i < LongRuns.Deaths; i++)
            {
                using var victim = ChildProcess.Run(
                    () =>
                    {
                        new Thread(() => places.Wait()) { IsBackground = true }.Start();
                        using var scope = gate.EnterScope();
                        cells[1]++;
                        changed.Wait();
                    },
                    Quiet);
                Eventually.Is(() => Volatile.Read(ref cells[1]) == i + 1 && Volatile.Read(ref cells[2]) == Volatile.Read(ref cells[0]) + 1, "both wait", Patience);
                var before = Volatile.Read(ref cells[0]);
                var watch = Kill(victim);
                using (gate.EnterScope())
                {
                    changed.NotifyAll();
                }

                places.Release();
                Eventually.Is(() => Volatile.Read(ref cells[0]) > before, $"the survivor has its turn after death {i}", Patience);
                Note(watch);
                victim.Join();
            }

            Tell("waiters");
            survivor.Kill();
            survivor.Join();
        },
        Limit);

    [Fact]
    public Task Of_notifiers_whose_waiters_the_next_one_wakes() => Watchdog.Run(
        () =>
        {
            using var changed = new ProcessCondition();
            using var places = new ProcessSemaphore(0, 1);
            using var cells = new SharedCells();
            var random = new Random(LongRuns.TortureSeed);
            using var survivor = ChildProcess.Run(GoOn, changed, places, cells, Quiet);
            for (var i = 0; i < LongRuns.Deaths; i++)
            {
                using var victim = ChildProcess.Run(
                    () =>
                    {
                        while (true)
                        {
                            Tell(changed, places);
                            Volatile.Write(ref cells[1], i + 1);
                        }
                    },
                    Quiet);
                Eventually.Is(() => Volatile.Read(ref cells[1]) == i + 1, "the victim notifies", Patience);
                Thread.SpinWait(random.Next(20_000));
                var watch = Kill(victim);
                var before = Volatile.Read(ref cells[0]);
                while (Volatile.Read(ref cells[0]) == before)
                {
                    watch.Elapsed.ShouldBeLessThan(Patience, $"the survivor hears nothing after death {i}");
                    Tell(changed, places);
                }

                Note(watch);
                victim.Join();
            }

            Tell("notifiers");
            survivor.Kill();
            survivor.Join();
        },
        Limit);

    private static void Tell(ProcessCondition changed, ProcessSemaphore places)
    {
        using (changed.Lock.EnterScope())
        {
            changed.Notify();
        }

        try
        {
            places.Release();
        }
        catch (SemaphoreFullException)
        {
            // The survivor has not taken the last one yet.
        }
    }

    /// <summary>A turn is one of each.</summary>
    private static void GoOn(ProcessCondition changed, ProcessSemaphore places, SharedCells cells)
    {
        while (true)
        {
            using (changed.Lock.EnterScope())
            {
                // Under the lock, which only the wait gives up: who has it afterwards finds this one waiting.
                cells[2]++;
                changed.Wait();
            }

            places.Wait();
            Interlocked.Increment(ref cells[0]);
        }
    }

    private static Stopwatch Kill(ChildProcess victim)
    {
        var watch = Stopwatch.StartNew();
        Posix.Signal(victim.Id, Posix.SigKill);
        return watch;
    }

    private void Note(Stopwatch watch) => _slowest = watch.Elapsed > _slowest ? watch.Elapsed : _slowest;

    private void Tell(string whose) =>
        TestContext.Current.TestOutputHelper?.WriteLine($"{LongRuns.Deaths} deaths of {whose}; the others were on after {_slowest.TotalMilliseconds:0} ms at the latest");
}
