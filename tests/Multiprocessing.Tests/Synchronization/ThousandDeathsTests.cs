using System.Diagnostics;
using Multiprocessing.Tests.Queues;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Synchronization;

/// <summary>
/// A thousand participants die one after another as holders, as waiters and as notifiers, while one who lives waits for what they have. Slots are
/// given out again meanwhile; nothing is left of the dead.
/// </summary>
public sealed class ThousandDeathsTests : IDisposable
{
    private const int Deaths = 1000;

    private readonly Session _session = Session.CreateRoot();

    public void Dispose() => _session.Leave();

    [Fact]
    public void Of_holders()
    {
        using var gate = new ProcessLock(_session, LockRecursionPolicy.NoRecursion);
        using var places = new ProcessSemaphore(_session, 1, 1);
        Die(
            participant =>
            {
                participant.Keep(new ProcessLock(Open(participant, gate, SegmentKind.Lock))).Enter();
                participant.Keep(new ProcessSemaphore(Open(participant, places, SegmentKind.Semaphore))).Wait();
            },
            () =>
            {
                using (var scope = gate.EnterScope())
                {
                    scope.WasAbandoned.ShouldBeTrue();
                }

                places.Wait();
                places.Release();
            });
        places.CurrentCount.ShouldBe(1);
        gate.IsHeld.ShouldBeFalse();
    }

    [Fact]
    public void Of_waiters_and_notifiers()
    {
        using var gate = new ProcessLock(_session, LockRecursionPolicy.NoRecursion);
        using var changed = new ProcessCondition(gate);
        var isChanged = false;
        Die(
            participant =>
            {
                // It waits, is notified, and dies as the owner of the lock, after its change and before its notification of the next one.
                var theirs = participant.Keep(ProcessCondition.Open(participant.Session, changed));
                theirs.Lock.Enter();
                ((ConditionCore)theirs.Shared.Core).Enlist();
                theirs.Notify();
                isChanged = true;
            },
            () =>
            {
                using var scope = gate.EnterScope();
                changed.Wait(() => isChanged);
                isChanged = false;
            });
        ((ConditionCore)changed.Shared.Core).WaiterCount.ShouldBe(0);
        gate.IsHeld.ShouldBeFalse();
    }

    private static SyncObject Open(FakeParticipant participant, ProcessSynchronizationObject primitive, SegmentKind kind) =>
        ProcessSynchronizationObject.Open(participant.Session, primitive.Shared.Segment.Id, kind);

    private void Die(Action<FakeParticipant> live, Action goOn)
    {
        var slowest = TimeSpan.Zero;
        for (var i = 0; i < Deaths; i++)
        {
            var dying = new FakeParticipant(_session);
            live(dying);
            var waiting = Watch.Thread(goOn);
            if (i % 10 == 0)
            {
                Thread.Sleep(2);
            }

            var watch = Stopwatch.StartNew();
            dying.Kill();
            Watch.Over(waiting);
            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
            dying.Dispose();
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{Deaths} deaths, the slowest was made good after {slowest.TotalMilliseconds:0} ms");
    }
}
