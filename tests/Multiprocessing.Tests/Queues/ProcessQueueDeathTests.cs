using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Queues;

/// <summary>
/// Reports to the other participants when a participant dies. The dead ones are participants of this process that their parent reports as exited.
/// </summary>
public sealed class ProcessQueueDeathTests : IDisposable
{
    private readonly Session _session = Session.CreateRoot();

    public void Dispose() => _session.Leave();

    [Fact]
    public void A_get_that_waits_for_a_killed_process_reports_at_once_which_process_died_and_how()
    {
        var other = new FakeParticipant(_session);
        using var queue = NewQueue<int>();
        other.Open(queue).Put(1);
        var waiting = Watch.Thread(() =>
        {
            queue.Get().ShouldBe(1);
            return Should.Throw<QueueAbandonedException>(() => queue.Get());
        });
        Thread.Sleep(100);
        waiting.IsCompleted.ShouldBeFalse();
        other.Kill();
        var told = Stopwatch.StartNew();
        Watch.Over(waiting);
        told.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        var exception = waiting.Result;
        exception.ProcessId.ShouldBe(Environment.ProcessId);
        exception.ExitStatus.Signal.ShouldBe(9);
        exception.Message.ShouldContain("SIGKILL");
    }

    [Fact]
    public async Task Asynchronous_waiters_get_the_report_too()
    {
        var stop = TestContext.Current.CancellationToken;
        var other = new FakeParticipant(_session);
        using var queue = NewQueue<int>(1);
        var theirs = other.Open(queue);
        var get = queue.GetAsync(stop).AsTask();
        theirs.Put(1);
        (await get.WaitAsync(Watch.Patience, stop)).ShouldBe(1);
        var next = queue.GetAsync(stop).AsTask();
        using var unread = NewQueue<int>();
        other.Open(unread).Put(2);
        var allDone = unread.WaitAllDoneAsync(stop).AsTask();
        other.Kill();
        await Should.ThrowAsync<QueueAbandonedException>(() => next.WaitAsync(Watch.Patience, stop));
        await Should.ThrowAsync<QueueAbandonedException>(() => allDone.WaitAsync(Watch.Patience, stop));
    }

    [Fact]
    public async Task A_waiter_detects_an_exit_that_is_not_reported()
    {
        var stop = TestContext.Current.CancellationToken;
        using var process = Stranger.StartSleeping();
        var other = new FakeParticipant(_session);
        using var queue = NewQueue<int>();
        using var other2 = NewQueue<int>();
        other.Open(queue);
        other.Open(other2);
        other.PretendToBe(process.Id);
        var get = Watch.Thread(() => Should.Throw<QueueAbandonedException>(() => queue.Get()));
        var getAsync = other2.GetAsync(stop).AsTask();
        await Task.Delay(1500, stop);
        get.IsCompleted.ShouldBeFalse();
        getAsync.IsCompleted.ShouldBeFalse();
        process.Kill();
        await process.WaitForExitAsync(stop);
        var told = Stopwatch.StartNew();
        (await get.WaitAsync(Watch.Patience, stop)).ProcessId.ShouldBe(process.Id);
        (await Should.ThrowAsync<QueueAbandonedException>(() => getAsync.WaitAsync(Watch.Patience, stop))).ProcessId.ShouldBe(process.Id);
        told.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        TestContext.Current.SendDiagnosticMessage($"told after {told.ElapsedMilliseconds} ms");
    }

    [Fact]
    public void A_put_into_a_full_queue_throws_when_no_consumer_is_left()
    {
        var other = new FakeParticipant(_session);
        using var queue = NewQueue<int>(1);
        other.Open(queue);
        queue.Put(1);
        other.Kill();
        Should.Throw<QueueAbandonedException>(() => queue.Put(2));
        queue.Get().ShouldBe(1);
        queue.Put(2);
    }

    [Fact]
    public void Items_that_are_there_come_before_the_news()
    {
        var other = new FakeParticipant(_session);
        using var queue = NewQueue<int>();
        other.Open(queue).PutMany([1, 2, 3]);
        other.Kill();
        queue.Get().ShouldBe(1);
        queue.GetMany(5).ShouldBe([2, 3]);
        Should.Throw<QueueAbandonedException>(() => queue.Get());
    }

    [Fact]
    public void A_process_that_left_in_good_order_is_waited_for_during_the_grace()
    {
        // The grace of the first queue is longer than this thread may stand still.
        using var patient = new ProcessQueue<int>(_session, new ProcessQueueOptions { OrphanGrace = TimeSpan.FromSeconds(60) }, raw: true);
        var first = new FakeParticipant(_session);
        first.Open(patient).Put(1);
        first.Session.Leave();
        first.End(new ParticipantExit(Environment.ProcessId, ExitReason.Exited, 0, -1));
        patient.Get().ShouldBe(1);
        var waiting = Watch.Thread(() => patient.Get());
        Thread.Sleep(200);
        waiting.IsCompleted.ShouldBeFalse();
        var second = new FakeParticipant(_session);
        second.Open(patient).Put(2);
        Watch.Over(waiting);
        waiting.Result.ShouldBe(2);

        var options = new ProcessQueueOptions { OrphanGrace = TimeSpan.FromMilliseconds(600), DisplayName = "results" };
        using var queue = new ProcessQueue<int>(_session, options, raw: true);
        second.Open(queue);
        var watch = Stopwatch.StartNew();
        second.Session.Leave();
        second.End(new ParticipantExit(Environment.ProcessId, ExitReason.Exited, 3, -1));
        var exception = Should.Throw<QueueAbandonedException>(() => queue.Get());
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(300));
        exception.Message.ShouldContain("results");
        exception.ExitStatus.Code.ShouldBe(3);
    }

    [Fact]
    public void A_handle_in_flight_counts_as_a_possible_participant()
    {
        using var queue = NewQueue<int>();
        var other = new FakeParticipant(_session);
        var theirs = other.Open(queue);
        var travelling = theirs.Core.StartTravel();
        other.Kill();
        Should.Throw<QueueEmptyException>(() => queue.Get(TimeSpan.FromMilliseconds(700)));
        travelling.Cancel();
        Should.Throw<QueueAbandonedException>(() => queue.Get());
    }

    [Fact]
    public void A_handle_in_the_body_of_a_child_counts_as_a_possible_participant()
    {
        using var queue = NewQueue<int>();
        var other = new FakeParticipant(_session);
        other.Open(queue);
        var kept = queue.Core.KeepForBody();
        other.Kill();
        Should.Throw<QueueEmptyException>(() => queue.Get(TimeSpan.FromMilliseconds(700)));
        kept.Cancel();
        Should.Throw<QueueAbandonedException>(() => queue.Get());
    }

    [Fact]
    public void A_parent_that_dies_while_a_child_starts_leaves_nothing_of_the_body()
    {
        using var queue = NewQueue<int>();
        var other = new FakeParticipant(_session);
        var theirs = other.Open(queue);
        var id = queue.Core.Segment.Id;
        theirs.Core.KeepForBody();
        theirs.Dispose();
        _session.Segments.AnyHolder(id, slot => slot == other.Id.Slot).ShouldBeTrue();
        other.Kill();
        queue.Dispose();
        _session.Segments.IsCurrent(id).ShouldBeFalse();
    }

    [Fact]
    public void A_queue_that_no_other_process_ever_had_is_never_abandoned()
    {
        using var queue = NewQueue<int>();
        Should.Throw<QueueEmptyException>(() => queue.Get(TimeSpan.FromMilliseconds(700)));
    }

    [Fact]
    public void The_wait_works_again_when_another_process_has_the_queue_again()
    {
        using var queue = NewQueue<int>();
        var first = new FakeParticipant(_session);
        first.Open(queue);
        first.Kill();
        Should.Throw<QueueAbandonedException>(() => queue.Get());
        var second = new FakeParticipant(_session);
        var theirs = second.Open(queue);
        Should.Throw<QueueEmptyException>(() => queue.Get(TimeSpan.FromMilliseconds(500)));
        theirs.Put(5);
        queue.Get().ShouldBe(5);
    }

    [Fact]
    public void Who_waits_for_all_items_is_told_what_a_dead_process_had_in_hand_and_the_next_wait_succeeds()
    {
        using var queue = NewQueue<int>();
        using var keeper = new FakeParticipant(_session);
        using var kept = keeper.Open(queue);
        queue.PutMany([1, 2, 3, 4, 5]);
        var worker = new FakeParticipant(_session);
        var theirs = worker.Open(queue);
        theirs.GetMany(3).Length.ShouldBe(3);
        theirs.MarkDone();
        var sync = Watch.Thread(() => Should.Throw<ItemsLostException>(() => queue.WaitAllDone()));
        var elsewhere = Watch.Thread(() => Should.Throw<ItemsLostException>(() => kept.WaitAllDone()));
        var async = queue.WaitAllDoneAsync(TestContext.Current.CancellationToken).AsTask();
        Watch.Until(() => Sleeps(_session.Self), "the one thread waits");
        Watch.Until(() => Sleeps(keeper.Id), "the other thread waits");
        worker.Kill();
        Watch.Over(Task.WhenAll(sync, elsewhere));
        sync.Result.ItemsLost.ShouldBe(2);
        sync.Result.ExitStatus.Signal.ShouldBe(9);
        sync.Result.ProcessId.ShouldBe(Environment.ProcessId);
        elsewhere.Result.ItemsLost.ShouldBe(2);
        Should.Throw<ItemsLostException>(() => async.WaitAsync(Watch.Patience).GetAwaiter().GetResult()).ItemsLost.ShouldBe(2);
        queue.WaitAllDone(TimeSpan.FromMilliseconds(50)).ShouldBeFalse();
        queue.GetMany(10).Length.ShouldBe(2);
        queue.MarkDone(2);
        queue.WaitAllDone();
    }

    [Fact]
    public void A_loss_before_the_wait_is_reported_once()
    {
        using var queue = NewQueue<int>();
        queue.PutMany([1, 2]);
        var worker = new FakeParticipant(_session);
        worker.Open(queue).GetMany(2);
        worker.Kill();
        Should.Throw<ItemsLostException>(() => queue.WaitAllDone()).ItemsLost.ShouldBe(2);
        queue.WaitAllDone();
    }

    [Fact]
    public void A_new_participant_in_a_dead_ones_slot_does_not_inherit_what_it_had_in_hand()
    {
        using var queue = NewQueue<int>();
        queue.PutMany([1, 2]);
        var worker = new FakeParticipant(_session);
        worker.Open(queue).Get();
        worker.Kill();
        FakeParticipant next;
        do
        {
            next = new FakeParticipant(_session);
            if (next.Id.Slot != worker.Id.Slot)
            {
                next.Kill();
            }
        }
        while (next.Id.Slot != worker.Id.Slot);

        var theirs = next.Open(queue);
        Should.Throw<ItemsLostException>(() => queue.WaitAllDone()).ItemsLost.ShouldBe(1);
        theirs.Get();
        theirs.MarkDone();
        queue.WaitAllDone();
    }

    [Fact]
    public unsafe void Locks_of_a_dead_process_are_taken_over_and_nothing_half_done_is_seen()
    {
        using var queue = NewQueue<int>();
        queue.PutMany([1, 2, 3]);
        var dead = new FakeParticipant(_session);
        dead.Open(queue);
        var control = (QueueControl*)queue.Core.Segment.Base;
        var word = OwnerLock.WordOf(dead.Id);

        // As if killed inside a put and inside a take, each with the next state half filled.
        control->WriteLock = word;
        control->ReadLock = word;
        control->ChainLock = word;
        (&control->Put0 + ((control->PutSequence + 1) & 1))->Head = 99999;
        (&control->Got0 + ((control->GotSequence + 1) & 1))->Tail = 77777;
        var put = Watch.Thread(() => queue.Put(4));
        var get = Watch.Thread(() => queue.GetMany(3));
        Thread.Sleep(100);
        put.IsCompleted.ShouldBeFalse();
        get.IsCompleted.ShouldBeFalse();
        dead.Kill();
        Watch.Over(Task.WhenAll(put, get));
        get.Result.ShouldBe([1, 2, 3]);
        queue.Get().ShouldBe(4);
    }

    [Fact]
    public unsafe void A_take_that_was_committed_but_not_entered_in_its_row_is_entered_by_the_next()
    {
        using var queue = NewQueue<int>();
        queue.PutMany([1, 2, 3]);
        var dead = new FakeParticipant(_session);
        dead.Open(queue).Get();
        var control = (QueueControl*)queue.Core.Segment.Base;
        var row = (QueueRow*)(queue.Core.Segment.Base + QueueControl.RowsOffset) + dead.Id.Slot;
        row->InHand.ShouldBe(1);
        row->InHand = 0;
        control->ReadLock = OwnerLock.WordOf(dead.Id);
        dead.Kill();
        queue.GetMany(5).ShouldBe([2, 3]);
        queue.MarkDone(2);
        Should.Throw<ItemsLostException>(() => queue.WaitAllDone()).ItemsLost.ShouldBe(1);
    }

    [Fact]
    public unsafe void Rings_that_a_dead_process_left_between_two_steps_are_collected()
    {
        using var queue = NewQueue<long>();
        var dead = new FakeParticipant(_session);
        dead.Open(queue);

        // Killed with a new ring that is not linked.
        var orphan = dead.Session.Segments.Create(SegmentKind.Ring, 64 << 10, queue.Core.Segment.Id);
        var path = Path.Combine(_session.Directory, $"{orphan.Id.Index}-{orphan.Id.Generation}");
        Fill();
        File.Exists(path).ShouldBeTrue();
        dead.Kill();
        Fill();
        File.Exists(path).ShouldBeFalse();

        void Fill()
        {
            for (var wave = 0; wave < 2; wave++)
            {
                queue.PutMany(Enumerable.Range(0, 300_000).Select(i => (long)i));
                var expected = 0L;
                while (queue.TryGet(out var item))
                {
                    item.ShouldBe(expected++);
                }

                expected.ShouldBe(300_000);
            }
        }
    }

    [Fact]
    public unsafe void A_damaged_ring_throws_and_does_not_crash()
    {
        using var queue = NewQueue<long>();
        queue.PutMany([1L, 2L, 3L]);
        var first = (ulong*)(queue.Core.Segment.Base + QueueControl.DataOffset);
        foreach (var bad in new ulong[] { 0, ulong.MaxValue, RecordHeader.Make(RecordKind.Item, 1L << 40), RecordHeader.Make(RecordKind.Item, 4), RecordHeader.Make(RecordKind.Link, 8), RecordHeader.Make(RecordKind.Pad, QueueControl.FirstRingBytes - 8) })
        {
            *first = bad;
            Should.Throw<InvalidDataException>(() => queue.Get());
        }

        *first = RecordHeader.Make(RecordKind.Item, 8);
        queue.Get().ShouldBe(1);
    }

    /// <summary>Whether a thread of the participant sleeps at an object.</summary>
    private unsafe bool Sleeps(ParticipantId participant) =>
        new ReadOnlySpan<int>(_session.Participants[participant.Slot]->Sleeps, ParticipantSlot.MaxSleeps).ContainsAnyExcept(0);

    private ProcessQueue<T> NewQueue<T>(int? capacity = null) => new(_session, new ProcessQueueOptions { Capacity = capacity }, raw: true);
}
