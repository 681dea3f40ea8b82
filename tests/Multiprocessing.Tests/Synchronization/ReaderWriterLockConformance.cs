using Multiprocessing.Tests.Queues;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Synchronization;

public sealed class ReaderWriterLockOnThreadsTests() : ReaderWriterLockConformance(Crew.Threads);

[Collection(ProcessCollection.Name)]
public sealed class ReaderWriterLockInProcessesTests() : ReaderWriterLockConformance(Crew.Processes);

/// <summary>The promises of a <see cref="ProcessReaderWriterLock"/> in every process.</summary>
public abstract class ReaderWriterLockConformance(Crew crew) : CrewTest(crew)
{
    [Fact]
    public Task Readers_never_see_what_a_writer_has_half_done() => Watchdog.Run(() =>
    {
        using var gate = new ProcessReaderWriterLock();
        using var cells = new SharedCells();
        Action write = () =>
        {
            for (var i = 0; i < 1500; i++)
            {
                using var scope = gate.EnterWriteScope();
                cells[0]++;
                cells[1]++;
            }
        };
        Action upgrade = () =>
        {
            for (var i = 0; i < 500; i++)
            {
                using var scope = gate.EnterUpgradeableReadScope();
                var seen = cells[0];
                cells[1].ShouldBe(seen);
                gate.EnterWriteLock();
                cells[0].ShouldBe(seen, "nobody wrote between the read and the write");
                cells[0]++;
                cells[1]++;
                gate.ExitWriteLock();
            }
        };
        Action read = () =>
        {
            for (var i = 0; i < 3000; i++)
            {
                using var scope = gate.EnterReadScope();
                cells[1].ShouldBe(cells[0]);
            }
        };
        Action async = () => Task.WhenAll(Enumerable.Range(0, 3).Select(async number =>
        {
            for (var i = 0; i < 100; i++)
            {
                using (await gate.EnterReadLockAsync())
                {
                    await Task.Yield();
                    cells[1].ShouldBe(cells[0]);
                }

                using (await gate.EnterWriteLockAsync())
                {
                    cells[0]++;
                    await Task.Yield();
                    cells[1]++;
                }
            }
        })).Wait();
        Crew.Do(write, read, upgrade, read, async);
        cells[0].ShouldBe(1500 + 500 + 300);
        gate.CurrentReadCount.ShouldBe(0);
    });

    [Fact]
    public Task Readers_are_together_and_writers_are_alone() => Watchdog.Run(() =>
    {
        using var gate = new ProcessReaderWriterLock();
        var moment = TimeSpan.FromMilliseconds(30);
        gate.EnterReadLock();
        Crew.Do(() =>
        {
            gate.TryEnterReadLock(moment).ShouldBeTrue();
            gate.CurrentReadCount.ShouldBe(2);
            gate.ExitReadLock();
            gate.TryEnterWriteLock(moment).ShouldBeFalse();
            gate.TryEnterUpgradeableReadLock(moment).ShouldBeTrue();
            gate.TryEnterWriteLock(moment).ShouldBeFalse();
            gate.ExitUpgradeableReadLock();
            gate.TryEnterWriteLockAsync(moment).AsTask().Result.ShouldBeNull();
            using var source = new CancellationTokenSource(30);
            Should.Throw<OperationCanceledException>(() => gate.EnterWriteLock(source.Token));

            // Who has given up to write keeps no reader out.
            gate.TryEnterReadLock(moment).ShouldBeTrue();
            gate.ExitReadLock();
            Should.Throw<SynchronizationLockException>(gate.ExitReadLock);
        });
        gate.ExitReadLock();
        gate.EnterUpgradeableReadLock();
        Crew.Do(() =>
        {
            gate.TryEnterReadLock(moment).ShouldBeTrue();
            gate.ExitReadLock();
            gate.TryEnterUpgradeableReadLock(moment).ShouldBeFalse();
            gate.TryEnterWriteLock(moment).ShouldBeFalse();
        });
        gate.EnterWriteLock();
        Crew.Do(() =>
        {
            gate.TryEnterReadLock(moment).ShouldBeFalse();
            gate.TryEnterReadLockAsync(moment).AsTask().Result.ShouldBeNull();
        });
        gate.ExitWriteLock();
        gate.ExitUpgradeableReadLock();
    });

    [Fact]
    public Task A_waiting_writer_goes_before_new_readers() => Watchdog.Run(() =>
    {
        using var gate = new ProcessReaderWriterLock();
        using var cells = new SharedCells();
        gate.EnterReadLock();
        var writer = Crew.Start(() =>
        {
            gate.EnterWriteLock();
            cells[0] = 1;
            gate.ExitWriteLock();
        });
        Eventually.Is(
            () =>
            {
                var blocked = false;
                Crew.Threads.Do(() =>
                {
                    blocked = !gate.TryEnterReadLock(TimeSpan.FromMilliseconds(1));
                    if (!blocked)
                    {
                        gate.ExitReadLock();
                    }
                });
                return blocked;
            },
            "new readers wait",
            TimeSpan.FromSeconds(60));
        var reader = Crew.Start(() =>
        {
            gate.EnterReadLock();
            cells[0].ShouldBe(1);
            gate.ExitReadLock();
        });
        Thread.Sleep(50);
        gate.ExitReadLock();
        writer();
        reader();
    }, TimeSpan.FromMinutes(2));
}

/// <summary>What concerns one process, and what the living see of the dead.</summary>
public sealed class ReaderWriterLockTests : IDisposable
{
    private readonly Session _session = Session.CreateRoot();

    public void Dispose() => _session.Leave();

    [Fact]
    public void A_dead_writers_lock_is_free_and_reports_the_death_until_one_has_repaired()
    {
        using var gate = NewLock();
        var other = new FakeParticipant(_session);
        Open(other, gate).EnterWriteLock();
        var reading = Watch.Thread(() =>
        {
            var result = gate.EnterReadLock();
            gate.ExitReadLock();
            return result;
        });
        Thread.Sleep(50);
        other.Kill();
        Watch.Over(reading);
        reading.Result.AbandonedByProcessId.ShouldBe(Environment.ProcessId);
        gate.EnterReadLock().WasAbandoned.ShouldBeTrue();
        gate.ExitReadLock();
        using (var scope = gate.EnterWriteScope())
        {
            scope.WasAbandoned.ShouldBeTrue();
        }

        gate.EnterReadLock().WasAbandoned.ShouldBeFalse();
        gate.ExitReadLock();
        gate.WasAbandoned.ShouldBeFalse();
    }

    [Fact]
    public async Task Dead_readers_and_upgraders_and_waiting_writers_are_forgotten()
    {
        var stop = TestContext.Current.CancellationToken;
        using var gate = NewLock();
        var other = new FakeParticipant(_session);
        var theirs = Open(other, gate);
        theirs.EnterReadLock();
        var second = new FakeParticipant(_session);
        Open(second, gate).EnterUpgradeableReadLock();
        var waiting = Watch.Thread(() =>
        {
            gate.EnterWriteLock();
            gate.ExitWriteLock();
        });
        var async = gate.EnterWriteLockAsync(stop).AsTask();
        await Task.Delay(50, stop);
        other.Kill();
        await Task.Delay(50, stop);
        waiting.IsCompleted.ShouldBeFalse();
        async.IsCompleted.ShouldBeFalse();
        second.Kill();
        (await async.WaitAsync(Watch.Patience, stop)).Dispose();
        await waiting.WaitAsync(Watch.Patience, stop);
        gate.TryEnterReadLock(TimeSpan.Zero).ShouldBeTrue();
        gate.ExitReadLock();
    }

    [Fact]
    public unsafe void A_kill_between_any_two_stores_leaves_right_numbers()
    {
        using var gate = NewLock();
        var other = new FakeParticipant(_session);
        var theirs = Open(other, gate);
        theirs.EnterReadLock();
        var frame = (SyncFrame*)gate.Shared.Segment.Base;
        var row = (SyncRow*)(gate.Shared.Segment.Base + SyncFrame.RowsOffset) + other.Id.Slot;

        // Killed in the guard after the store into the row: two readers and a waiting writer, of which the totals know one reader.
        row->Word = (1L << 32) | 2;
        frame->Lock = OwnerLock.WordOf(other.Id);
        other.Kill();
        gate.TryEnterWriteLock(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        gate.ExitWriteLock();
        gate.CurrentReadCount.ShouldBe(0);
        gate.TryEnterReadLock(TimeSpan.Zero).ShouldBeTrue();
        gate.ExitReadLock();
    }

    [Fact]
    public void Without_recursion_each_mode_is_entered_once_and_never_up_from_reading()
    {
        using var gate = NewLock();
        gate.EnterReadLock();
        gate.IsReadLockHeld.ShouldBeTrue();
        Should.Throw<LockRecursionException>(() => gate.EnterReadLock());
        Should.Throw<LockRecursionException>(() => gate.EnterWriteLock());
        Should.Throw<LockRecursionException>(() => gate.EnterUpgradeableReadLock());
        gate.ExitReadLock();
        gate.EnterWriteLock();
        gate.IsWriteLockHeld.ShouldBeTrue();
        Should.Throw<LockRecursionException>(() => gate.EnterReadLock());
        Should.Throw<LockRecursionException>(() => gate.EnterWriteLock());
        gate.ExitWriteLock();
        gate.EnterUpgradeableReadLock();
        gate.IsUpgradeableReadLockHeld.ShouldBeTrue();
        gate.EnterReadLock();
        gate.ExitReadLock();
        gate.EnterWriteLock();
        gate.ExitWriteLock();
        gate.ExitUpgradeableReadLock();
        Should.Throw<SynchronizationLockException>(gate.ExitUpgradeableReadLock);
        Should.Throw<SynchronizationLockException>(gate.ExitWriteLock);
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessReaderWriterLock((LockRecursionPolicy)5));
    }

    [Fact]
    public void With_recursion_a_writer_may_read_and_go_on_reading()
    {
        using var gate = new ProcessReaderWriterLock(_session, LockRecursionPolicy.SupportsRecursion);
        gate.EnterWriteLock();
        gate.EnterWriteLock();
        gate.EnterReadLock();
        gate.EnterUpgradeableReadLock();
        gate.ExitUpgradeableReadLock();
        gate.ExitWriteLock();
        gate.ExitWriteLock();
        gate.CurrentReadCount.ShouldBe(1);
        Should.Throw<LockRecursionException>(() => gate.EnterWriteLock());
        gate.EnterReadLock();
        gate.ExitReadLock();
        gate.ExitReadLock();
        gate.CurrentReadCount.ShouldBe(0);
    }

    [Fact]
    public async Task Asynchronous_holds_are_nobodys_thread()
    {
        var stop = TestContext.Current.CancellationToken;
        using var gate = NewLock();
        var first = await gate.EnterReadLockAsync(stop);
        var second = await gate.EnterReadLockAsync(stop);
        first.Lock.ShouldBeSameAs(gate);
        gate.IsReadLockHeld.ShouldBeFalse();
        Should.Throw<SynchronizationLockException>(gate.ExitReadLock);
        first.Dispose();
        first.Dispose();
        gate.CurrentReadCount.ShouldBe(1);
        await Watch.Thread(second.Dispose);
        using (var writer = await gate.EnterWriteLockAsync(stop))
        {
            writer.Lock.ShouldBeSameAs(gate);
            Should.Throw<SynchronizationLockException>(gate.ExitWriteLock);
            gate.TryEnterReadLock(TimeSpan.Zero).ShouldBeFalse();
        }

        gate.TryEnterReadLock(TimeSpan.Zero).ShouldBeTrue();
        gate.ExitReadLock();
    }

    private static ProcessReaderWriterLock Open(FakeParticipant participant, ProcessReaderWriterLock gate) =>
        participant.Keep(new ProcessReaderWriterLock(ProcessSynchronizationObject.Open(participant.Session, gate.Shared.Segment.Id, SegmentKind.ReaderWriterLock)));

    private ProcessReaderWriterLock NewLock() => new(_session, LockRecursionPolicy.NoRecursion);
}
