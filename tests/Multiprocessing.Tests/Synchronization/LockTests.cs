using System.Diagnostics;
using Multiprocessing.Tests.Queues;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Synchronization;

/// <summary>
/// Tests within one process, and reports about dead participants. Those are participants of this process that their parent reports as exited.
/// </summary>
public sealed class LockTests : IDisposable
{
    private readonly Session _session = Session.CreateRoot();

    public void Dispose() => _session.Leave();

    [Fact]
    public void Entering_again_without_recursion_is_an_error()
    {
        using var gate = NewLock();
        gate.RecursionPolicy.ShouldBe(LockRecursionPolicy.NoRecursion);
        gate.Enter();
        Should.Throw<LockRecursionException>(() => gate.Enter());
        Should.Throw<LockRecursionException>(() => gate.TryEnter());
        gate.Exit();
        gate.IsHeld.ShouldBeFalse();
        Should.Throw<SynchronizationLockException>(gate.Exit).Message.ShouldContain("no owner");
    }

    [Fact]
    public void Another_threads_hold_cannot_be_exited()
    {
        using var gate = NewLock();
        gate.Enter();
        var told = Watch.Thread(() => Should.Throw<SynchronizationLockException>(gate.Exit));
        Watch.Over(told);
        told.Result.Message.ShouldContain($"process {Environment.ProcessId}");
        gate.IsHeldByCurrentThread.ShouldBeTrue();
        gate.Exit();
    }

    [Fact]
    public async Task An_asynchronous_hold_is_nobodys_thread()
    {
        using var gate = NewLock(LockRecursionPolicy.SupportsRecursion);
        var hold = await gate.EnterAsync(TestContext.Current.CancellationToken);
        gate.IsHeld.ShouldBeTrue();
        gate.IsHeldByCurrentThread.ShouldBeFalse();
        gate.TryEnter().ShouldBeFalse();
        Should.Throw<SynchronizationLockException>(gate.Exit).Message.ShouldContain("EnterAsync");
        await Watch.Thread(hold.Dispose);
        hold.Dispose();
        gate.TryEnter().ShouldBeTrue();
        hold.Dispose();
        gate.IsHeldByCurrentThread.ShouldBeTrue();
        gate.Exit();
    }

    [Fact]
    public async Task Cancelled_and_late_waiters_leave_the_others_their_turn()
    {
        using var gate = NewLock();
        using var source = new CancellationTokenSource();
        var holder = await gate.EnterAsync(TestContext.Current.CancellationToken);
        var cancelled = gate.EnterAsync(source.Token).AsTask();
        var late = gate.TryEnterAsync(TimeSpan.FromMilliseconds(50)).AsTask();
        var patient = gate.EnterAsync(TestContext.Current.CancellationToken).AsTask();
        var blocked = Watch.Thread(() => Should.Throw<OperationCanceledException>(() => gate.Enter(source.Token)));
        (await late).ShouldBeNull();
        source.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
        Watch.Over(blocked);
        patient.IsCompleted.ShouldBeFalse();
        holder.Dispose();
        (await patient.WaitAsync(Watch.Patience, TestContext.Current.CancellationToken)).Dispose();
        gate.IsHeld.ShouldBeFalse();
    }

    [Fact]
    public void A_cancelled_token_ends_the_wait_without_delay()
    {
        using var gate = NewLock();
        gate.Enter();
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 20; i++)
        {
            using var source = new CancellationTokenSource();
            var waiting = Watch.Thread(() => Should.Throw<OperationCanceledException>(() => gate.Enter(source.Token)));
            Thread.Sleep(i);
            var watch = Stopwatch.StartNew();
            source.Cancel();
            Watch.Over(waiting);
            waits.Add(watch.Elapsed);
        }

        // In some rounds a thread may stand still; a wait that only its slice ends is slow in most of them.
        waits.Order().ElementAt(5).ShouldBeLessThan(TimeSpan.FromMilliseconds(150), "a wait that only its slice ends takes 0.25 s");
        gate.Exit();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_dead_owners_lock_is_taken_over_by_one_waiter_which_gets_a_report(bool asynchronous)
    {
        using var gate = NewLock();
        var other = new FakeParticipant(_session);
        Open(other, gate).Enter();
        var told = 0;
        var waiting = Watch.Thread(() => Watch.Threads(4, _ =>
        {
            if (asynchronous)
            {
                using var hold = gate.EnterAsync().AsTask().Result;
                told += hold.WasAbandoned ? 1 : 0;
            }
            else
            {
                using var scope = gate.EnterScope();
                told += scope.WasAbandoned ? 1 : 0;
                scope.WasAbandoned.ShouldBe(gate.WasAbandoned);
                scope.Result.AbandonedByProcessId.ShouldBe(scope.WasAbandoned ? Environment.ProcessId : 0);
            }
        }));
        Thread.Sleep(100);
        waiting.IsCompleted.ShouldBeFalse();
        other.Kill();
        Watch.Over(waiting);
        told.ShouldBe(1);
        gate.Enter().WasAbandoned.ShouldBeFalse();
        gate.WasAbandoned.ShouldBeFalse();
        gate.Exit();
    }

    [Fact]
    public void A_dead_owners_lock_can_be_taken_without_waiting()
    {
        using var gate = NewLock();
        var other = new FakeParticipant(_session);
        Open(other, gate).Enter();
        gate.TryEnter().ShouldBeFalse();
        other.Kill();
        gate.TryEnter(TimeSpan.Zero, out var result).ShouldBeTrue();
        result.WasAbandoned.ShouldBeTrue();
        result.ToString().ShouldContain($"{Environment.ProcessId}");
        gate.Exit();
    }

    [Fact]
    public void A_lock_that_is_let_go_of_while_it_is_held_is_handed_on_as_abandoned()
    {
        using var gate = NewLock();
        using var other = new FakeParticipant(_session);
        var theirs = Open(other, gate);
        theirs.Enter();
        var waiting = Watch.Thread(() =>
        {
            var result = gate.Enter();
            gate.Exit();
            return result;
        });
        Thread.Sleep(50);
        theirs.Dispose();
        Watch.Over(waiting);
        waiting.Result.AbandonedByProcessId.ShouldBe(Environment.ProcessId);
        Should.Throw<SynchronizationLockException>(theirs.Exit);
        Should.Throw<ObjectDisposedException>(() => theirs.Enter());
    }

    [Fact]
    public void Disposal_ends_waits()
    {
        using var gate = NewLock();
        using var other = new FakeParticipant(_session);
        Open(other, gate).Enter();
        var sync = Watch.Thread(() => Should.Throw<ObjectDisposedException>(() => gate.Enter()));
        var async = gate.EnterAsync(TestContext.Current.CancellationToken).AsTask();
        Thread.Sleep(50);
        gate.Dispose();
        gate.Dispose();
        Watch.Over(sync);
        Should.Throw<ObjectDisposedException>(() => async.WaitAsync(Watch.Patience).GetAwaiter().GetResult());
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessLock((LockRecursionPolicy)7));
        using var gate = NewLock();
        Should.Throw<ArgumentOutOfRangeException>(() => gate.TryEnter(TimeSpan.FromSeconds(-2)));
        Should.Throw<OperationCanceledException>(() => gate.Enter(new CancellationToken(true)));
        gate.IsHeld.ShouldBeFalse();
    }

    private static ProcessLock Open(FakeParticipant participant, ProcessLock gate) =>
        participant.Keep(new ProcessLock(ProcessSynchronizationObject.Open(participant.Session, gate.Shared.Segment.Id, SegmentKind.Lock)));

    private ProcessLock NewLock(LockRecursionPolicy policy = LockRecursionPolicy.NoRecursion) => new(_session, policy);
}
