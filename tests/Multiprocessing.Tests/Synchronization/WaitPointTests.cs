using Multiprocessing.Tests.Queues;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Synchronization;

public sealed unsafe class WaitPointTests : IDisposable
{
    private readonly Session _root = Session.CreateRoot();
    private readonly Segment _segment;

    public WaitPointTests() => _segment = _root.Segments.Create(SegmentKind.Other, 4096, SegmentId.None);

    private WaitPoint* Point => (WaitPoint*)_segment.Base;

    public void Dispose() => _root.Leave();

    [Fact]
    public void A_sleeper_is_announced_until_a_notifier_found_none()
    {
        // A sleeper that died between its announcement and its sleep.
        WaitPoint.Announce(Point);
        Point->Arrivals.ShouldNotBe(Point->Handled);
        WaitPoint.Notify(Point, 1, _root.Doorbells);
        Point->Arrivals.ShouldBe(Point->Handled);
        var sequence = Point->Sequence;
        WaitPoint.Notify(Point, 1, _root.Doorbells);
        Point->Sequence.ShouldBe(sequence);
    }

    [Fact]
    public void A_sleeper_that_saw_the_old_sequence_does_not_sleep()
    {
        var sequence = WaitPoint.Announce(Point);
        WaitPoint.Notify(Point, 1, _root.Doorbells);
        Watch.Over(Watch.Thread(() => WaitPoint.Sleep(Point, sequence, Watch.Patience + Watch.Patience)));
    }

    [Fact]
    public void Each_notification_wakes_one_and_WakeAll_wakes_all()
    {
        var awake = 0;
        var threads = Watch.Thread(() => Watch.Threads(5, _ =>
        {
            var sequence = WaitPoint.Announce(Point);
            WaitPoint.Sleep(Point, sequence, Watch.Patience);
            Interlocked.Increment(ref awake);
        }));
        Watch.Until(() => Volatile.Read(ref Point->Arrivals) == 5, "all announced");
        Thread.Sleep(TimeSpan.FromSeconds(5)); // one that stands still before its sleep does not sleep after the first notification
        WaitPoint.Notify(Point, 1, _root.Doorbells);
        Watch.Until(() => Volatile.Read(ref awake) >= 1, "one is awake");
        Thread.Sleep(50);
        awake.ShouldBe(1);
        WaitPoint.Notify(Point, 2, _root.Doorbells);
        Watch.Until(() => Volatile.Read(ref awake) >= 3, "three are awake");
        WaitPoint.WakeAll(Point);
        Watch.Over(threads);
        awake.ShouldBe(5);
    }

    [Fact]
    public void A_participants_bit_is_cleared_and_its_doorbell_rung()
    {
        using var other = new FakeParticipant(_root);
        var doorbell = &_root.Participants[other.Id.Slot]->Doorbell;
        var before = *doorbell;
        WaitPoint.ArmAsync(Point, other.Id.Slot);
        WaitPoint.Notify(Point, 1, _root.Doorbells);
        (*doorbell).ShouldBe(before + 1);
        Point->AsyncArmed.ShouldBe(0);
        Point->AsyncMask[other.Id.Slot / 64].ShouldBe(0UL);
        WaitPoint.Notify(Point, 1, _root.Doorbells);
        (*doorbell).ShouldBe(before + 1);
    }
}
