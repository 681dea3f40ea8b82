using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Synchronization;

public sealed class CpythonSynchronizationOnThreadsTests() : CpythonSynchronizationTests(Crew.Threads);

[Collection(ProcessCollection.Name)]
public sealed class CpythonSynchronizationInProcessesTests() : CpythonSynchronizationTests(Crew.Processes);

/// <summary>
/// The cases of CPython's <c>test/_test_multiprocessing.py</c> for Lock, Semaphore, Condition, Event and Barrier, carried over by meaning and named
/// after the originals. <c>docs/internals/cpython-tests.md</c> lists all of them.
/// </summary>
public abstract class CpythonSynchronizationTests(Crew crew) : CrewTest(crew)
{
    private const int N = 5;

    private static readonly TimeSpan Timeout1 = TimeSpan.FromSeconds(0.082);
    private static readonly TimeSpan Timeout2 = TimeSpan.FromSeconds(0.035);

    [Fact]
    public void Lock_test_lock()
    {
        using var gate = new ProcessLock();
        gate.TryEnter(Timeout.InfiniteTimeSpan).ShouldBeTrue();
        Crew.Do(() => gate.TryEnter().ShouldBeFalse());
        gate.Exit();
        Should.Throw<SynchronizationLockException>(gate.Exit);
    }

    [Fact]
    public void Lock_test_rlock()
    {
        using var gate = new ProcessLock(LockRecursionPolicy.SupportsRecursion);
        for (var i = 0; i < 3; i++)
        {
            gate.TryEnter().ShouldBeTrue();
        }

        for (var i = 0; i < 3; i++)
        {
            gate.Exit();
        }

        Should.Throw<SynchronizationLockException>(gate.Exit);
    }

    [Fact]
    public void Lock_test_lock_context()
    {
        using var gate = new ProcessLock();
        using (gate.EnterScope())
        {
            gate.IsHeldByCurrentThread.ShouldBeTrue();
        }

        gate.IsHeld.ShouldBeFalse();
    }

    [Fact]
    public void Semaphore_test_semaphore()
    {
        using var semaphore = new ProcessSemaphore(2);
        TakeAndGiveBack(semaphore);
        semaphore.Release();
        semaphore.CurrentCount.ShouldBe(3);
        semaphore.Release();
        semaphore.CurrentCount.ShouldBe(4);
    }

    [Fact]
    public void Semaphore_test_bounded_semaphore()
    {
        using var semaphore = new ProcessSemaphore(2, 2);
        TakeAndGiveBack(semaphore);
        Should.Throw<SemaphoreFullException>(() => semaphore.Release());
        semaphore.CurrentCount.ShouldBe(2);
    }

    [Fact]
    public void Semaphore_test_timeout()
    {
        using var semaphore = new ProcessSemaphore(0);
        semaphore.Wait(TimeSpan.Zero).ShouldBeFalse();
        var watch = Stopwatch.StartNew();
        semaphore.Wait(Timeout1).ShouldBeFalse();
        watch.Elapsed.ShouldBeGreaterThanOrEqualTo(Timeout1);
        watch.Restart();
        semaphore.Wait(Timeout2).ShouldBeFalse();
        watch.Elapsed.ShouldBeGreaterThanOrEqualTo(Timeout2);
    }

    [Fact]
    public Task Condition_test_notify() => Watchdog.Run(() =>
    {
        using var condition = new ProcessCondition();
        var waiters = new Waiters(this, condition, 2);
        waiters.Notify(1);
        waiters.AreWoken(1);
        waiters.Notify(1);
        waiters.AreWoken(2);
        waiters.End();
    });

    [Fact]
    public Task Condition_test_notify_all() => Watchdog.Run(() =>
    {
        using var condition = new ProcessCondition();
        var timedOut = new Waiters(this, condition, 3, Timeout1);
        timedOut.AreWoken(3);
        timedOut.End();
        var waiters = new Waiters(this, condition, 6);
        waiters.Notify(int.MaxValue);
        waiters.AreWoken(6);
        waiters.End();
    });

    [Fact]
    public Task Condition_test_notify_n() => Watchdog.Run(() =>
    {
        using var condition = new ProcessCondition();
        var waiters = new Waiters(this, condition, 6);
        waiters.AreWoken(0);
        waiters.Notify(1);
        waiters.AreWoken(1);
        waiters.Notify(4);
        waiters.AreWoken(5);
        waiters.Notify(3);
        waiters.AreWoken(6);
        waiters.Notify(3);
        waiters.AreWoken(6);
        waiters.End();
    });

    [Fact]
    public void Condition_test_timeout()
    {
        using var condition = new ProcessCondition();
        using var scope = condition.Lock.EnterScope();
        var watch = Stopwatch.StartNew();
        condition.Wait(Timeout1).ShouldBeFalse();
        watch.Elapsed.ShouldBeGreaterThanOrEqualTo(Timeout1);
    }

    [Fact]
    public Task Condition_test_waitfor() => Watchdog.Run(() =>
    {
        using var condition = new ProcessCondition();
        using var state = new SharedCells();
        state[0] = -1;
        var end = Crew.Start(() =>
        {
            using var scope = condition.Lock.EnterScope();
            state[0] = 0;
            condition.Notify();
            condition.Wait(() => state[0] == 4);
            state[0].ShouldBe(4);
        });
        using (condition.Lock.EnterScope())
        {
            condition.Wait(() => state[0] == 0);
        }

        for (var i = 0; i < 4; i++)
        {
            Thread.Sleep(10);
            using var scope = condition.Lock.EnterScope();
            state[0]++;
            condition.Notify();
        }

        end();
    });

    [Fact]
    public Task Condition_test_waitfor_timeout() => Watchdog.Run(() =>
    {
        using var condition = new ProcessCondition();
        using var state = new SharedCells();
        using var begun = new ProcessSemaphore(0);
        var end = Crew.Start(() =>
        {
            begun.Release();
            using var scope = condition.Lock.EnterScope();
            var watch = Stopwatch.StartNew();
            condition.Wait(() => state[0] == 4, TimeSpan.FromMilliseconds(100)).ShouldBeFalse();
            watch.Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(100));
        });
        begun.Wait();
        for (var i = 0; i < 3; i++)
        {
            Thread.Sleep(10);
            using var scope = condition.Lock.EnterScope();
            state[0]++;
            condition.Notify();
        }

        end();
    });

    [Fact]
    public Task Condition_test_wait_result() => Watchdog.Run(() =>
    {
        using var condition = new ProcessCondition();
        using var scope = condition.Lock.EnterScope();
        condition.Wait(TimeSpan.Zero).ShouldBeFalse();
        condition.Wait(TimeSpan.FromMilliseconds(100)).ShouldBeFalse();
        var end = Crew.Start(() =>
        {
            using var theirs = condition.Lock.EnterScope();
            condition.Notify();
        });
        condition.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
        using var interrupt = new CancellationTokenSource(100);
        Should.Throw<OperationCanceledException>(() => condition.Wait(TimeSpan.FromSeconds(60), interrupt.Token));
        end();
    });

    [Fact]
    public Task Event_test_event() => Watchdog.Run(() =>
    {
        using var signal = new ProcessEvent();
        signal.IsSet.ShouldBeFalse();
        signal.Wait(TimeSpan.Zero).ShouldBeFalse();
        var watch = Stopwatch.StartNew();
        signal.Wait(Timeout1).ShouldBeFalse();
        watch.Elapsed.ShouldBeGreaterThanOrEqualTo(Timeout1);
        signal.Set();
        signal.IsSet.ShouldBeTrue();
        signal.Wait();
        signal.Wait(Timeout1).ShouldBeTrue();
        signal.Reset();
        signal.IsSet.ShouldBeFalse();
        var end = Crew.Start(() =>
        {
            Thread.Sleep(35);
            signal.Set();
        });
        signal.Wait();
        end();
    });

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public Task Barrier_test_barrier(int passes) => Watchdog.Run(() =>
    {
        using var barrier = new ProcessBarrier(N);
        using var results = new SharedCells();
        All(() =>
        {
            for (var i = 0; i < passes; i++)
            {
                Interlocked.Increment(ref results[0]);
                Volatile.Read(ref results[1]).ShouldBe(i * N);
                barrier.SignalAndWait();
                Interlocked.Increment(ref results[1]);
                Volatile.Read(ref results[0]).ShouldBe((i + 1) * N);
                barrier.SignalAndWait();
            }
        });
        barrier.ParticipantsRemaining.ShouldBe(N);
        barrier.IsBroken.ShouldBeFalse();
    });

    [Fact]
    public Task Barrier_test_wait_return() => Watchdog.Run(() =>
    {
        using var barrier = new ProcessBarrier(N);
        using var queue = new ProcessQueue<int>();
        All(() => queue.Put(barrier.SignalAndWait()));
        queue.GetMany(N).Order().ShouldBe([0, 1, 2, 3, 4]);
    });

    [Fact]
    public Task Barrier_test_action() => Watchdog.Run(() =>
    {
        using var results = new SharedCells();
        using var barrier = new ProcessBarrier(N, _ => results[0]++);
        All(() =>
        {
            barrier.SignalAndWait();
            results[0].ShouldBe(1);
        });
        results[0].ShouldBe(1);
    });

    [Fact]
    public Task Barrier_test_abort() => Watchdog.Run(() =>
    {
        using var barrier = new ProcessBarrier(N);
        using var results = new SharedCells();
        All(() => AbortInTheMiddle(barrier, results));
        results[0].ShouldBe(0);
        results[1].ShouldBe(N - 1);
        barrier.IsBroken.ShouldBeTrue();
    });

    [Fact]
    public Task Barrier_test_reset() => Watchdog.Run(() =>
    {
        using var barrier = new ProcessBarrier(N);
        using var results = new SharedCells();
        All(() =>
        {
            if (barrier.SignalAndWait() == N / 2)
            {
                Eventually.Is(() => barrier.ParticipantsRemaining == 1, "the others wait");
                barrier.Reset();
            }
            else
            {
                try
                {
                    barrier.SignalAndWait();
                    Interlocked.Increment(ref results[0]);
                }
                catch (BrokenBarrierException)
                {
                    Interlocked.Increment(ref results[1]);
                }
            }

            barrier.SignalAndWait();
            Interlocked.Increment(ref results[2]);
        });
        results[0].ShouldBe(0);
        results[1].ShouldBe(N - 1);
        results[2].ShouldBe(N);
    });

    [Fact]
    public Task Barrier_test_abort_and_reset() => Watchdog.Run(() =>
    {
        using var barrier = new ProcessBarrier(N);
        using var second = new ProcessBarrier(N);
        using var results = new SharedCells();
        All(() =>
        {
            AbortInTheMiddle(barrier, results);
            if (second.SignalAndWait() == N / 2)
            {
                barrier.Reset();
            }

            second.SignalAndWait();
            barrier.SignalAndWait();
            Interlocked.Increment(ref results[2]);
        });
        results[0].ShouldBe(0);
        results[1].ShouldBe(N - 1);
        results[2].ShouldBe(N);
    });

    [Fact]
    public Task Barrier_test_timeout() => Watchdog.Run(() =>
    {
        using var barrier = new ProcessBarrier(N);
        using var results = new SharedCells();
        All(() =>
        {
            if (barrier.SignalAndWait() == N / 2)
            {
                // One is late: the others have left by then, and none counts as arrived.
                Eventually.Is(() => Volatile.Read(ref results[0]) == N - 1, "the others have left");
            }

            if (!barrier.SignalAndWait(TimeSpan.FromMilliseconds(100)))
            {
                Interlocked.Increment(ref results[0]);
            }
        });
        results[0].ShouldBe(N);
        barrier.IsBroken.ShouldBeFalse();
        barrier.ParticipantsRemaining.ShouldBe(N);
    });

    [Fact]
    public void Barrier_test_single_thread()
    {
        using var barrier = new ProcessBarrier(1);
        barrier.SignalAndWait().ShouldBe(0);
        barrier.SignalAndWait().ShouldBe(0);
    }

    [Fact]
    public Task Barrier_test_thousand() => Watchdog.Run(() =>
    {
        using var barrier = new ProcessBarrier(N);
        using var gate = new ProcessLock();
        using var queue = new ProcessQueue<int>();
        All(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                barrier.SignalAndWait();
                using var scope = gate.EnterScope();
                queue.Put(i);
            }
        });
        for (var i = 0; i < 1000; i++)
        {
            queue.GetMany(N).ShouldAllBe(item => item == i);
        }
    }, TimeSpan.FromMinutes(3));

    private static void TakeAndGiveBack(ProcessSemaphore semaphore)
    {
        semaphore.CurrentCount.ShouldBe(2);
        semaphore.Wait();
        semaphore.CurrentCount.ShouldBe(1);
        semaphore.Wait();
        semaphore.CurrentCount.ShouldBe(0);
        semaphore.Wait(TimeSpan.Zero).ShouldBeFalse();
        semaphore.CurrentCount.ShouldBe(0);
        semaphore.Release();
        semaphore.CurrentCount.ShouldBe(1);
        semaphore.Release();
        semaphore.CurrentCount.ShouldBe(2);
    }

    private static void AbortInTheMiddle(ProcessBarrier barrier, SharedCells results)
    {
        try
        {
            if (barrier.SignalAndWait() == N / 2)
            {
                barrier.Abort();
                return;
            }

            barrier.SignalAndWait();
            Interlocked.Increment(ref results[0]);
        }
        catch (BrokenBarrierException)
        {
            Interlocked.Increment(ref results[1]);
        }
    }

    private void All(Action work) => Crew.Do([.. Enumerable.Repeat(work, N)]);

    /// <summary>Some who wait at a condition once.</summary>
    private sealed class Waiters
    {
        private readonly ProcessCondition _condition;
        private readonly ProcessSemaphore _woken = new(0);
        private readonly Action[] _ends;

        public Waiters(CpythonSynchronizationTests test, ProcessCondition condition, int count, TimeSpan? timeout = null)
        {
            _condition = condition;
            using var sleeping = new ProcessSemaphore(0);
            var woken = _woken;
            Action work = () =>
            {
                using var scope = condition.Lock.EnterScope();
                sleeping.Release();
                condition.Wait(timeout ?? Timeout.InfiniteTimeSpan);
                woken.Release();
            };
            _ends = [.. Enumerable.Range(0, count).Select(_ => test.Crew.Start(work))];
            for (var i = 0; i < count; i++)
            {
                sleeping.Wait();
            }
        }

        public void Notify(int count)
        {
            using var scope = _condition.Lock.EnterScope();
            if (count == int.MaxValue)
            {
                _condition.NotifyAll();
            }
            else
            {
                _condition.Notify(count);
            }
        }

        public void AreWoken(int count)
        {
            Eventually.Is(() => _woken.CurrentCount == count, $"{count} are awake");
            Thread.Sleep(50);
            _woken.CurrentCount.ShouldBe(count);
        }

        public void End()
        {
            Array.ForEach(_ends, static end => end());
            _woken.Dispose();
        }
    }
}
