using Multiprocessing.Proxies;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Managers;

/// <summary>What the death of a manager, and of a client, does to the others.</summary>
public sealed class ManagerDeathTests : ManagerTest
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    /// <summary>The start waited for ever: the manager's end of its pipe was in a queue, which the process did not reach.</summary>
    [Fact]
    public Task A_manager_whose_process_does_not_reach_its_body_fails_its_start() => Watchdog.Run(async () =>
    {
        using var registration = ChildStartup.Add(static () => throw new FormatException("not today"));
        var error = await Should.ThrowAsync<ProcessStartException>(ProcessManager.StartAsync());
        error.Message.ShouldContain("not today");
    });

    /// <summary>As above, and the process has exited.</summary>
    [Fact]
    public Task A_manager_whose_process_ends_at_once_fails_its_start() => Watchdog.Run(async () =>
    {
        using var registration = ChildStartup.Add(static () =>
        {
            Environment.Exit(3);
            return null;
        });
        await Should.ThrowAsync<Exception>(ProcessManager.StartAsync());
    });

    /// <summary>The calls waited for the end of the manager, which lives on.</summary>
    [Fact]
    public Task A_channel_that_this_process_closes_ends_its_calls() => Watchdog.Run(async () =>
    {
        using var queue = Manager.Queue<int>();
        var waiting = queue.GetAsync().AsTask();
        ((ProxyBase)(object)queue).Target.Ready!.Fail(new InvalidDataException("a damaged message"));
        var error = await Should.ThrowAsync<ConnectionClosedException>(waiting.WaitAsync(Long));
        error.InnerException.ShouldBeOfType<InvalidDataException>();
        error.ProcessId.ShouldBe(Manager.ProcessId);
        Should.Throw<ConnectionClosedException>(() => queue.Count).Message.ShouldContain("a damaged message");
    });

    [Fact]
    public Task A_killed_client_releases_its_lock_and_its_permits() => Watchdog.Run(() =>
    {
        using var gate = Manager.Lock();
        using var permits = Manager.Semaphore(2);
        using var ready = new ProcessEvent();
        using var child = ChildProcess.Run(() =>
        {
            gate.Enter();
            permits.Wait();
            permits.Wait();
            ready.Set();
            Thread.Sleep(Timeout.Infinite);
        });
        ready.Wait(Long).ShouldBeTrue();
        gate.TryEnter().ShouldBeFalse();
        var waiting = Task.Run(() => gate.Enter());
        var permit = Task.Run(() => permits.Wait(Long));
        child.Kill();
        var result = waiting.GetAwaiter().GetResult();
        result.WasAbandoned.ShouldBeTrue();
        result.AbandonedByProcessId.ShouldBe(child.Id);
        permit.GetAwaiter().GetResult().ShouldBeTrue();
        Eventually.Is(() => permits.CurrentCount == 1, "the other permit is back");
    });

    [Fact]
    public Task A_client_killed_at_a_barrier_breaks_it_and_one_with_items_reports_them() => Watchdog.Run(() =>
    {
        using var barrier = Manager.Barrier(3);
        using var jobs = Manager.Queue<int>();
        jobs.Put(1);
        using var child = ChildProcess.Run(() =>
        {
            jobs.Get();
            barrier.SignalAndWait();
        });
        Eventually.Is(() => barrier.ParticipantsRemaining == 2, "the child waits");
        child.Kill();
        Should.Throw<BrokenBarrierException>(() => barrier.SignalAndWait()).ProcessId.ShouldBe(child.Id);
        var lost = Should.Throw<ItemsLostException>(() => jobs.WaitAllDone());
        lost.ItemsLost.ShouldBe(1);
        lost.ProcessId.ShouldBe(child.Id);
        jobs.WaitAllDone(Long).ShouldBeTrue();
    });

    [Fact]
    public Task A_client_that_dies_while_it_waits_takes_nothing() => Watchdog.Run(() =>
    {
        using var queue = Manager.Queue<int>();
        using var gate = Manager.Lock();
        using var held = Manager.Lock();
        using var ready = Manager.Event();
        gate.Enter();
        using var child = ChildProcess.Run(() =>
        {
            held.Enter();
            var waiting = Task.Run(() => queue.Get());
            var second = Task.Run(() => gate.Enter());
            Thread.Sleep(300);
            ready.Set();
            waiting.Wait();
            second.Wait();
        });
        ready.Wait(Long).ShouldBeTrue();
        child.Kill();
        held.Enter().WasAbandoned.ShouldBeTrue(); // the manager knows of the death
        held.Exit();
        queue.Put(7);
        queue.Get(Long).ShouldBe(7);
        gate.Exit();
        gate.TryEnter(Long).ShouldBeTrue();
        gate.Exit();
    });

    [Fact]
    public Task A_killed_manager_fails_all_calls_with_its_death() => Watchdog.Run(() =>
    {
        using var queue = Manager.Queue<int>();
        using var answers = new ProcessQueue<string>();
        using var child = ChildProcess.Run(() =>
        {
            answers.Put("waits");
            answers.Put(Should.Throw<ServiceDiedException>(() => queue.Get()).Message);
        });
        answers.Get(Long).ShouldBe("waits");
        var waiting = queue.GetAsync().AsTask(); // sent when it returns
        Thread.Sleep(300); // so that the child waits, too; nothing depends on it
        Posix.Signal(Manager.ProcessId, Posix.SigKill);
        var error = Should.Throw<ServiceDiedException>(() => waiting.GetAwaiter().GetResult());
        error.ProcessId.ShouldBe(Manager.ProcessId);
        error.ExitStatus.Signal.ShouldBe(9);
        error.WasInFlight.ShouldBeTrue();
        error.Message.ShouldContain("Get");
        Should.Throw<ServiceDiedException>(() => queue.Count).WasInFlight.ShouldBeFalse();
        Should.Throw<ServiceDiedException>(() => Manager.List<int>());
        Should.Throw<ProcessDiedException>(() => Manager.Completion.GetAwaiter().GetResult());
        answers.Get(Long).ShouldContain(Manager.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        child.Wait();
    });

    [Fact]
    public Task A_proxy_that_arrives_after_the_death_of_its_manager_throws() => Watchdog.Run(() =>
    {
        using var proxies = new ProcessQueue<IManagedValue<int>>();
        using var go = new ProcessEvent();
        using var child = ChildProcess.Run(() =>
        {
            go.Wait();
            Should.Throw<Exception>(() => proxies.Get().Value).ToString().ShouldContain(nameof(ServiceDiedException));
        });
        proxies.Put(Manager.Value(1));
        Posix.Signal(Manager.ProcessId, Posix.SigKill);
        Eventually.IsGone(Manager.ProcessId);
        go.Set();
        child.Wait();
    });

    [Fact]
    public Task A_stopped_manager_says_so_and_stops_although_a_call_waits() => Watchdog.Run(async () =>
    {
        var queue = Manager.Queue<int>();
        var waiting = Task.Run(() => queue.Get());
        var busy = Manager.Create<ITestSleeper>(static () => new TestSleeper());
        var asleep = Task.Run(busy.Sleep);
        await Task.Delay(200);
        await Manager.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(waiting);
        await Should.ThrowAsync<ObjectDisposedException>(asleep);
        Should.Throw<ObjectDisposedException>(() => queue.Count);
        Should.Throw<ObjectDisposedException>(() => Manager.Lock());
        Eventually.IsGone(Manager.ProcessId);
        queue.ToString().ShouldContain("stopped");
    });

    [PosixFact("No signal there stops a process.")]
    public Task A_stop_whose_token_is_canceled_kills_a_manager_that_does_not_end() => Watchdog.Run(async () =>
    {
        await using var manager = await ProcessManager.StartAsync(new() { ShutdownGrace = TimeSpan.FromMinutes(10) });
        Posix.Signal(manager.ProcessId, Posix.SigStop);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await manager.StopAsync(patience.Token);
    });
}

public interface ITestSleeper
{
    void Sleep();
}

internal sealed class TestSleeper : ITestSleeper
{
    public void Sleep() => Thread.Sleep(Timeout.Infinite);
}
