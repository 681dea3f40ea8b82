using Multiprocessing.Tests.Queues;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Synchronization;

public sealed class SemaphoreOnThreadsTests() : SemaphoreConformance(Crew.Threads);

[Collection(ProcessCollection.Name)]
public sealed class SemaphoreInProcessesTests() : SemaphoreConformance(Crew.Processes);

/// <summary>The promises of a <see cref="ProcessSemaphore"/> in every process.</summary>
public abstract class SemaphoreConformance(Crew crew) : CrewTest(crew)
{
    [Fact]
    public Task There_are_never_more_inside_than_counts() => Watchdog.Run(() =>
    {
        using var places = new ProcessSemaphore(3, 3);
        using var cells = new SharedCells();
        Action work = () =>
        {
            for (var i = 0; i < 2000; i++)
            {
                places.Wait();
                Interlocked.Increment(ref cells[0]).ShouldBeLessThanOrEqualTo(3);
                Interlocked.Increment(ref cells[1]);
                Interlocked.Decrement(ref cells[0]);
                places.Release();
            }
        };
        Action asyncWork = () => Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var i = 0; i < 250; i++)
            {
                await places.WaitAsync();
                Interlocked.Increment(ref cells[0]).ShouldBeLessThanOrEqualTo(3);
                Interlocked.Increment(ref cells[1]);
                await Task.Yield();
                Interlocked.Decrement(ref cells[0]);
                places.Release();
            }
        })).Wait();
        Crew.Do(work, work, asyncWork, work, asyncWork);
        cells[1].ShouldBe(8000);
        places.CurrentCount.ShouldBe(3);
    });

    [Fact]
    public Task Counts_are_given_and_taken_between_several() => Watchdog.Run(() =>
    {
        using var items = new ProcessSemaphore(0);
        using var done = new ProcessSemaphore(0, 10);
        Action take = () =>
        {
            for (var i = 0; i < 300; i++)
            {
                items.Wait();
            }

            done.Release();
        };
        Action give = () =>
        {
            for (var i = 0; i < 100; i++)
            {
                items.Release(3);
            }
        };
        Crew.Do(take, give, take, give);
        items.CurrentCount.ShouldBe(0);
        done.CurrentCount.ShouldBe(2);
    });

    [Fact]
    public Task Too_many_are_refused_and_nothing_is_given_back_then() => Watchdog.Run(() =>
    {
        using var places = new ProcessSemaphore(2, 3);
        places.MaxCount.ShouldBe(3);
        places.Release().ShouldBe(2);
        Crew.Do(() =>
        {
            Should.Throw<SemaphoreFullException>(() => places.Release());
            places.Wait();
            Should.Throw<SemaphoreFullException>(() => places.Release(2));
            places.CurrentCount.ShouldBe(2);
            places.Release().ShouldBe(2);
        });
        places.CurrentCount.ShouldBe(3);
    });

    [Fact]
    public Task A_wait_that_times_out_or_is_cancelled_takes_nothing() => Watchdog.Run(() =>
    {
        using var places = new ProcessSemaphore(1);
        places.Wait();
        Crew.Do(() =>
        {
            places.Wait(TimeSpan.Zero).ShouldBeFalse();
            places.Wait(TimeSpan.FromMilliseconds(20)).ShouldBeFalse();
            places.WaitAsync(TimeSpan.FromMilliseconds(20)).AsTask().Result.ShouldBeFalse();
            using var source = new CancellationTokenSource(20);
            Should.Throw<OperationCanceledException>(() => places.Wait(source.Token));
        });
        places.Release();
        places.CurrentCount.ShouldBe(1);
    });
}

/// <summary>Tests within one process, and units that dead participants release.</summary>
public sealed class SemaphoreTests : IDisposable
{
    private readonly Session _session = Session.CreateRoot();

    public void Dispose() => _session.Leave();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_dead_process_held_is_released_to_waiters(bool asynchronous)
    {
        using var places = new ProcessSemaphore(_session, 2, 2);
        var other = new FakeParticipant(_session);
        var theirs = Open(other, places);
        theirs.Wait();
        theirs.Wait();
        var waiting = Watch.Thread(() => Watch.Threads(2, _ =>
        {
            if (asynchronous)
            {
                places.WaitAsync().AsTask().Wait();
            }
            else
            {
                places.Wait();
            }
        }));
        Thread.Sleep(100);
        waiting.IsCompleted.ShouldBeFalse();
        other.Kill();
        Watch.Over(waiting);
        places.CurrentCount.ShouldBe(0);
        places.Release(2);
        Should.Throw<SemaphoreFullException>(() => places.Release());
    }

    [Fact]
    public void It_is_released_also_without_waiters()
    {
        using var places = new ProcessSemaphore(_session, 5, 5);
        var other = new FakeParticipant(_session);
        var theirs = Open(other, places);
        theirs.Wait();
        theirs.Wait();
        theirs.Release();
        places.CurrentCount.ShouldBe(4);
        other.Kill();
        places.CurrentCount.ShouldBe(5);
    }

    [Fact]
    public void What_others_gave_back_in_its_name_does_not_come_back_again()
    {
        using var signal = new ProcessSemaphore(_session, 0, 100);
        var other = new FakeParticipant(_session);
        var theirs = Open(other, signal);
        signal.Release(10);
        for (var i = 0; i < 6; i++)
        {
            theirs.Wait();
        }

        other.Kill();
        signal.CurrentCount.ShouldBe(4);
        for (var i = 0; i < 4; i++)
        {
            signal.Wait(TimeSpan.Zero).ShouldBeTrue();
        }

        signal.Wait(TimeSpan.Zero).ShouldBeFalse();
        signal.Release(3);
        signal.CurrentCount.ShouldBe(3);
    }

    [Fact]
    public void A_dead_signallers_counts_stay()
    {
        using var signal = new ProcessSemaphore(_session, 0, 100);
        var other = new FakeParticipant(_session);
        Open(other, signal).Release(3);
        other.Kill();
        signal.CurrentCount.ShouldBe(3);
        signal.Wait(TimeSpan.Zero).ShouldBeTrue();
    }

    [Fact]
    public unsafe void A_kill_between_any_two_stores_leaves_a_right_count()
    {
        using var places = new ProcessSemaphore(_session, 4, 10);
        var other = new FakeParticipant(_session);
        var theirs = Open(other, places);
        var frame = (SyncFrame*)places.Shared.Segment.Base;
        var row = (SyncRow*)(places.Shared.Segment.Base + SyncFrame.RowsOffset) + other.Id.Slot;
        theirs.Wait();

        // Killed after the store into the row, before the count's; and while it holds the guard.
        row->Word = 2;
        frame->Lock = OwnerLock.WordOf(other.Id);
        other.Kill();
        places.CurrentCount.ShouldBe(4);

        // Killed in the middle of settling: what was decided is done, whatever was done of it.
        var second = new FakeParticipant(_session);
        Open(second, places).Wait();
        var secondRow = (SyncRow*)(places.Shared.Segment.Base + SyncFrame.RowsOffset) + second.Id.Slot;
        var settler = new FakeParticipant(_session);
        Open(settler, places);
        second.Kill();
        frame->Semaphore.SettledBalance = frame->Semaphore.Balance;
        frame->Semaphore.Settling = second.Id.Slot + 1;
        frame->Lock = OwnerLock.WordOf(settler.Id);
        settler.Kill();
        places.CurrentCount.ShouldBe(4);
        secondRow->Word.ShouldBe(0);
        frame->Semaphore.Settling.ShouldBe(0);
    }

    [Fact]
    public void A_new_participant_in_a_dead_ones_slot_does_not_inherit()
    {
        using var places = new ProcessSemaphore(_session, 3, 3);
        var dead = new FakeParticipant(_session);
        Open(dead, places).Wait();
        dead.Kill();
        FakeParticipant next;
        do
        {
            next = new FakeParticipant(_session);
            if (next.Id.Slot != dead.Id.Slot)
            {
                next.Kill();
            }
        }
        while (next.Id.Slot != dead.Id.Slot);

        var theirs = Open(next, places);
        theirs.CurrentCount.ShouldBe(3);
        theirs.Wait();
        places.CurrentCount.ShouldBe(2);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessSemaphore(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessSemaphore(0, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessSemaphore(3, 2));
        using var places = new ProcessSemaphore(_session, 1, 1);
        Should.Throw<ArgumentOutOfRangeException>(() => places.Release(0));
        places.Dispose();
        Should.Throw<ObjectDisposedException>(() => places.Wait());
        Should.Throw<ObjectDisposedException>(() => places.CurrentCount);
    }

    private static ProcessSemaphore Open(FakeParticipant participant, ProcessSemaphore places) =>
        participant.Keep(new ProcessSemaphore(ProcessSynchronizationObject.Open(participant.Session, places.Shared.Segment.Id, SegmentKind.Semaphore)));
}
