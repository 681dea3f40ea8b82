using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Locks, events, conditions, barriers, semaphores.</summary>
public class SynchronizationExamples
{
    [Fact]
    public void Process_lock()
    {
        #region ProcessLock
        using var gate = new ProcessLock();
        using var total = new SharedValue<long>();
        using var child = ChildProcess.Run(AddMany, gate, total);
        AddMany(gate, total);
        child.Wait();
        Console.WriteLine(total.Value); // 2000

        static void AddMany(ProcessLock gate, SharedValue<long> total)
        {
            for (var i = 0; i < 1_000; i++)
            {
                using (gate.EnterScope())
                {
                    total.Value++;
                }
            }
        }
        #endregion
        total.Value.ShouldBe(2_000);
    }

    [Fact]
    public void Lock_scope()
    {
        #region ProcessLock.Scope
        using var gate = new ProcessLock();
        using (ProcessLock.Scope scope = gate.EnterScope())
        {
            if (scope.WasAbandoned)
            {
                Console.WriteLine("The last owner died: check the data that the lock guards.");
            }
        } // exits the lock
        #endregion
        gate.IsHeld.ShouldBeFalse();
    }

    [Fact]
    public async Task Lock_hold()
    {
        #region ProcessLockHold
        using var gate = new ProcessLock();
        using (ProcessLockHold hold = await gate.EnterAsync())
        {
            await Task.Delay(10); // the hold owns the lock, not a thread
        }
        #endregion
        gate.IsHeld.ShouldBeFalse();
    }

    [Fact]
    public void Enter_result()
    {
        #region EnterResult
        using var gate = new ProcessLock();
        using var child = ChildProcess.Run(() =>
        {
            gate.Enter();
            Environment.FailFast("The process dies while it owns the lock.");
        });
        child.Join();
        EnterResult result = gate.Enter();
        Console.WriteLine(result.WasAbandoned); // True
        Console.WriteLine(result.AbandonedByProcessId == child.Id); // True
        gate.Exit();
        #endregion
        result.WasAbandoned.ShouldBeTrue();
        result.AbandonedByProcessId.ShouldBe(child.Id);
    }

    [Fact]
    public void Reader_writer_lock()
    {
        #region ProcessReaderWriterLock
        using var gate = new ProcessReaderWriterLock();
        using var prices = new SharedArray<decimal>(100);
        using (gate.EnterWriteScope())
        {
            prices.Fill(9.95m);
        }

        using var child = ChildProcess.Run(() =>
        {
            using (gate.EnterReadScope()) // several processes may read at the same time
            {
                return prices[0];
            }
        });
        Console.WriteLine(child.GetResult()); // 9.95
        #endregion
        child.GetResult().ShouldBe(9.95m);
    }

    [Fact]
    public void Reader_writer_lock_scope()
    {
        #region ProcessReaderWriterLock.Scope
        using var gate = new ProcessReaderWriterLock();
        using (ProcessReaderWriterLock.Scope scope = gate.EnterUpgradeableReadScope())
        {
            // Read, and write only if it is necessary.
            using (gate.EnterWriteScope())
            {
                Console.WriteLine(gate.IsWriteLockHeld); // True
            }
        } // exits the lock
        #endregion
        gate.IsUpgradeableReadLockHeld.ShouldBeFalse();
    }

    [Fact]
    public void Semaphore()
    {
        #region ProcessSemaphore
        using var connections = new ProcessSemaphore(initialCount: 4); // at most 4 processes at a time
        using var child = ChildProcess.Run(() =>
        {
            connections.Wait();
            try
            {
                Console.WriteLine("connected");
            }
            finally
            {
                connections.Release();
            }
        });
        child.Wait();
        #endregion
        connections.CurrentCount.ShouldBe(4);
    }

    [Fact]
    public void Event()
    {
        #region ProcessEvent
        using var ready = new ProcessEvent();
        using var child = ChildProcess.Run(() => ready.Set());
        ready.Wait();
        Console.WriteLine(ready.IsSet); // True
        #endregion
        ready.IsSet.ShouldBeTrue();
    }

    [Fact]
    public void Condition()
    {
        #region ProcessCondition
        using var changed = new ProcessCondition();
        using var count = new SharedValue<int>();
        using var child = ChildProcess.Run(() =>
        {
            using (changed.Lock.EnterScope())
            {
                count.Value = 10;
                changed.NotifyAll();
            }
        });
        using (changed.Lock.EnterScope())
        {
            changed.Wait(() => count.Value == 10); // releases the lock while it waits
        }
        #endregion
        count.Value.ShouldBe(10);
    }

    [Fact]
    public void Barrier()
    {
        #region ProcessBarrier
        using var barrier = new ProcessBarrier(participantCount: 2);
        using var child = ChildProcess.Run(() => barrier.SignalAndWait());
        barrier.SignalAndWait(); // returns when both have arrived
        Console.WriteLine(barrier.CurrentPhaseNumber); // 1
        #endregion
        barrier.CurrentPhaseNumber.ShouldBe(1);
    }

    [Fact]
    public void Broken_barrier()
    {
        #region BrokenBarrierException
        using var barrier = new ProcessBarrier(participantCount: 2);
        using var child = ChildProcess.Run(() => barrier.Abort());
        try
        {
            barrier.SignalAndWait();
        }
        catch (BrokenBarrierException exception)
        {
            Console.WriteLine(exception.Message);
            barrier.Reset(); // the barrier can be used again
        }
        #endregion
        child.Wait();
        barrier.IsBroken.ShouldBeFalse();
    }

    [Fact]
    public void Synchronization_object()
    {
        #region ProcessSynchronizationObject
        ProcessSynchronizationObject[] objects = [new ProcessLock(), new ProcessEvent(), new ProcessSemaphore(1)];
        foreach (ProcessSynchronizationObject item in objects)
        {
            item.Dispose();
        }
        #endregion
        Should.Throw<ObjectDisposedException>(() => ((ProcessLock)objects[0]).Enter());
    }
}
