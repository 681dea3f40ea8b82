using System.Runtime.CompilerServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Segments;

/// <summary>What lies in shared memory lies where docs/internals/kernel.md says. Who changes one of these changes the layout version with it.</summary>
public sealed unsafe class LayoutTests
{
    [Fact]
    public void The_session_header_lies_as_documented()
    {
        SessionHeader x;
        Unsafe.SizeOf<SessionHeader>().ShouldBe(4096);
        At(&x, &x.Magic).ShouldBe(0);
        At(&x, &x.LayoutVersion).ShouldBe(4);
        At(&x, &x.PointerSize).ShouldBe(8);
        At(&x, &x.ParksSleepers).ShouldBe(44);
        At(&x, &x.RootProcessId).ShouldBe(12);
        At(&x, &x.RootStartTime).ShouldBe(16);
        At(&x, &x.SegmentCapacity).ShouldBe(24);
        At(&x, &x.SegmentsUsed).ShouldBe(28);
        At(&x, &x.Deaths).ShouldBe(32);
        At(&x, &x.NextSlot).ShouldBe(36);
        At(&x, &x.FirstGeneration).ShouldBe(40);
        At(&x, &x.LookedAt).ShouldBe(56);
        At(&x, &x.TableLock).ShouldBe(128);
        At(&x, &x.NameLock).ShouldBe(256);
        SessionMemory.ParticipantsOffset.ShouldBe(4096);
        SessionMemory.SegmentsOffset.ShouldBe(4096 + (512 * 128));
    }

    [Fact]
    public void A_participants_slot_lies_as_documented()
    {
        ParticipantSlot x;
        Unsafe.SizeOf<ParticipantSlot>().ShouldBe(128);
        At(&x, &x.State).ShouldBe(0);
        At(&x, &x.Generation).ShouldBe(4);
        At(&x, &x.ProcessId).ShouldBe(8);
        At(&x, &x.Reserver).ShouldBe(12);
        At(&x, &x.StartTime).ShouldBe(16);
        At(&x, &x.ExitReason).ShouldBe(24);
        At(&x, &x.ExitCode).ShouldBe(28);
        At(&x, &x.ExitSignal).ShouldBe(32);
        At(&x, &x.SelfReason).ShouldBe(36);
        At(&x, &x.SelfCode).ShouldBe(40);
        At(&x, &x.Publishes).ShouldBe(44);
        At(&x, &x.SeenAliveAt).ShouldBe(48);
        At(&x, &x.Doorbell).ShouldBe(64);
        ((int)((byte*)x.Sleeps - (byte*)&x)).ShouldBe(68);
    }

    [Fact]
    public void A_segments_entry_lies_as_documented()
    {
        SegmentEntry x;
        Unsafe.SizeOf<SegmentEntry>().ShouldBe(128);
        At(&x, &x.State).ShouldBe(0);
        At(&x, &x.Generation).ShouldBe(4);
        At(&x, &x.Kind).ShouldBe(8);
        At(&x, &x.InSecondDirectory).ShouldBe(12);
        At(&x, &x.Bytes).ShouldBe(16);
        At(&x, &x.Owner).ShouldBe(24);
        At(&x, &x.OwnerGeneration).ShouldBe(28);
        At(&x, &x.InFlight).ShouldBe(32);
        At(&x, &x.Linker).ShouldBe(36);
        At(&x, &x.HasParts).ShouldBe(40);
        At(&x, &x.Position).ShouldBe(48);
        At(&x, &x.NameHash).ShouldBe(56);
        At(&x, x.Holders).ShouldBe(64);
    }

    [Fact]
    public void A_segments_header_lies_as_documented()
    {
        SegmentHeader x;
        Unsafe.SizeOf<SegmentHeader>().ShouldBe(128);
        At(&x, &x.Magic).ShouldBe(0);
        At(&x, &x.LayoutVersion).ShouldBe(4);
        At(&x, &x.Kind).ShouldBe(8);
        At(&x, &x.WaitPointOffset).ShouldBe(12);
        At(&x, &x.WaitPointCount).ShouldBe(16);
        At(&x, &x.LockOffset).ShouldBe(20);
        At(&x, &x.LockCount).ShouldBe(24);
        At(&x, &x.LockStride).ShouldBe(28);
        At(&x, &x.LastReleaser).ShouldBe(32);
        At(&x, &x.LastReleaseAt).ShouldBe(40);
    }

    [Fact]
    public void A_wait_point_lies_as_documented()
    {
        WaitPoint x;
        Unsafe.SizeOf<WaitPoint>().ShouldBe(128);
        At(&x, &x.Sequence).ShouldBe(0);
        At(&x, &x.Arrivals).ShouldBe(8);
        At(&x, &x.Handled).ShouldBe(12);
        At(&x, &x.AsyncArmed).ShouldBe(16);
        At(&x, x.AsyncMask).ShouldBe(64);
    }

    [Fact]
    public void A_queues_control_lies_as_documented()
    {
        QueueControl x;
        Unsafe.SizeOf<QueueControl>().ShouldBe(4096);
        Unsafe.SizeOf<PutState>().ShouldBe(24);
        Unsafe.SizeOf<GotState>().ShouldBe(56);
        Unsafe.SizeOf<QueueRow>().ShouldBe(8);
        At(&x, &x.Header).ShouldBe(0);
        At(&x, &x.Capacity).ShouldBe(128);
        At(&x, &x.MaxBytes).ShouldBe(136);
        At(&x, &x.OrphanGraceMilliseconds).ShouldBe(144);
        At(&x, &x.RawSize).ShouldBe(152);
        At(&x, &x.Completed).ShouldBe(156);
        At(&x, &x.FirstHolder).ShouldBe(160);
        At(&x, &x.EverShared).ShouldBe(168);
        At(&x, &x.Error).ShouldBe(176);
        At(&x, &x.WriteLock).ShouldBe(256);
        At(&x, &x.WriterSeesItems).ShouldBe(264);
        At(&x, &x.WriterSeesTail).ShouldBe(272);
        At(&x, &x.CollectedDeaths).ShouldBe(280);
        At(&x, &x.PutSequence).ShouldBe(384);
        At(&x, &x.Put0).ShouldBe(392);
        At(&x, &x.Put1).ShouldBe(416);
        At(&x, &x.ReadLock).ShouldBe(512);
        At(&x, &x.ReaderSeesItems).ShouldBe(520);
        At(&x, &x.GotSequence).ShouldBe(640);
        At(&x, &x.Got0).ShouldBe(648);
        At(&x, &x.Got1).ShouldBe(704);
        At(&x, &x.ChainLock).ShouldBe(768);
        At(&x, &x.Spare).ShouldBe(776);
        At(&x, &x.BytesWanted).ShouldBe(784);
        At(&x, &x.Data).ShouldBe(896);
        At(&x, &x.Space).ShouldBe(1024);
        At(&x, &x.Done).ShouldBe(1152);
        At(&x, &x.LastLost).ShouldBe(1280);
        At(&x, &x.LastLostProcessId).ShouldBe(1288);
        At(&x, &x.LostReported).ShouldBe(1296);
        At(&x, &x.GetWaits).ShouldBe(1304);
        At(&x, &x.PutWaits).ShouldBe(1312);
        At(&x, &x.FirstRing).ShouldBe(1408);
        At(&x, x.Name).ShouldBe(1536);
        At(&x, x.ItemType).ShouldBe(1664);
        QueueControl.SegmentBytes.ShouldBeLessThanOrEqualTo(64 << 10);
    }

    [Fact]
    public void The_frame_of_a_lock_or_another_primitive_lies_as_documented()
    {
        SyncFrame x;
        Unsafe.SizeOf<SyncFrame>().ShouldBe(4096);
        At(&x, &x.Header).ShouldBe(0);
        At(&x, &x.Option).ShouldBe(128);
        At(&x, &x.ExtraBytes).ShouldBe(136);
        At(&x, &x.Lock).ShouldBe(256);
        At(&x, &x.LeftBehindBy).ShouldBe(260);
        At(&x, &x.TakeOvers).ShouldBe(264);
        At(&x, &x.Contentions).ShouldBe(268);
        At(&x, &x.Event).ShouldBe(384);
        At(&x, &x.Semaphore).ShouldBe(384);
        At(&x, &x.Condition).ShouldBe(384);
        At(&x, &x.Barrier).ShouldBe(384);
        At(&x, &x.ReaderWriter).ShouldBe(384);
        At(&x, &x.Memory).ShouldBe(384);
        At(&x, &x.Point).ShouldBe(640);
        At(&x, &x.WriterPoint).ShouldBe(768);
        At(&x, &x.UpgraderPoint).ShouldBe(896);
        SyncFrame.RowsOffset.ShouldBe(4096);
        SyncFrame.BytesWithRows.ShouldBe(4096 + (512 * 16));
        SyncRow row;
        Unsafe.SizeOf<SyncRow>().ShouldBe(16);
        At(&row, &row.Generation).ShouldBe(0);
        At(&row, &row.ProcessId).ShouldBe(4);
        At(&row, &row.Word).ShouldBe(8);
    }

    [Fact]
    public void The_states_of_the_primitives_lie_as_documented()
    {
        SemaphoreState semaphore;
        At(&semaphore, &semaphore.Count).ShouldBe(0);
        At(&semaphore, &semaphore.Balance).ShouldBe(8);
        At(&semaphore, &semaphore.Initial).ShouldBe(16);
        At(&semaphore, &semaphore.Settling).ShouldBe(24);
        At(&semaphore, &semaphore.SettledBalance).ShouldBe(32);
        EventState signal;
        Unsafe.SizeOf<EventState>().ShouldBe(8);
        At(&signal, &signal.Word).ShouldBe(0);
        ConditionState condition;
        At(&condition, &condition.NextTicket).ShouldBe(0);
        ConditionWaiter waiter;
        Unsafe.SizeOf<ConditionWaiter>().ShouldBe(16);
        At(&waiter, &waiter.State).ShouldBe(0);
        At(&waiter, &waiter.Owner).ShouldBe(4);
        At(&waiter, &waiter.Ticket).ShouldBe(8);
        BarrierState barrier;
        At(&barrier, &barrier.Phase).ShouldBe(0);
        At(&barrier, &barrier.Version).ShouldBe(8);
        At(&barrier, &barrier.Arrived).ShouldBe(16);
        At(&barrier, &barrier.Participants).ShouldBe(20);
        At(&barrier, &barrier.Acting).ShouldBe(24);
        At(&barrier, &barrier.Broken).ShouldBe(28);
        At(&barrier, &barrier.BrokenProcessId).ShouldBe(32);
        At(&barrier, &barrier.BrokenReason).ShouldBe(36);
        At(&barrier, &barrier.BrokenCode).ShouldBe(40);
        At(&barrier, &barrier.BrokenSignal).ShouldBe(44);
        At(&barrier, &barrier.Result0).ShouldBe(48);
        At(&barrier, &barrier.Result1).ShouldBe(64);
        BarrierResult result;
        Unsafe.SizeOf<BarrierResult>().ShouldBe(16);
        At(&result, &result.Phase).ShouldBe(0);
        At(&result, &result.Outcome).ShouldBe(8);
        At(&result, &result.ProcessId).ShouldBe(12);
        ReaderWriterState gate;
        At(&gate, &gate.Version).ShouldBe(0);
        At(&gate, &gate.Writer).ShouldBe(8);
        At(&gate, &gate.Upgrader).ShouldBe(12);
        At(&gate, &gate.Readers).ShouldBe(16);
        At(&gate, &gate.WaitingWriters).ShouldBe(20);
        At(&gate, &gate.AbandonedBy).ShouldBe(24);
    }

    [Fact]
    public void What_a_segment_says_of_its_memory_lies_as_documented()
    {
        MemoryState x;
        Unsafe.SizeOf<MemoryState>().ShouldBe(16);
        At(&x, &x.Bytes).ShouldBe(0);
        At(&x, &x.Offset).ShouldBe(8);
        MemoryState.OffsetFor(0).ShouldBe(1024);
        MemoryState.OffsetFor(3072).ShouldBe(1024);
        MemoryState.OffsetFor(3073).ShouldBe(4096);
        SyncFrame frame;
        At(&frame, &frame.UpgraderPoint + 1).ShouldBeLessThanOrEqualTo(MemoryState.OffsetOfLittle);
        ((int)SegmentKind.Array).ShouldBe(8);
        ((int)SegmentKind.Memory).ShouldBe(9);
    }

    [Fact]
    public void What_producers_write_and_what_consumers_write_shares_no_128_bytes()
    {
        QueueControl x;
        int[] producers = [At(&x, &x.WriteLock) / 128, At(&x, &x.PutSequence) / 128, (At(&x, &x.Put1) + PutState.Size - 1) / 128];
        int[] consumers = [At(&x, &x.ReadLock) / 128, At(&x, &x.GotSequence) / 128, (At(&x, &x.Got1) + GotState.Size - 1) / 128];
        producers.Intersect(consumers).ShouldBeEmpty();

        // One line of 64 bytes moves to a consumer that looks whether something was put.
        (At(&x, &x.PutSequence) / 64).ShouldBe((At(&x, &x.Put1) + PutState.Size - 1) / 64);
    }

    [Fact]
    public void A_pools_channel_lies_as_documented()
    {
        ChannelLayout x;
        Unsafe.SizeOf<ChannelLayout>().ShouldBe(4096);
        ChannelLayout.Bytes.ShouldBe(4096 + (2 * (128 << 10)));
        ChannelLayout.RequestRing.ShouldBe(4096);
        ChannelLayout.ReplyRing.ShouldBe(135168);
        At(&x, &x.Claim).ShouldBe(128);
        At(&x, &x.RequestTail).ShouldBe(256);
        At(&x, &x.TimedStart).ShouldBe(264);
        At(&x, &x.TimedNumber).ShouldBe(272);
        At(&x, &x.WorkingSet).ShouldBe(280);
        At(&x, &x.Span).ShouldBe(288);
        Unsafe.SizeOf<SpanWords>().ShouldBe(48);
        At(&x, &x.ReplyHead).ShouldBe(384);
        At(&x, &x.ReplyTail).ShouldBe(512);
        At(&x, &x.Closed).ShouldBe(640);
        At(&x, &x.Cancelled).ShouldBe(648);
        At(&x, &x.Requests).ShouldBe(768);
        At(&x, &x.Room).ShouldBe(896);
        At(&x, &x.Signals).ShouldBe(1024);
        At(&x, &x.Earlier).ShouldBe(2048);
        Unsafe.SizeOf<EarlierSpans>().ShouldBe(768);
        BellLayout bell;
        Unsafe.SizeOf<BellLayout>().ShouldBe(4096);
        At(&bell, &bell.Replies).ShouldBe(128);
        At(&bell, &bell.SpinningCallers).ShouldBe(512);
    }

    [Fact]
    public void A_pools_records_lie_as_documented()
    {
        RequestHeader request;
        Unsafe.SizeOf<RequestHeader>().ShouldBe(20);
        At(&request, &request.Flags).ShouldBe(4);
        At(&request, &request.Attempt).ShouldBe(6);
        At(&request, &request.Body).ShouldBe(8);
        At(&request, &request.BodyLength).ShouldBe(12);
        At(&request, &request.Number).ShouldBe(16);
        ReplyHeader reply;
        Unsafe.SizeOf<ReplyHeader>().ShouldBe(16);
        At(&reply, &reply.Kind).ShouldBe(4);
        At(&reply, &reply.IsInSegment).ShouldBe(5);
        At(&reply, &reply.IsMeasured).ShouldBe(6);
        At(&reply, &reply.Reserved).ShouldBe(7);
        At(&reply, &reply.Number).ShouldBe(8);
        TaskTimes times;
        Unsafe.SizeOf<TaskTimes>().ShouldBe(24);
        At(&times, &times.Work).ShouldBe(8);
        At(&times, &times.Read).ShouldBe(16);
        At(&times, &times.Write).ShouldBe(20);
    }

    private static int At(void* start, void* field) => (int)((byte*)field - (byte*)start);
}
