using Multiprocessing.Tests.Queues;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Synchronization;

/// <summary>
/// What docs/internals/kernel.md says of each step: the memory is set to the state that a process leaves when it is killed there, then its death is
/// reported. The waiter continues, and the state that it finds is right.
/// </summary>
public sealed unsafe class KilledBetweenStoresTests : IDisposable
{
    private readonly Session _session = Session.CreateRoot();
    private readonly FakeParticipant _dead;

    public KilledBetweenStoresTests() => _dead = new FakeParticipant(_session);

    public void Dispose() => _session.Leave();

    [Fact]
    public void Lock_freed_and_nobody_woken()
    {
        using var gate = new ProcessLock(_session, LockRecursionPolicy.NoRecursion);
        _dead.Keep(new ProcessLock(Open(gate, SegmentKind.Lock))).Enter();
        var waiting = Watch.Thread(() => gate.Enter());
        Watch.Until(() => Volatile.Read(ref Frame(gate)->Lock) < 0, "it sleeps");
        Thread.Sleep(50);
        Volatile.Write(ref Frame(gate)->Lock, 0);
        _dead.Kill();
        Watch.Over(waiting);
        waiting.Result.WasAbandoned.ShouldBeFalse("it had exited");
    }

    [Fact]
    public void Lock_taken_over_and_not_counted()
    {
        using var gate = new ProcessLock(_session, LockRecursionPolicy.NoRecursion);
        using var changed = new ProcessCondition(gate);
        Open(gate, SegmentKind.Lock);
        var waiting = Watch.Thread(() =>
        {
            using var scope = gate.EnterScope();
            return changed.Wait(Watch.Patience) && gate.WasAbandoned;
        });
        Watch.Until(() => ((ConditionCore)changed.Shared.Core).WaiterCount == 1 && !gate.IsHeld, "it waits");
        Volatile.Write(ref Frame(gate)->Lock, OwnerLock.WordOf(_dead.Id) | (1 << 31));
        _dead.Kill();
        Watch.Over(waiting);
        waiting.Result.ShouldBeTrue("the lock's owner died, so all who wait at the condition wake, and the first is told");
        Frame(gate)->TakeOvers.ShouldBe(1);
    }

    [Fact]
    public void Event_set_and_nobody_woken()
    {
        using var signal = new ProcessEvent(_session, EventResetMode.ManualReset, false);
        Open(signal, SegmentKind.Event);
        var waiting = Watch.Thread(() => signal.Wait());
        Asleep(signal);
        Volatile.Write(ref Frame(signal)->Event.Word, 3);
        _dead.Kill();
        Watch.Over(waiting);
    }

    [Fact]
    public void Semaphore_given_back_and_nobody_woken()
    {
        using var places = new ProcessSemaphore(_session, 0, 5);
        Open(places, SegmentKind.Semaphore);
        var waiting = Watch.Thread(() => places.Wait());
        Asleep(places);
        Row(places)->Word = -1;
        Volatile.Write(ref Frame(places)->Semaphore.Count, 1);
        _dead.Kill();
        Watch.Over(waiting);
        places.CurrentCount.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Semaphore_given_back_in_the_row_only(bool wasTaken)
    {
        using var places = new ProcessSemaphore(_session, wasTaken ? 1 : 0, 5);
        var theirs = _dead.Keep(new ProcessSemaphore(Open(places, SegmentKind.Semaphore)));
        if (wasTaken)
        {
            theirs.Wait();
        }

        var waiting = Watch.Thread(() => places.Wait());
        Asleep(places);
        TakeGuard(places);
        Row(places)->Word--;
        _dead.Kill();
        Watch.Over(waiting);
        places.CurrentCount.ShouldBe(0);
    }

    [Fact]
    public void Condition_notified_and_nobody_woken()
    {
        using var gate = new ProcessLock(_session, LockRecursionPolicy.NoRecursion);
        using var changed = new ProcessCondition(gate);
        var theirs = _dead.Keep(ProcessCondition.Open(_dead.Session, changed));
        var waiting = Watch.Thread(() =>
        {
            using var scope = gate.EnterScope();
            return changed.Wait(Watch.Patience) && !gate.WasAbandoned;
        });
        var core = (ConditionCore)changed.Shared.Core;
        Watch.Until(() => core.WaiterCount == 1 && !gate.IsHeld, "it waits");
        Thread.Sleep(50);
        ((ConditionWaiter*)((byte*)Frame(changed) + SyncFrame.Size))[1].State = ConditionWaiter.Notified;
        _dead.Kill();
        Watch.Over(waiting);
        waiting.Result.ShouldBeTrue();
        GC.KeepAlive(theirs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Condition_changed_and_nobody_notified(bool asynchronous)
    {
        using var gate = new ProcessLock(_session, LockRecursionPolicy.NoRecursion);
        using var changed = new ProcessCondition(gate);
        var theirs = _dead.Keep(ProcessCondition.Open(_dead.Session, changed));
        var isChanged = false;
        var told = 0;
        var waiting = Watch.Thread(() => Watch.Threads(3, _ =>
        {
            if (asynchronous)
            {
                using var hold = gate.EnterAsync().AsTask().Result;
                changed.WaitAsync(hold, () => isChanged).AsTask().Wait();
                told += hold.WasAbandoned ? 1 : 0;
            }
            else
            {
                using var scope = gate.EnterScope();
                changed.Wait(() => isChanged);
                told += gate.WasAbandoned ? 1 : 0;
            }
        }));
        Watch.Until(() => ((ConditionCore)changed.Shared.Core).WaiterCount == 3 && !gate.IsHeld, "they wait");
        theirs.Lock.Enter();
        isChanged = true;
        Thread.Sleep(50);
        waiting.IsCompleted.ShouldBeFalse();
        _dead.Kill();
        Watch.Over(waiting);
        told.ShouldBe(1);
    }

    [Fact]
    public void Barrier_phase_ended_and_nobody_woken()
    {
        using var barrier = new ProcessBarrier(_session, 2, null);
        var theirs = (BarrierCore)Open(barrier, SegmentKind.Barrier).Core;
        var waiting = Watch.Thread(() => barrier.SignalAndWait());
        Watch.Until(() => barrier.ParticipantsRemaining == 1, "one has come");
        Asleep(barrier);
        theirs.TryArrive(out var arrival).ShouldBeTrue();
        arrival.IsLast.ShouldBeTrue();
        ref var state = ref Frame(barrier)->Barrier;
        state.Acting = 0;
        state.Arrived = 0;
        Volatile.Write(ref state.Phase, 1);
        _dead.Kill();
        Watch.Over(waiting);
        waiting.Result.ShouldBe(0, "the phase had ended before the death");
        Should.Throw<BrokenBarrierException>(() => barrier.SignalAndWait());
    }

    [Fact]
    public void Reader_writer_lock_left_by_the_writer_and_nobody_woken()
    {
        using var gate = new ProcessReaderWriterLock(_session, LockRecursionPolicy.NoRecursion);
        _dead.Keep(new ProcessReaderWriterLock(Open(gate, SegmentKind.ReaderWriterLock))).EnterWriteLock();
        var waiting = Watch.Thread(() => gate.EnterReadLock());
        Asleep(gate);
        Volatile.Write(ref Frame(gate)->ReaderWriter.Writer, 0);
        _dead.Kill();
        Watch.Over(waiting);
        waiting.Result.WasAbandoned.ShouldBeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reader_writer_lock_left_by_the_reader_in_the_row_only(bool asynchronous)
    {
        using var gate = new ProcessReaderWriterLock(_session, LockRecursionPolicy.NoRecursion);
        _dead.Keep(new ProcessReaderWriterLock(Open(gate, SegmentKind.ReaderWriterLock))).EnterReadLock();
        var waiting = Watch.Thread(() =>
        {
            if (asynchronous)
            {
                gate.EnterWriteLockAsync().AsTask().Result.Dispose();
            }
            else
            {
                gate.EnterWriteLock();
                gate.ExitWriteLock();
            }
        });
        Thread.Sleep(100);
        waiting.IsCompleted.ShouldBeFalse();
        TakeGuard(gate);
        Row(gate)->Word = 0;
        _dead.Kill();
        Watch.Over(waiting);
        gate.CurrentReadCount.ShouldBe(0);
    }

    [Fact]
    public void Reader_writer_lock_half_settled()
    {
        using var gate = new ProcessReaderWriterLock(_session, LockRecursionPolicy.NoRecursion);
        _dead.Keep(new ProcessReaderWriterLock(Open(gate, SegmentKind.ReaderWriterLock))).EnterWriteLock();
        var settler = new FakeParticipant(_session);
        ProcessSynchronizationObject.Open(settler.Session, gate.Shared.Segment.Id, SegmentKind.ReaderWriterLock);
        _dead.Kill();
        Frame(gate)->Lock = OwnerLock.WordOf(settler.Id);
        Frame(gate)->ReaderWriter.AbandonedBy = Environment.ProcessId;
        settler.Kill();
        gate.EnterWriteLock().WasAbandoned.ShouldBeTrue();
        gate.ExitWriteLock();
        gate.EnterReadLock().WasAbandoned.ShouldBeFalse();
    }

    private static SyncFrame* Frame(ProcessSynchronizationObject primitive) => (SyncFrame*)primitive.Shared.Segment.Base;

    private static void Asleep(ProcessSynchronizationObject primitive)
    {
        Watch.Until(() => Volatile.Read(ref Frame(primitive)->Point.Arrivals) > 0, "it is announced");
        Thread.Sleep(50);
    }

    /// <summary>Makes the dead one the owner of the guard, in which the waiter is for a moment whenever it looks again.</summary>
    private void TakeGuard(ProcessSynchronizationObject primitive) =>
        Watch.Until(() => OwnerLock.TryEnter(&Frame(primitive)->Lock, OwnerLock.WordOf(_dead.Id)), "the guard is free");

    private SyncObject Open(ProcessSynchronizationObject primitive, SegmentKind kind) => ProcessSynchronizationObject.Open(_dead.Session, primitive.Shared.Segment.Id, kind);

    private SyncRow* Row(ProcessSynchronizationObject primitive) => (SyncRow*)(primitive.Shared.Segment.Base + SyncFrame.RowsOffset) + _dead.Id.Slot;
}
