using System.Diagnostics;
using Multiprocessing.Platform;
using Multiprocessing.Tests.Queues;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Segments;

/// <summary>A release that waits for a stopped process delays only the use of the object that is released.</summary>
public sealed unsafe class ObjectRegistryTests : IDisposable
{
    private readonly Session _root = Session.CreateRoot();
    private readonly Process _stopped = Stranger.StartSleeping();
    private readonly FakeParticipant _owner;

    public ObjectRegistryTests()
    {
        _owner = new FakeParticipant(_root);
        _owner.PretendToBe(_stopped.Id);
        if (!OperatingSystem.IsWindows())
        {
            Posix.Signal(_stopped.Id, Posix.SigStop);
        }
    }

    public void Dispose()
    {
        _stopped.Kill();
        _stopped.Dispose();
        _root.Leave();
    }

    [Fact]
    public void Objects_are_created_opened_and_released_while_a_release_waits_for_a_stopped_process()
    {
        using var kept = new ProcessQueue<int>(_root, new ProcessQueueOptions(), raw: true);
        var queue = NewQueueWhoseReadLockIsOwnedByTheStoppedProcess();
        var id = queue.Core.Segment.Id;
        var releasing = Watch.Thread(queue.Dispose);
        IsBeingReleased(id);
        Watch.Over(Watch.Thread(() =>
        {
            using var created = new ProcessQueue<int>(_root, new ProcessQueueOptions(), raw: true);
            created.Put(1);
            created.Get().ShouldBe(1);
            using var opened = ProcessQueue<int>.Open(_root, kept.Core.Segment.Id);
            opened.Core.ShouldBeSameAs(kept.Core);
        }));
        releasing.IsCompleted.ShouldBeFalse("the read lock has an owner that is alive");
        _stopped.Kill();
        Watch.Over(releasing);
        _root.Segments.IsCurrent(id).ShouldBeFalse();
    }

    [Fact]
    public void A_damaged_handle_that_names_an_object_of_another_kind_is_refused_and_changes_nothing()
    {
        using var queue = new ProcessQueue<int>(_root, new ProcessQueueOptions(), raw: true);
        var id = queue.Core.Segment.Id;
        Should.Throw<InvalidDataException>(() => BufferObject.Open(_root, id, arrives: true)).Message.ShouldContain("damaged");
        queue.Put(1);
        queue.Get().ShouldBe(1);
        queue.Dispose();
        _root.Segments.IsCurrent(id).ShouldBeFalse("nothing counts as in flight");
    }

    [Fact]
    public void A_release_ends_although_the_stopped_process_stays_stopped()
    {
        var queue = NewQueueWhoseReadLockIsOwnedByTheStoppedProcess();
        var id = queue.Core.Segment.Id;
        Watch.Over(Watch.Thread(queue.Dispose));
        _root.Segments.IsCurrent(id).ShouldBeFalse();
    }

    [Fact]
    public void A_process_that_leaves_waits_until_the_release_of_another_thread_has_ended()
    {
        var queue = NewQueueWhoseReadLockIsOwnedByTheStoppedProcess();
        var id = queue.Core.Segment.Id;
        var releasing = Watch.Thread(queue.Dispose);
        IsBeingReleased(id);
        var leaving = Watch.Thread(_root.Leave);
        Thread.Sleep(100);
        leaving.IsCompleted.ShouldBeFalse();
        _stopped.Kill();
        Watch.Over(Task.WhenAll(releasing, leaving));
        Directory.Exists(_root.Directory).ShouldBeFalse();
    }

    [Fact]
    public void A_segment_that_is_being_released_is_opened_afterwards_and_held()
    {
        var gate = new ProcessReaderWriterLock(_root, LockRecursionPolicy.NoRecursion);
        var id = gate.Shared.Segment.Id;
        var segment = gate.Shared.Segment;
        var guard = (int*)(segment.Base + segment.Shape!.LockOffset);
        _owner.Keep(ProcessSynchronizationObject.Open(_owner.Session, id, SegmentKind.ReaderWriterLock));
        *guard = OwnerLock.WordOf(_owner.Id);
        var releasing = Watch.Thread(gate.Dispose);
        IsBeingReleased(id);
        var opening = Watch.Thread(() => ProcessSynchronizationObject.Open(_root, id, SegmentKind.ReaderWriterLock));
        Thread.Sleep(100);
        releasing.IsCompleted.ShouldBeFalse();
        opening.IsCompleted.ShouldBeFalse();
        OwnerLock.Exit(guard);
        Watch.Over(Task.WhenAll(releasing, opening));
        _root.Segments.IsHeldBy(id, _root.Self.Slot).ShouldBeTrue();
        using var opened = new ProcessReaderWriterLock(opening.Result);
        opened.EnterWriteLock();
        opened.ExitWriteLock();
        GC.KeepAlive(segment);
    }

    /// <summary>Waits until the thread that releases the object has begun: an object that is being released is in the registry no more.</summary>
    private void IsBeingReleased(SegmentId id) => Watch.Until(() => _root.Objects.FindMapped(id) is null, "the release has begun");

    private ProcessQueue<string> NewQueueWhoseReadLockIsOwnedByTheStoppedProcess()
    {
        var queue = new ProcessQueue<string>(_root, new ProcessQueueOptions(), raw: false);
        queue.Put("unread");
        ((QueueControl*)queue.Core.Segment.Base)->ReadLock = OwnerLock.WordOf(_owner.Id);
        return queue;
    }
}
