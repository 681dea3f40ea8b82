using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Services;

/// <summary>A service that dies, hangs or is restarted, and the calls around it.</summary>
public class ServiceDeathTests : ProcessTest
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    /// <summary>The process ends right after it has sent the reason, which was lost to the news of the end.</summary>
    [Fact]
    public Task The_exception_of_a_factory_arrives_however_soon_its_process_has_ended() => Watchdog.Run(async () =>
    {
        for (var round = 0; round < 40; round++)
        {
            var error = await Should.ThrowAsync<FormatException>(ProcessService.StartAsync<ICounter>(static () => throw new FormatException("no dictionary")));
            error.Message.ShouldContain("no dictionary");
        }
    });

    [Fact]
    public Task A_call_in_flight_fails_with_the_death_and_the_next_one_is_served() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory(), new() { Name = "lab" });
        var dead = service.ProcessId;
        var death = Assert.Throws<ServiceDiedException>(() => service.Proxy.Kill());
        Assert.Equal(dead, death.ProcessId);
        Assert.Equal("lab", death.ProcessName);
        Assert.Equal(OperatingSystem.IsWindows() ? null : Posix.SigKill, death.ExitStatus.Signal);
        Assert.True(death.WasInFlight);
        Assert.Contains("ILaboratory.Kill", death.MemberName, StringComparison.Ordinal);
        Assert.Equal(3, service.Proxy.Add(1, 2));
        Assert.NotEqual(dead, service.ProcessId);
        Assert.Equal(1, service.RestartCount);
    });

    [Fact]
    public Task All_calls_in_flight_fail_when_the_process_is_killed_from_outside() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var laboratory = service.Proxy;
        using var begun = new ProcessEvent();
        using var never = new ProcessEvent();
        var blocked = Task.Factory.StartNew(() => laboratory.Hold(begun, never), TaskCreationOptions.LongRunning);
        begun.Wait(Long).ShouldBeTrue();
        var calls = Enumerable.Range(0, 50).Select(i => laboratory.AddLaterAsync(i, 0, 60_000)).ToArray();
        Posix.Signal(service.ProcessId, Posix.SigKill);
        foreach (var call in calls.Append<Task>(blocked))
        {
            var death = await Assert.ThrowsAsync<ServiceDiedException>(() => call);
            Assert.True(death.WasInFlight);
        }

        Assert.Equal(7, await laboratory.AddLaterAsync(3, 4, 1));
    });

    [Fact]
    public Task The_last_lines_of_standard_error_are_in_the_exception() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(
            () => new Laboratory(), new() { Process = new() { StandardError = ProcessOutput.Discard }, Restart = RestartPolicy.Temporary });
        var death = Assert.Throws<ServiceDiedException>(() => service.Proxy.Crash("The native library is broken."));
        Assert.Contains("The native library is broken.", death.StandardErrorTail, StringComparison.Ordinal);
    });

    [Fact]
    public Task Calls_fail_at_once_while_the_service_is_started_again_if_so_chosen() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(
            () => new Laboratory(), new() { WhileRestarting = WhileRestarting.Fail });
        Assert.Throws<ServiceDiedException>(() => service.Proxy.Kill());
        while (true)
        {
            try
            {
                Assert.Equal(3, service.Proxy.Add(1, 2));
                break;
            }
            catch (ServiceDiedException death)
            {
                Assert.False(death.WasInFlight);
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }
        }
    });

    [Fact]
    public Task A_service_that_ends_too_often_is_given_up() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory(), new() { MaxRestarts = 2 });
        for (var i = 0; i < 3; i++)
        {
            Assert.True(Assert.Throws<ServiceDiedException>(() => service.Proxy.Kill()).WasInFlight);
        }

        await Assert.ThrowsAsync<ServiceDiedException>(() => service.Completion);
        Assert.False(Assert.Throws<ServiceDiedException>(() => service.Proxy.Add(1, 2)).WasInFlight);
        Assert.Equal(2, service.RestartCount);
    });

    [Fact]
    public Task A_temporary_service_is_not_started_again() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory(), new() { Restart = RestartPolicy.Temporary });
        Assert.Throws<ServiceDiedException>(() => service.Proxy.Kill());
        await Assert.ThrowsAsync<ServiceDiedException>(() => service.Completion);
        Assert.Throws<ServiceDiedException>(() => service.Proxy.Add(1, 2));
    });

    [Fact]
    public Task A_call_beyond_its_limit_is_killed_and_the_service_started_again() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(
            () => new Laboratory(), new() { CallTimeout = TimeSpan.FromSeconds(10) }); // also of the last call, to a process that has just started
        var laboratory = service.Proxy;
        var hung = Task.Factory.StartNew(() => laboratory.Sleep(60_000), TaskCreationOptions.LongRunning);
        var behind = laboratory.AddLaterAsync(1, 2, 0);
        while (!hung.IsCompleted && !behind.IsCompleted)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        // Either may have been sent first.
        var timeout = await Record.ExceptionAsync(() => hung);
        Assert.IsType<TimeoutException>(timeout);
        Assert.Contains("ILaboratory.Sleep", timeout.Message, StringComparison.Ordinal);
        var other = await Record.ExceptionAsync(() => behind);
        Assert.True(other is null or ServiceDiedException, $"{other}");
        Assert.Equal(3, laboratory.Add(1, 2));
        Assert.Equal(1, service.RestartCount);
    });

    [Fact]
    public Task Calls_that_wait_for_others_have_their_whole_time() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(
            () => new Laboratory(), new() { CallTimeout = TimeSpan.FromSeconds(15) });
        await Task.WhenAll(Enumerable.Range(0, 7).Select(_ => service.Proxy.WorkAsync(2500))); // together longer than the limit, each much shorter
        Assert.Equal(0, service.RestartCount);
    });

    [Fact]
    public Task A_restart_on_request_disposes_the_object_and_keeps_the_proxy() => Watchdog.Run(async () =>
    {
        using var disposals = new SharedValue<int>();
        await using var service = await ProcessService.StartAsync<ICounter>(() => new Counter(disposals), new() { ShutdownGrace = Long });
        Assert.Equal(1, service.Proxy.Next());
        var first = service.ProcessId;
        await service.RestartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, disposals.Value);
        Assert.NotEqual(first, service.ProcessId);
        Assert.Equal(1, service.Proxy.Next());
    });

    [Fact]
    public Task A_stop_during_a_restart_starts_no_process_after_it() => Watchdog.Run(async () =>
    {
        using var starts = new SharedValue<int>();
        using var begun = new ProcessEvent();
        using var end = new ProcessEvent();
        var service = await ProcessService.StartAsync<ILaboratory>(() => StartOnce(starts), new() { ShutdownGrace = Long });
        var laboratory = service.Proxy;
        var call = Task.Factory.StartNew(() => laboratory.Hold(begun, end), TaskCreationOptions.LongRunning);
        begun.Wait(Long).ShouldBeTrue();
        var restart = service.RestartAsync(TestContext.Current.CancellationToken);
        var stop = service.StopAsync(TestContext.Current.CancellationToken);
        end.Set(); // the end of the process, for which the restart and the stop wait, comes after it
        await stop;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => restart);
        await call;
        await service.Completion;
        Assert.Equal(1, starts.Value);
    });

    [Fact]
    public Task A_stop_ends_a_restart_whose_factory_hangs_and_is_no_failure_of_the_service() => Watchdog.Run(async () =>
    {
        using var starts = new SharedValue<int>();
        var service = await ProcessService.StartAsync<ILaboratory>(
            () => StartOnce(starts), new() { ShutdownGrace = TimeSpan.FromMilliseconds(200) });
        var first = service.ProcessId;
        var restart = service.RestartAsync(TestContext.Current.CancellationToken);
        Eventually.Is(() => starts.Value == 2 && service.ProcessId != first, "the second factory runs");
        await service.StopAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => restart);
        await service.Completion;
        Eventually.IsGone(service.ProcessId);
    });

    [Fact]
    public Task A_stop_ends_the_restart_after_a_death_too() => Watchdog.Run(async () =>
    {
        using var starts = new SharedValue<int>();
        var service = await ProcessService.StartAsync<ILaboratory>(
            () => StartOnce(starts), new() { ShutdownGrace = TimeSpan.FromMilliseconds(200) });
        Posix.Signal(service.ProcessId, Posix.SigKill);
        Eventually.Is(() => starts.Value == 2, "the second factory runs");
        await service.StopAsync(TestContext.Current.CancellationToken);
        await service.Completion;
        Assert.Equal(2, starts.Value);
        Eventually.IsGone(service.ProcessId);
    });

    [Fact]
    public Task A_stop_leaves_its_grace_to_an_object_that_a_restart_creates() => Watchdog.Run(async () =>
    {
        using var starts = new SharedValue<int>();
        using var disposals = new SharedValue<int>();
        using var go = new ProcessEvent();
        var service = await ProcessService.StartAsync<ICounter>(() => CreateSlowly(starts, disposals, go), new() { ShutdownGrace = Long });
        var restart = service.RestartAsync(TestContext.Current.CancellationToken);
        Eventually.Is(() => starts.Value == 2, "the second factory runs");
        var stop = service.StopAsync(TestContext.Current.CancellationToken);
        await Task.Delay(200, TestContext.Current.CancellationToken); // the factory runs on while the stop waits
        go.Set();
        await stop;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => restart);
        Assert.Equal(2, disposals.Value);
    });

    [Fact]
    public Task A_stop_lets_calls_in_flight_end_and_disposes_the_object() => Watchdog.Run(async () =>
    {
        using var disposals = new SharedValue<int>();
        var service = await ProcessService.StartAsync<ICounter>(() => new Counter(disposals), new() { ShutdownGrace = Long });
        var calls = Enumerable.Range(0, 3).Select(_ => service.Proxy.NextLaterAsync(100)).ToArray();
        await service.StopAsync(TestContext.Current.CancellationToken);
        var results = await Task.WhenAll(calls);
        Assert.Equal([1, 2, 3], results);
        Assert.Equal(1, disposals.Value);
        await service.Completion;
        Assert.Throws<ObjectDisposedException>(() => service.Proxy.Next());
    });

    [Fact]
    public Task A_stop_kills_what_takes_longer_than_the_grace() => Watchdog.Run(async () =>
    {
        var service = await ProcessService.StartAsync<ILaboratory>(
            () => new Laboratory(), new() { ShutdownGrace = TimeSpan.FromMilliseconds(200) });
        using var begun = new ProcessEvent();
        using var never = new ProcessEvent();
        var laboratory = service.Proxy;
        var call = Task.Factory.StartNew(() => laboratory.Hold(begun, never), TaskCreationOptions.LongRunning);
        begun.Wait(Long).ShouldBeTrue();
        await service.StopAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ServiceDiedException>(() => call);
    });

    [Fact]
    public Task Calls_under_kills_end_with_a_result_or_the_death() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory(), new() { MaxRestarts = 100 });
        var laboratory = service.Proxy;
        using var stop = new CancellationTokenSource();
        var served = 0;
        var died = 0;
        var callers = Enumerable.Range(0, 3).Select(caller => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    try
                    {
                        Assert.Equal(caller + i, caller == 0 ? laboratory.AddLaterAsync(caller, i, 0).GetAwaiter().GetResult() : laboratory.Add(caller, i));
                        Interlocked.Increment(ref served);
                    }
                    catch (ServiceDiedException)
                    {
                        Interlocked.Increment(ref died);
                    }
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();
        for (var kill = 0; kill < 10; kill++)
        {
            var before = Volatile.Read(ref served);
            while (Volatile.Read(ref served) < before + 100)
            {
                await Task.Delay(2, TestContext.Current.CancellationToken);
            }

            Posix.Signal(service.ProcessId, Posix.SigKill);
        }

        await stop.CancelAsync();
        await Task.WhenAll(callers);
        Assert.InRange(died, 1, 30);
    });

    /// <summary>The factory of the second life hangs.</summary>
    private static Laboratory StartOnce(SharedValue<int> starts)
    {
        if (Interlocked.Increment(ref starts.Reference) > 1)
        {
            Thread.Sleep(Timeout.Infinite);
        }

        return new Laboratory();
    }

    /// <summary>The factory of the second life waits until it is told to go on.</summary>
    private static Counter CreateSlowly(SharedValue<int> starts, SharedValue<int> disposals, ProcessEvent go)
    {
        if (Interlocked.Increment(ref starts.Reference) > 1)
        {
            go.Wait();
        }

        return new Counter(disposals);
    }
}

public interface ICounter
{
    int Next();

    Task<int> NextLaterAsync(int milliseconds);
}

public sealed class Counter(SharedValue<int> disposals) : ICounter, IAsyncDisposable
{
    private int _count;

    public int Next() => ++_count;

    public async Task<int> NextLaterAsync(int milliseconds)
    {
        await Task.Delay(milliseconds);
        return ++_count;
    }

    public ValueTask DisposeAsync()
    {
        disposals.Add(1);
        return default;
    }
}
