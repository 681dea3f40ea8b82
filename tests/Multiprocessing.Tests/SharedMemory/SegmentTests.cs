using Multiprocessing.Tests.Queues;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Segments;

/// <summary>A segment is removed with its last holder, and not before a handle in flight was read.</summary>
public sealed class SegmentTests : IDisposable
{
    private readonly Session _root = Session.CreateRoot();

    public void Dispose() => _root.Leave();

    [Fact]
    public void A_queue_whose_creator_died_opens_from_a_handle_that_lies_in_another_queue()
    {
        var creator = new FakeParticipant(_root);
        using var carrier = NewQueue<long>(_root);
        var theirCarrier = creator.Open(carrier);
        var theirs = NewQueue<int>(creator.Session);
        theirs.Put(42);
        theirs.Core.StartTravel();
        theirCarrier.Put(theirs.Core.Segment.Id.ToWord());
        creator.Kill();

        using var opened = ProcessQueue<int>.ReadHandle(_root, SegmentId.FromWord(carrier.Get()), endsTravel: true);
        opened.Get().ShouldBe(42);
        Files().ShouldBe(2);
        opened.Dispose();
        Files().ShouldBe(1);
    }

    [Fact]
    public void A_cancelled_handle_does_not_keep_the_segment()
    {
        var queue = NewQueue<int>(_root);
        var travelling = queue.Core.StartTravel();
        queue.Dispose();
        Files().ShouldBe(1);
        travelling.Cancel();
        Files().ShouldBe(0);
    }

    [Fact]
    public void The_last_living_holder_frees_it_also_if_another_process_created_it()
    {
        var one = new FakeParticipant(_root);
        using var two = new FakeParticipant(_root);
        var made = NewQueue<int>(one.Session);
        var held = two.Open(made);
        one.Kill();
        Files().ShouldBe(1);
        held.Put(1);
        held.Get().ShouldBe(1);
        held.Dispose();
        Files().ShouldBe(0);
    }

    [Fact]
    public void Two_wrappers_in_one_process_are_one_holder()
    {
        var queue = NewQueue<int>(_root);
        var id = queue.Core.Segment.Id;
        var second = ProcessQueue<int>.Open(_root, id);
        second.Core.ShouldBeSameAs(queue.Core);
        queue.Dispose();
        second.Put(1);
        Files().ShouldBe(1);
        second.Dispose();
        Files().ShouldBe(0);
        Should.Throw<InvalidOperationException>(() => ProcessQueue<int>.Open(_root, id));
    }

    [Fact]
    public void Leaving_gives_up_every_hold_without_any_dispose()
    {
        var child = new FakeParticipant(_root);
        var queues = Enumerable.Range(0, 20).Select(_ => NewQueue<int>(child.Session)).ToArray();
        Files().ShouldBe(20);
        child.Session.Leave();
        Files().ShouldBe(0);

        // What is mapped stays usable: exit handlers that run after us do not crash.
        queues[0].Put(1);
        queues[0].Get().ShouldBe(1);
    }

    [Fact]
    public void A_forgotten_queue_goes_with_the_collector()
    {
        Forget();
        Watch.Until(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return Files() == 0;
            },
            "the file is gone");

        void Forget() => NewQueue<int>(_root).Put(1);
    }

    [Fact]
    public void Opening_with_another_type_is_refused()
    {
        using var queue = NewQueue<int>(_root);
        Should.Throw<InvalidDataException>(() => ProcessQueue<long>.Open(_root, queue.Core.Segment.Id));
        queue.Put(1);
    }

    [Fact]
    public void The_table_grows_and_entries_are_used_again()
    {
        var queues = Enumerable.Range(0, 600).Select(_ => NewQueue<int>(_root)).ToArray();
        queues[^1].Put(3);
        queues[^1].Get().ShouldBe(3);
        Array.ForEach(queues, queue => queue.Dispose());
        Files().ShouldBe(0);
        using var again = NewQueue<int>(_root);
        again.Core.Segment.Id.Index.ShouldBe(1);
        again.Core.Segment.Id.Generation.ShouldBe(2);
    }

    [Fact]
    public unsafe void Who_takes_the_table_over_from_a_dead_owner_finishes_what_it_had_begun()
    {
        var dead = new FakeParticipant(_root);
        var theirs = NewQueue<int>(dead.Session);
        Files().ShouldBe(1);

        // As if a parent had been killed in MarkDead, after the state and before the holds, while it holds the lock.
        var slot = _root.Participants[dead.Id.Slot];
        slot->State = (int)ParticipantState.Dead;
        _root.Memory.Header->TableLock = OwnerLock.WordOf(dead.Id);
        using var queue = NewQueue<int>(_root);
        Files().ShouldBe(1);
        GC.KeepAlive(theirs);
    }

    private static ProcessQueue<T> NewQueue<T>(Session session) => new(session, new ProcessQueueOptions(), raw: true);

    private int Files() => Directory.GetFiles(_root.Directory).Length - 2;
}
