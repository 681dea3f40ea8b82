using Multiprocessing.Tests.Queues;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Synchronization;

public sealed class ConditionOnThreadsTests() : ConditionConformance(Crew.Threads);

[Collection(ProcessCollection.Name)]
public sealed class ConditionInProcessesTests() : ConditionConformance(Crew.Processes);

/// <summary>The promises of a <see cref="ProcessCondition"/> in every process.</summary>
public abstract class ConditionConformance(Crew crew) : CrewTest(crew)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_notification_wakes_exactly_as_many_as_it_says(bool asynchronous) => Watchdog.Run(() =>
    {
        using var changed = new ProcessCondition();
        using var sleeping = new ProcessSemaphore(0);
        using var woken = new ProcessSemaphore(0);
        Action wait = () =>
        {
            if (asynchronous)
            {
                using var hold = changed.Lock.EnterAsync().AsTask().Result;
                sleeping.Release();
                changed.WaitAsync(hold).AsTask().Wait();
                changed.Lock.IsHeld.ShouldBeTrue();
            }
            else
            {
                using var scope = changed.Lock.EnterScope();
                sleeping.Release();
                changed.Wait();
                changed.Lock.IsHeldByCurrentThread.ShouldBeTrue();
            }

            woken.Release();
        };
        Action[] ends = [Crew.Start(wait), Crew.Start(wait), Crew.Start(wait), Crew.Start(wait), Crew.Start(wait), Crew.Start(wait)];
        for (var i = 0; i < 6; i++)
        {
            sleeping.Wait();
        }

        // The owner of the lock now knows that all of them have released it.
        Thread.Sleep(50);
        woken.CurrentCount.ShouldBe(0);
        Notify(1);
        Woken(1);
        Notify(1);
        Woken(2);
        Notify(3);
        Woken(5);
        changed.Lock.Enter();
        changed.NotifyAll();
        changed.NotifyAll();
        changed.Notify(4);
        changed.Lock.Exit();
        Array.ForEach(ends, static end => end());
        woken.CurrentCount.ShouldBe(6);

        void Notify(int count)
        {
            using var scope = changed.Lock.EnterScope();
            changed.Notify(count);
        }

        void Woken(int count)
        {
            Eventually.Is(() => woken.CurrentCount == count, $"{count} are awake", TimeSpan.FromSeconds(30));
            Thread.Sleep(100);
            woken.CurrentCount.ShouldBe(count);
        }
    });

    [Fact]
    public Task Items_go_from_many_to_many_through_a_place_for_one() => Watchdog.Run(() =>
    {
        // One lock, two conditions: no take from the empty slot, no put into the full one.
        using var gate = new ProcessLock();
        using var filled = new ProcessCondition(gate);
        using var emptied = new ProcessCondition(gate);
        using var cells = new SharedCells();
        Action put = () =>
        {
            for (var i = 1; i <= 500; i++)
            {
                using var scope = filled.Lock.EnterScope();
                emptied.Wait(() => cells[0] == 0);
                cells[0] = i;
                filled.Notify();
            }
        };
        Action take = () =>
        {
            for (var i = 1; i <= 500; i++)
            {
                using var scope = filled.Lock.EnterScope();
                filled.Wait(() => cells[0] != 0);
                cells[1] += cells[0];
                cells[0] = 0;
                emptied.Notify();
            }
        };
        Action asyncTake = () => Task.Run(async () =>
        {
            for (var i = 1; i <= 500; i++)
            {
                using var hold = await filled.Lock.EnterAsync();
                await filled.WaitAsync(hold, () => cells[0] != 0);
                cells[1] += cells[0];
                cells[0] = 0;
                emptied.Notify();
            }
        }).Wait();
        Crew.Do(put, take, put, asyncTake);
        cells[1].ShouldBe(2 * 500 * 501 / 2);
    });

    [Fact]
    public Task A_wait_ends_in_time_with_the_lock() => Watchdog.Run(() =>
    {
        using var changed = new ProcessCondition();
        Crew.Do(() =>
        {
            changed.Lock.Enter();
            changed.Lock.Enter();
            changed.Wait(TimeSpan.FromMilliseconds(20)).ShouldBeFalse();
            changed.Wait(static () => false, TimeSpan.FromMilliseconds(20)).ShouldBeFalse();
            changed.Wait(static () => true, TimeSpan.Zero).ShouldBeTrue();
            using var source = new CancellationTokenSource(20);
            Should.Throw<OperationCanceledException>(() => changed.Wait(source.Token));
            changed.Lock.IsHeldByCurrentThread.ShouldBeTrue();
            changed.Lock.Exit();
            changed.Lock.IsHeldByCurrentThread.ShouldBeTrue();
            changed.Lock.Exit();
            changed.Lock.IsHeld.ShouldBeFalse();
            var hold = changed.Lock.EnterAsync().AsTask().Result;
            changed.WaitAsync(hold, TimeSpan.FromMilliseconds(20)).AsTask().Result.ShouldBeFalse();
            using var second = new CancellationTokenSource(20);
            Should.Throw<OperationCanceledException>(() => changed.WaitAsync(hold, second.Token).AsTask().GetAwaiter().GetResult());
            changed.Lock.IsHeld.ShouldBeTrue();
            hold.Dispose();
            changed.Lock.IsHeld.ShouldBeFalse();
        });
    });

    [Fact]
    public Task Without_the_lock_there_is_no_waiting_and_no_notifying() => Watchdog.Run(() =>
    {
        using var changed = new ProcessCondition();
        changed.Lock.Enter();
        Crew.Do(() =>
        {
            Should.Throw<SynchronizationLockException>(() => changed.Wait());
            Should.Throw<SynchronizationLockException>(() => changed.Wait(static () => true));
        });
        changed.Lock.Exit();
        Crew.Do(() =>
        {
            Should.Throw<SynchronizationLockException>(() => changed.Notify());
            Should.Throw<SynchronizationLockException>(changed.NotifyAll);
        });
    });
}

/// <summary>What concerns one process, and what the living see of the dead.</summary>
public sealed class ConditionTests : IDisposable
{
    private readonly Session _session = Session.CreateRoot();

    public void Dispose() => _session.Leave();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public unsafe void A_notification_that_a_dead_waiter_had_goes_to_the_next(bool asynchronous)
    {
        using var gate = new ProcessLock(_session, LockRecursionPolicy.NoRecursion);
        using var changed = new ProcessCondition(gate);
        var other = new FakeParticipant(_session);
        var theirs = other.Keep(ProcessCondition.Open(other.Session, changed));

        // Their entry is the oldest; they are killed after they were notified and before they go on.
        ((ConditionCore)theirs.Shared.Core).Enlist();
        var waiting = Watch.Thread(() =>
        {
            if (asynchronous)
            {
                using var hold = gate.EnterAsync().AsTask().Result;
                changed.WaitAsync(hold).AsTask().Wait();
            }
            else
            {
                using var scope = gate.EnterScope();
                changed.Wait();
            }
        });
        var core = (ConditionCore)changed.Shared.Core;
        Watch.Until(() => core.WaiterCount == 2, "both wait");
        using (gate.EnterScope())
        {
            changed.Notify();
        }

        core.WaiterCount.ShouldBe(1);
        Thread.Sleep(50);
        waiting.IsCompleted.ShouldBeFalse("the other one was notified");
        other.Kill();
        Watch.Over(waiting);
        core.WaiterCount.ShouldBe(0);
    }

    [Fact]
    public void A_waiter_after_the_notification_does_not_inherit_it()
    {
        using var gate = new ProcessLock(_session, LockRecursionPolicy.NoRecursion);
        using var changed = new ProcessCondition(gate);
        var other = new FakeParticipant(_session);
        var theirs = other.Keep(ProcessCondition.Open(other.Session, changed));
        ((ConditionCore)theirs.Shared.Core).Enlist();
        using (gate.EnterScope())
        {
            changed.Notify();
            changed.Wait(TimeSpan.FromMilliseconds(20)).ShouldBeFalse();
            other.Kill();
            changed.Wait(TimeSpan.FromMilliseconds(100)).ShouldBeFalse();
        }
    }

    [Fact]
    public void A_dead_waiter_is_not_notified()
    {
        using var gate = new ProcessLock(_session, LockRecursionPolicy.NoRecursion);
        using var changed = new ProcessCondition(gate);
        var other = new FakeParticipant(_session);
        var theirs = other.Keep(ProcessCondition.Open(other.Session, changed));
        ((ConditionCore)theirs.Shared.Core).Enlist();
        other.Kill();
        using var isInside = new ManualResetEventSlim();
        var waiting = Watch.Thread(() =>
        {
            using var scope = gate.EnterScope();
            isInside.Set();
            changed.Wait();
        });
        isInside.Wait(TestContext.Current.CancellationToken);

        // The owner of the lock now knows that the waiter has released it. A count of the waiters may include the dead one.
        using (gate.EnterScope())
        {
            changed.Notify();
        }

        Watch.Over(waiting);
    }

    [Fact]
    public void A_return_from_a_wait_reports_a_dead_owner()
    {
        using var gate = new ProcessLock(_session, LockRecursionPolicy.NoRecursion);
        using var changed = new ProcessCondition(gate);
        var other = new FakeParticipant(_session);
        var theirs = other.Keep(ProcessCondition.Open(other.Session, changed));
        var waiting = Watch.Thread(() =>
        {
            using var scope = gate.EnterScope();
            scope.WasAbandoned.ShouldBeFalse();
            changed.Wait();
            return gate.WasAbandoned;
        });
        Watch.Until(() => ((ConditionCore)changed.Shared.Core).WaiterCount == 1 && !gate.IsHeld, "it waits");
        theirs.Lock.Enter();
        theirs.NotifyAll();
        other.Kill();
        Watch.Over(waiting);
        waiting.Result.ShouldBeTrue();
    }

    [Fact]
    public void Disposal_ends_waits_with_the_lock()
    {
        using var gate = new ProcessLock(_session, LockRecursionPolicy.NoRecursion);
        using var changed = new ProcessCondition(gate);
        var waiting = Watch.Thread(() =>
        {
            gate.Enter();
            Should.Throw<ObjectDisposedException>(() => changed.Wait());
            gate.Exit();
        });
        Watch.Until(() => ((ConditionCore)changed.Shared.Core).WaiterCount == 1 && !gate.IsHeld, "it waits");
        changed.Dispose();
        Watch.Over(waiting);
        gate.TryEnter().ShouldBeTrue("the lock is the caller's");
        gate.Exit();
        Should.Throw<ArgumentNullException>(() => new ProcessCondition(null!));
    }
}
