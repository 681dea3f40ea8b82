using System.Reflection;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Managers;

/// <summary>How processes become clients of a manager, and what they keep of it when it has ended.</summary>
public sealed class ManagerJoinTests : ManagerTest
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public Task A_client_that_cannot_be_served_does_not_end_the_manager() => Watchdog.Run(() =>
    {
        using var value = Manager.Value(1);
        var field = typeof(ProcessManager).GetField("_joins", BindingFlags.Instance | BindingFlags.NonPublic)!;
        var joins = (ProcessQueue<ManagerJoin>)field.GetValue(Manager)!;
        joins.Put(new ManagerJoin(null!, 1, "no process")); // in place of a join for which the manager has no descriptor or no thread left
        Eventually.Is(() => joins.IsEmpty, "the manager has taken it");
        using var child = ChildProcess.Run(() => value.Update(static number => number + 1).ShouldBe(2));
        child.Wait();
        value.Value.ShouldBe(2);
        Manager.Completion.IsCompleted.ShouldBeFalse();
    });

    [Fact]
    public Task A_client_keeps_nothing_of_a_manager_that_has_died() => Watchdog.Run(() =>
    {
        using var proxies = new ProcessQueue<IManagedValue<int>>();
        using var steps = new ProcessQueue<string>();
        using var go = new ProcessEvent();
        using var value = Manager.Value(5);
        using var child = ChildProcess.Run(() =>
        {
            var before = HeldHere();
            var proxy = proxies.Get();
            proxy.Value.ShouldBe(5);
            HeldHere().ShouldBeGreaterThan(before);
            steps.Put("connected");
            go.Wait();

            // The exceptions are those of a manager that has died, also when this process has released what it had of it.
            Should.Throw<ServiceDiedException>(() => proxy.Value);
            Eventually.Is(() => HeldHere() <= before, $"no more than {before} segments are held (now: {HeldHere()})");
            Should.Throw<ServiceDiedException>(() => proxy.Value).WasInFlight.ShouldBeFalse();
            Should.Throw<Exception>(() => proxies.Put(proxy)).ToString().ShouldContain(nameof(ServiceDiedException));
            for (var i = 0; i < 3; i++)
            {
                Should.Throw<Exception>(() => proxies.Get()).ToString().ShouldContain(nameof(ServiceDiedException));
            }

            Eventually.Is(() => HeldHere() <= before, "an attempt to connect leaves nothing");
            steps.Put("left");
        });
        for (var i = 0; i < 4; i++)
        {
            proxies.Put(value);
        }

        steps.Get(Long).ShouldBe("connected");
        Posix.Signal(Manager.ProcessId, Posix.SigKill);
        Eventually.IsGone(Manager.ProcessId);
        go.Set();
        steps.Get(Long).ShouldBe("left");
        child.Wait();
    });

    [Fact]
    public Task A_client_without_calls_keeps_nothing_of_a_manager_that_has_died_when_it_connects_to_another() => Watchdog.Run(async () =>
    {
        await using var other = await ProcessManager.StartAsync();
        using var proxies = new ProcessQueue<IManagedValue<int>>();
        using var connected = new ProcessEvent();
        using var go = new ProcessEvent();
        using var first = Manager.Value(5);
        using var second = other.Value(6);
        using var child = ChildProcess.Run(() =>
        {
            var one = proxies.Get();
            one.Value.ShouldBe(5);
            var held = HeldHere();
            connected.Set();
            go.Wait();
            var two = proxies.Get();
            two.Value.ShouldBe(6);
            Eventually.Is(() => HeldHere() <= held, $"no more than {held} segments are held (now: {HeldHere()})");
            GC.KeepAlive(one);
        });
        proxies.Put(first);
        connected.Wait(Long).ShouldBeTrue();
        Posix.Signal(Manager.ProcessId, Posix.SigKill);
        Eventually.IsGone(Manager.ProcessId);
        proxies.Put(second);
        go.Set();
        child.Wait();
    });

    /// <summary>Returns how many segments this process holds.</summary>
    private static unsafe int HeldHere()
    {
        var session = Session.Current;
        var segments = session.Segments;
        var count = 0;
        for (var index = 1; index < session.Memory.Header->SegmentsUsed; index++)
        {
            count += segments[index]->State != (int)SegmentState.Free && segments[index]->IsHeldBy(session.Self.Slot) ? 1 : 0;
        }

        return count;
    }
}
