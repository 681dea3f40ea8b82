using System.Diagnostics;
using Multiprocessing.Tests.Synchronization;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>
/// Processes that hold, wait, notify and release are killed at random moments and replaced while the others go on. After each kill the others must
/// get on, and in the end everything the dead had must have come back.
/// </summary>
public class LockTortureTests : ProcessTest
{
    private const int Progress = 0;
    private const int First = 1;
    private const int Second = 2;
    private const int Repairs = 3;
    private const int Violations = 4;

    private const int LeastKills = 11; // on a slow machine a start takes half a second
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(LongRuns.TortureSeconds(5));
    private static readonly TimeSpan Limit = Duration + TimeSpan.FromSeconds(115);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Holders_and_waiters_of_a_lock_are_killed(bool asynchronous) => Watchdog.Run(
        () =>
        {
            using var gate = new ProcessLock();
            Torture(gate, [asynchronous ? LockAsync : Lock, Lock, asynchronous ? LockAsync : Lock]);
            gate.TryEnter(TimeSpan.FromSeconds(30)).ShouldBeTrue();
            gate.Exit();
        },
        Limit);

    [Fact]
    public Task Holders_and_waiters_of_a_semaphore_are_killed() => Watchdog.Run(
        () =>
        {
            using var places = new ProcessSemaphore(2, 2);
            Torture(places, [Hold, Hold, Hold]);
            places.CurrentCount.ShouldBe(2);
        },
        Limit);

    [Fact]
    public Task Waiters_and_notifiers_of_conditions_are_killed() => Watchdog.Run(
        () =>
        {
            using var gate = new ProcessLock();
            using var filled = new ProcessCondition(gate);
            using var emptied = new ProcessCondition(gate);
            var place = new Place(gate, filled, emptied);
            Torture(place, [Put, Take, Put, Take]);
        },
        Limit);

    [Fact]
    public Task Readers_and_writers_are_killed() => Watchdog.Run(
        () =>
        {
            using var gate = new ProcessReaderWriterLock();
            Torture(gate, [Write, Read, Write, Upgrade]);
            gate.TryEnterWriteLock(TimeSpan.FromSeconds(30)).ShouldBeTrue();
            gate.ExitWriteLock();
            gate.CurrentReadCount.ShouldBe(0);
        },
        Limit);

    [Fact]
    public Task Waiters_of_an_event_are_killed() => Watchdog.Run(
        () =>
        {
            using var signal = new ProcessEvent(EventResetMode.AutoReset);
            using var stop = new CancellationTokenSource();
            var setter = new Thread(() =>
            {
                while (!stop.IsCancellationRequested)
                {
                    signal.Set();
                    Thread.Yield();
                }
            });
            setter.Start();
            Torture(signal, [Await, Await, AwaitAsync]);
            stop.Cancel();
            setter.Join();
        },
        Limit);

    [Fact]
    public Task A_killed_participant_breaks_the_barrier_for_all_others_with_its_pid() => Watchdog.Run(
        () =>
        {
            using var barrier = new ProcessBarrier(3);
            using var told = new ProcessQueue<int>();
            var random = new Random(1);
            var slowest = TimeSpan.Zero;
            var phase = 0L;
            for (var round = 0; round < 8; round++)
            {
                var children = Enumerable.Range(0, 3).Select(_ => ChildProcess.Run(Meet, barrier, told)).ToArray();
                Eventually.Is(() => barrier.CurrentPhaseNumber > phase + 20, "they meet", TimeSpan.FromSeconds(30));
                Thread.Sleep(random.Next(20));
                var victim = children[random.Next(3)];
                var watch = Stopwatch.StartNew();
                Posix.Signal(victim.Id, Posix.SigKill);
                told.Get().ShouldBe(victim.Id);
                told.Get().ShouldBe(victim.Id);
                slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
                foreach (var child in children)
                {
                    child.Join();
                    child.ExitStatus!.IsSuccess.ShouldBe(child != victim, $"{child.ExitStatus}");
                    child.Dispose();
                }

                barrier.IsBroken.ShouldBeTrue();
                phase = barrier.CurrentPhaseNumber;
                barrier.Reset();
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"slowest told after {slowest.TotalMilliseconds:0} ms");
        },
        Limit);

    private static void Torture<T>(T primitive, Action<T, SharedCells>[] works)
    {
        var seed = LongRuns.TortureSeed;
        using var cells = new SharedCells();
        var random = new Random(seed);
        var workers = works.Select(work => ChildProcess.Run(work, primitive, cells, Ends.Quiet)).ToArray();
        var (kills, slowest) = (0, TimeSpan.Zero);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Duration || kills < LeastKills; kills++)
        {
            Thread.Sleep(random.Next(5, 40));
            var victim = random.Next(workers.Length);
            Kill(workers[victim]);
            var before = Volatile.Read(ref cells[Progress]);
            workers[victim] = ChildProcess.Run(works[victim], primitive, cells, Ends.Quiet);
            var gap = Eventually.Is(() => Volatile.Read(ref cells[Progress]) > before, $"the others get on after kill {kills} (seed {seed})", TimeSpan.FromSeconds(30));
            slowest = gap > slowest ? gap : slowest;
        }

        Array.ForEach(workers, Kill);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"seed {seed}, {kills} kills, {cells[Progress]} steps, {cells[Repairs]} repairs, others got on after {slowest.TotalMilliseconds:0} ms at the latest");
        cells[Violations].ShouldBe(0);
    }

    private static void Kill(ChildProcess child)
    {
        Posix.Signal(child.Id, Posix.SigKill);
        using (child)
        {
            child.Join();
            child.ExitStatus!.Signal.ShouldBe(Posix.SigKill, $"{child} ended with {child.ExitStatus}: {child.ExitStatus.Error}");
        }
    }

    /// <summary>Two numbers are always equal, unless a process died between their stores, which is reported.</summary>
    private static void Step(SharedCells cells, bool wasAbandoned)
    {
        if (wasAbandoned)
        {
            cells[Repairs]++;
            cells[Second] = cells[First];
        }

        if (cells[First] != cells[Second])
        {
            cells[Violations]++;
        }

        cells[First]++;
        Thread.SpinWait(20);
        cells[Second]++;
        Interlocked.Increment(ref cells[Progress]);
    }

    private static void Lock(ProcessLock gate, SharedCells cells)
    {
        while (true)
        {
            using var scope = gate.EnterScope();
            Step(cells, scope.WasAbandoned);
        }
    }

    private static async Task LockForever(ProcessLock gate, SharedCells cells)
    {
        while (true)
        {
            using var hold = await gate.EnterAsync();
            Step(cells, hold.WasAbandoned);
        }
    }

    private static void LockAsync(ProcessLock gate, SharedCells cells) => LockForever(gate, cells).Wait();

    private static void Hold(ProcessSemaphore places, SharedCells cells)
    {
        while (true)
        {
            places.Wait();
            Interlocked.Increment(ref cells[Progress]);
            places.Release();
        }
    }

    private static void Put(Place place, SharedCells cells)
    {
        for (var i = 1; ; i++)
        {
            using var scope = place.Gate.EnterScope();
            place.Emptied.Wait(() => cells[First] == 0);
            cells[First] = i;
            place.Filled.Notify();
        }
    }

    private static void Take(Place place, SharedCells cells)
    {
        while (true)
        {
            using var scope = place.Gate.EnterScope();
            place.Filled.Wait(() => cells[First] != 0);
            cells[First] = 0;
            cells[Progress]++;
            place.Emptied.Notify();
        }
    }

    private static void Write(ProcessReaderWriterLock gate, SharedCells cells)
    {
        while (true)
        {
            using var scope = gate.EnterWriteScope();
            Step(cells, scope.WasAbandoned);
        }
    }

    private static void Upgrade(ProcessReaderWriterLock gate, SharedCells cells)
    {
        while (true)
        {
            using var scope = gate.EnterUpgradeableReadScope();
            using var write = gate.EnterWriteScope();
            Step(cells, write.WasAbandoned);
        }
    }

    private static void Read(ProcessReaderWriterLock gate, SharedCells cells)
    {
        while (true)
        {
            using var scope = gate.EnterReadScope();
            if (!scope.WasAbandoned && cells[First] != cells[Second])
            {
                Interlocked.Increment(ref cells[Violations]);
            }

            Interlocked.Increment(ref cells[Progress]);
        }
    }

    private static void Await(ProcessEvent signal, SharedCells cells)
    {
        while (true)
        {
            signal.Wait();
            Interlocked.Increment(ref cells[Progress]);
        }
    }

    private static async Task AwaitForever(ProcessEvent signal, SharedCells cells)
    {
        while (true)
        {
            await signal.WaitAsync();
            Interlocked.Increment(ref cells[Progress]);
        }
    }

    private static void AwaitAsync(ProcessEvent signal, SharedCells cells) => AwaitForever(signal, cells).Wait();

    private static void Meet(ProcessBarrier barrier, ProcessQueue<int> told)
    {
        try
        {
            while (true)
            {
                barrier.SignalAndWait();
            }
        }
        catch (BrokenBarrierException exception)
        {
            told.Put(exception.ProcessId);
        }
    }

    private sealed record Place(ProcessLock Gate, ProcessCondition Filled, ProcessCondition Emptied);
}
