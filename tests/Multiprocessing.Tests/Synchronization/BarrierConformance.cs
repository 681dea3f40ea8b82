using Multiprocessing.Tests.Queues;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Synchronization;

public sealed class BarrierOnThreadsTests() : BarrierConformance(Crew.Threads);

[Collection(ProcessCollection.Name)]
public sealed class BarrierInProcessesTests() : BarrierConformance(Crew.Processes);

/// <summary>The promises of a <see cref="ProcessBarrier"/> in every process.</summary>
public abstract class BarrierConformance(Crew crew) : CrewTest(crew)
{
    [Fact]
    public Task No_participant_is_a_phase_ahead_of_another() => Watchdog.Run(() =>
    {
        using var cells = new SharedCells();
        using var barrier = new ProcessBarrier(4);
        Action work = () =>
        {
            for (var round = 0; round < 1000; round++)
            {
                Interlocked.Increment(ref cells[round % 2]);
                var index = barrier.SignalAndWait();
                Volatile.Read(ref cells[round % 2]).ShouldBe(4 * ((round / 2) + 1));
                Interlocked.Add(ref cells[2], index);
                barrier.SignalAndWait();
            }
        };
        Crew.Do(work, work, work, work);
        cells[2].ShouldBe(1000 * (0 + 1 + 2 + 3));
        barrier.CurrentPhaseNumber.ShouldBe(2000);
        barrier.ParticipantsRemaining.ShouldBe(4);
        barrier.IsBroken.ShouldBeFalse();
    }, TimeSpan.FromMinutes(3));

    [Fact]
    public Task Asynchronous_and_synchronous_participants_meet() => Watchdog.Run(() =>
    {
        using var cells = new SharedCells();
        using var barrier = new ProcessBarrier(6);
        Action sync = () =>
        {
            for (var round = 0; round < 100; round++)
            {
                Interlocked.Increment(ref cells[0]);
                barrier.SignalAndWait();
                Volatile.Read(ref cells[0]).ShouldBeGreaterThanOrEqualTo(6 * (round + 1));
            }
        };
        Action async = () => Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            for (var round = 0; round < 100; round++)
            {
                Interlocked.Increment(ref cells[0]);
                await barrier.SignalAndWaitAsync();
                Volatile.Read(ref cells[0]).ShouldBeGreaterThanOrEqualTo(6 * (round + 1));
            }
        })).Wait();
        Crew.Do(sync, async, sync, async);
        barrier.CurrentPhaseNumber.ShouldBe(100);
    });

    [Fact]
    public Task The_action_runs_once_in_a_phase_before_any_participant_continues() => Watchdog.Run(() =>
    {
        using var cells = new SharedCells();
        using var barrier = new ProcessBarrier(3, phase =>
        {
            Thread.Sleep(5);
            cells[0].ShouldBe(phase);
            cells[0]++;
        });
        Action work = () =>
        {
            for (var round = 1; round <= 30; round++)
            {
                barrier.SignalAndWait();
                Volatile.Read(ref cells[0]).ShouldBeGreaterThanOrEqualTo(round);
            }
        };
        Crew.Do(work, work, work);
        cells[0].ShouldBe(30);
    });

    [Fact]
    public Task When_the_action_fails_all_get_the_error_and_the_next_phase_begins() => Watchdog.Run(() =>
    {
        using var barrier = new ProcessBarrier(3, static phase => throw new InvalidDataException($"phase {phase}"));
        using var inner = new ProcessSemaphore(0);
        Action work = () =>
        {
            for (var round = 0; round < 3; round++)
            {
                if (Should.Throw<BarrierPostPhaseException>(() => barrier.SignalAndWait()).InnerException is InvalidDataException)
                {
                    inner.Release();
                }
            }
        };
        Crew.Do(work, work, work);
        inner.CurrentCount.ShouldBe(3, "one in each phase ran it");
        barrier.CurrentPhaseNumber.ShouldBe(3);
        barrier.IsBroken.ShouldBeFalse();
    });

    [Fact]
    public Task A_participant_that_times_out_has_not_arrived() => Watchdog.Run(() =>
    {
        using var barrier = new ProcessBarrier(2);
        Crew.Do(() =>
        {
            barrier.SignalAndWait(TimeSpan.FromMilliseconds(30)).ShouldBeFalse();
            barrier.SignalAndWaitAsync(TimeSpan.FromMilliseconds(30)).AsTask().Result.ShouldBeFalse();
            using var source = new CancellationTokenSource(30);
            Should.Throw<OperationCanceledException>(() => barrier.SignalAndWait(source.Token));
            barrier.ParticipantsRemaining.ShouldBe(2);
        });
        Action work = () => barrier.SignalAndWait(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        Crew.Do(work, work);
        barrier.CurrentPhaseNumber.ShouldBe(1);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task An_aborted_barrier_is_broken_until_it_is_reset(bool asynchronous) => Watchdog.Run(() =>
    {
        using var barrier = new ProcessBarrier(3);
        Action wait = () =>
        {
            var exception = Should.Throw<BrokenBarrierException>(() =>
            {
                if (asynchronous)
                {
                    barrier.SignalAndWaitAsync().AsTask().GetAwaiter().GetResult();
                }
                else
                {
                    barrier.SignalAndWait();
                }
            });
            exception.ProcessId.ShouldBeGreaterThan(0);
            exception.ExitStatus.ShouldBeNull();
        };
        Action[] ends = [Crew.Start(wait), Crew.Start(wait)];
        Eventually.Is(() => barrier.ParticipantsRemaining == 1, "two wait", TimeSpan.FromSeconds(30));
        barrier.Abort();
        Array.ForEach(ends, static end => end());
        barrier.IsBroken.ShouldBeTrue();
        Crew.Do(wait);
        barrier.Reset();
        barrier.IsBroken.ShouldBeFalse();
        Action work = () => barrier.SignalAndWait();
        Crew.Do(work, work, work);

        // A waiter during the reset gets the error too, and may arrive again.
        ends = [Crew.Start(wait), Crew.Start(wait)];
        Eventually.Is(() => barrier.ParticipantsRemaining == 1, "two wait", TimeSpan.FromSeconds(30));
        barrier.Reset();
        Array.ForEach(ends, static end => end());
        Crew.Do(work, work, work);
    });
}

/// <summary>Tests within one process, and reports about dead participants.</summary>
public sealed class BarrierTests : IDisposable
{
    private static readonly ParticipantExit GoodOrder = new(Environment.ProcessId, ExitReason.Exited, 0, -1);

    private readonly Session _session = Session.CreateRoot();

    public void Dispose() => _session.Leave();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_dead_participant_breaks_it_whether_it_had_come_or_not(bool hadCome, bool asynchronous)
    {
        using var barrier = new ProcessBarrier(_session, 3, null);
        var other = new FakeParticipant(_session);
        var theirs = Open(other, barrier);
        if (hadCome)
        {
            ((BarrierCore)theirs.Shared.Core).TryArrive(out _).ShouldBeTrue();
        }

        var waiting = Watch.Thread(() => Should.Throw<BrokenBarrierException>(() =>
        {
            if (asynchronous)
            {
                barrier.SignalAndWaitAsync().AsTask().GetAwaiter().GetResult();
            }
            else
            {
                barrier.SignalAndWait();
            }
        }));
        Thread.Sleep(100);
        waiting.IsCompleted.ShouldBeFalse();
        other.Kill();
        Watch.Over(waiting);
        waiting.Result.ProcessId.ShouldBe(Environment.ProcessId);
        waiting.Result.ExitStatus!.Signal.ShouldBe(9);
        waiting.Result.Message.ShouldContain("SIGKILL");
        Should.Throw<BrokenBarrierException>(() => barrier.SignalAndWait());
        barrier.Reset();
        barrier.SignalAndWait(TimeSpan.FromMilliseconds(10)).ShouldBeFalse();
        barrier.IsBroken.ShouldBeFalse();
    }

    [Fact]
    public void A_participant_that_dies_in_the_action_breaks_it()
    {
        using var barrier = new ProcessBarrier(_session, 2, null);
        var other = new FakeParticipant(_session);
        var theirs = Open(other, barrier);
        var patience = TimeSpan.FromSeconds(6); // longer than this thread may stand still before the other one comes
        var waiting = Watch.Thread(() => Should.Throw<BrokenBarrierException>(() => barrier.SignalAndWait(patience)));
        Watch.Until(() => barrier.ParticipantsRemaining == 1, "one has come");
        ((BarrierCore)theirs.Shared.Core).TryArrive(out var arrival).ShouldBeTrue();
        arrival.IsLast.ShouldBeTrue();
        Thread.Sleep(patience + TimeSpan.FromMilliseconds(150));
        waiting.IsCompleted.ShouldBeFalse("all have come, so its time-out does not count any more");
        other.Kill();
        Watch.Over(waiting);
    }

    [Fact]
    public void A_normal_exit_does_not_break_it_unless_the_participant_had_arrived()
    {
        using var barrier = new ProcessBarrier(_session, 2, null);
        var first = new FakeParticipant(_session);
        Open(first, barrier);
        first.End(GoodOrder);
        barrier.SignalAndWait(TimeSpan.FromMilliseconds(30)).ShouldBeFalse();
        barrier.IsBroken.ShouldBeFalse();
        var second = new FakeParticipant(_session);
        ((BarrierCore)Open(second, barrier).Shared.Core).TryArrive(out _);
        second.End(GoodOrder);
        Should.Throw<BrokenBarrierException>(() => barrier.SignalAndWait());
    }

    [Fact]
    public unsafe void A_kill_between_any_two_stores_leaves_a_right_number()
    {
        using var barrier = new ProcessBarrier(_session, 3, null);
        var other = new FakeParticipant(_session);
        Open(other, barrier);
        var frame = (SyncFrame*)barrier.Shared.Segment.Base;
        var row = (SyncRow*)(barrier.Shared.Segment.Base + SyncFrame.RowsOffset) + other.Id.Slot;

        // Killed in the guard after the store into the row.
        row->Word = 1;
        frame->Lock = OwnerLock.WordOf(other.Id);
        var remaining = Watch.Thread(() => barrier.ParticipantsRemaining);
        Thread.Sleep(50);
        other.Kill();
        Watch.Over(remaining);
        remaining.Result.ShouldBe(2);
        barrier.IsBroken.ShouldBeTrue();
    }

    [Fact]
    public void The_action_must_not_come_to_the_barrier()
    {
        using var recursive = new ProcessBarrier(1, _ => Recursion.Barrier!.SignalAndWait());
        Recursion.Barrier = recursive;
        Should.Throw<BarrierPostPhaseException>(() => recursive.SignalAndWait()).InnerException.ShouldBeOfType<InvalidOperationException>();
    }

    [Fact]
    public void Disposal_ends_waits_and_notifies_the_others()
    {
        using var barrier = new ProcessBarrier(_session, 3, null);
        using var other = new FakeParticipant(_session);
        var theirs = Open(other, barrier);
        var waiting = Watch.Thread(() => Should.Throw<ObjectDisposedException>(() => theirs.SignalAndWait()));
        Watch.Until(() => barrier.ParticipantsRemaining == 2, "one has come");
        theirs.Dispose();
        Watch.Over(waiting);
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessBarrier(0));
        Should.Throw<NotSerializableException>(() =>
        {
            var thread = Thread.CurrentThread;
            return new ProcessBarrier(1, _ => thread.Join());
        });
    }

    private static ProcessBarrier Open(FakeParticipant participant, ProcessBarrier barrier) =>
        participant.Keep(new ProcessBarrier(ProcessSynchronizationObject.Open(participant.Session, barrier.Shared.Segment.Id, SegmentKind.Barrier)));

    private static class Recursion
    {
        public static ProcessBarrier? Barrier { get; set; }
    }
}
