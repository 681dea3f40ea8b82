using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Synchronization;

public sealed class LockOnThreadsTests() : LockConformance(Crew.Threads);

[Collection(ProcessCollection.Name)]
public sealed class LockInProcessesTests() : LockConformance(Crew.Processes);

/// <summary>The promises of a <see cref="ProcessLock"/> in every process.</summary>
public abstract class LockConformance(Crew crew) : CrewTest(crew)
{
    [Theory]
    [InlineData(LockRecursionPolicy.NoRecursion)]
    [InlineData(LockRecursionPolicy.SupportsRecursion)]
    public Task Increments_under_the_lock_are_all_there(LockRecursionPolicy policy) => Watchdog.Run(() =>
    {
        using var gate = new ProcessLock(policy);
        using var cells = new SharedCells();
        var count = Crew == Crew.Processes ? 100_000 : 20_000;
        Action work = () =>
        {
            for (var i = 0; i < count; i++)
            {
                gate.Enter().WasAbandoned.ShouldBeFalse();
                cells[0]++;
                gate.Exit();
            }
        };
        Crew.Do(work, work, work, work);
        cells[0].ShouldBe(4 * count);
        gate.IsHeld.ShouldBeFalse();
    }, TimeSpan.FromMinutes(3));

    [Fact]
    public Task Asynchronous_and_synchronous_holders_exclude_each_other() => Watchdog.Run(() =>
    {
        using var gate = new ProcessLock();
        using var cells = new SharedCells();
        Action sync = () =>
        {
            for (var i = 0; i < 5000; i++)
            {
                using (gate.EnterScope())
                {
                    cells[0]++;
                }
            }
        };
        Action async = () => Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            for (var i = 0; i < 400; i++)
            {
                using (await gate.EnterAsync())
                {
                    var seen = cells[0];
                    await Task.Yield();
                    cells[0] = seen + 1;
                }
            }
        })).Wait();
        Crew.Do(sync, async, sync, async);
        cells[0].ShouldBe(10_000 + 4000);
        gate.IsHeld.ShouldBeFalse();
    });

    [Fact]
    public Task A_waiter_that_times_out_does_not_have_it() => Watchdog.Run(() =>
    {
        using var gate = new ProcessLock();
        gate.TryEnter().ShouldBeTrue();
        Crew.Do(() =>
        {
            gate.TryEnter().ShouldBeFalse();
            gate.TryEnter(TimeSpan.FromMilliseconds(30)).ShouldBeFalse();
            using var source = new CancellationTokenSource(30);
            Should.Throw<OperationCanceledException>(() => gate.Enter(source.Token));
            gate.TryEnterAsync(TimeSpan.FromMilliseconds(30)).AsTask().Result.ShouldBeNull();
            gate.IsHeldByCurrentThread.ShouldBeFalse();
            Should.Throw<SynchronizationLockException>(gate.Exit);
        });
        gate.IsHeldByCurrentThread.ShouldBeTrue();
        gate.Exit();
        Crew.Do(() =>
        {
            gate.TryEnter(TimeSpan.FromSeconds(20)).ShouldBeTrue();
            gate.Exit();
        });
    });

    [Fact]
    public Task A_waiter_gets_it_when_it_is_exited() => Watchdog.Run(() =>
    {
        using var gate = new ProcessLock();
        using var cells = new SharedCells();
        gate.Enter();
        Action waitSync = () =>
        {
            Interlocked.Increment(ref cells[0]);
            gate.Enter();
            cells[1]++;
            gate.Exit();
        };
        Action waitAsync = () =>
        {
            Interlocked.Increment(ref cells[0]);
            using var hold = gate.EnterAsync().AsTask().Result;
            cells[1]++;
        };
        Action[] ends = [Crew.Start(waitSync), Crew.Start(waitAsync), Crew.Start(waitSync), Crew.Start(waitAsync)];
        Eventually.Is(() => Volatile.Read(ref cells[0]) == 4, "all wait", TimeSpan.FromSeconds(60));
        Thread.Sleep(100);
        cells[1].ShouldBe(0);
        gate.Exit();
        Array.ForEach(ends, static end => end());
        cells[1].ShouldBe(4);
    }, TimeSpan.FromMinutes(2));

    [Fact]
    public Task A_recursive_lock_is_exited_as_often_as_it_was_entered() => Watchdog.Run(() =>
    {
        using var gate = new ProcessLock(LockRecursionPolicy.SupportsRecursion);
        gate.RecursionPolicy.ShouldBe(LockRecursionPolicy.SupportsRecursion);
        gate.Enter();
        gate.TryEnter().ShouldBeTrue();
        using (gate.EnterScope())
        {
            gate.Exit();
            Crew.Do(() => gate.TryEnter().ShouldBeFalse());
        }

        gate.IsHeldByCurrentThread.ShouldBeTrue();
        gate.Exit();
        Should.Throw<SynchronizationLockException>(gate.Exit);
        Crew.Do(() =>
        {
            gate.RecursionPolicy.ShouldBe(LockRecursionPolicy.SupportsRecursion);
            gate.Enter();
            gate.Enter();
            gate.Exit();
            gate.Exit();
            Should.Throw<SynchronizationLockException>(gate.Exit);
        });
    });

    [Fact]
    public Task It_goes_through_a_queue() => Watchdog.Run(() =>
    {
        using var gate = new ProcessLock();
        using var queue = new ProcessQueue<ProcessLock>();
        using var answers = new ProcessQueue<bool>();
        gate.Enter();
        var end = Crew.Start(() =>
        {
            using var theirs = queue.Get();
            answers.Put(theirs.TryEnter());
            theirs.Enter();
            theirs.Exit();
            answers.Put(true);
        });
        queue.Put(gate);
        answers.Get().ShouldBeFalse();
        gate.Exit();
        answers.Get().ShouldBeTrue();
        end();
    });
}
