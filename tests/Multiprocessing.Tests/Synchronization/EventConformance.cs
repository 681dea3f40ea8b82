using System.Diagnostics;
using Multiprocessing.Tests.Queues;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Synchronization;

public sealed class EventOnThreadsTests() : EventConformance(Crew.Threads);

[Collection(ProcessCollection.Name)]
public sealed class EventInProcessesTests() : EventConformance(Crew.Processes);

/// <summary>The promises of a <see cref="ProcessEvent"/> in every process.</summary>
public abstract class EventConformance(Crew crew) : CrewTest(crew)
{
    [Fact]
    public Task A_set_releases_all_waiters_and_stays() => Watchdog.Run(() =>
    {
        using var signal = new ProcessEvent();
        using var waiting = new ProcessSemaphore(0);
        Action sync = () =>
        {
            waiting.Release();
            signal.Wait();
        };
        Action async = () =>
        {
            waiting.Release(2);
            Task.WhenAll(signal.WaitAsync().AsTask(), signal.WaitAsync(TimeSpan.FromSeconds(30)).AsTask()).Wait();
        };
        Action[] ends = [Crew.Start(sync), Crew.Start(sync), Crew.Start(async)];
        for (var i = 0; i < 4; i++)
        {
            waiting.Wait();
        }

        Thread.Sleep(50);
        signal.IsSet.ShouldBeFalse();
        signal.Set();
        Array.ForEach(ends, static end => end());
        signal.IsSet.ShouldBeTrue();
        Crew.Do(() =>
        {
            signal.Wait(TimeSpan.Zero).ShouldBeTrue();
            signal.Reset();
        });
        signal.Wait(TimeSpan.FromMilliseconds(20)).ShouldBeFalse();
    });

    [Fact]
    public Task Waiters_of_a_set_event_continue_although_it_is_reset_at_once() => Watchdog.Run(() =>
    {
        using var signal = new ProcessEvent();
        using var waiting = new ProcessSemaphore(0);
        using var passed = new ProcessSemaphore(0);
        Action sync = () =>
        {
            waiting.Release();
            signal.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();
            passed.Release();
        };
        Action async = () =>
        {
            var wait = signal.WaitAsync(TimeSpan.FromSeconds(30)).AsTask();
            waiting.Release();
            wait.Result.ShouldBeTrue();
            passed.Release();
        };
        Action[] ends = [Crew.Start(sync), Crew.Start(sync), Crew.Start(async)];
        for (var i = 0; i < 3; i++)
        {
            waiting.Wait();
        }

        Eventually.Is(() => WaitsBegun(signal) == 3, "all wait");
        signal.Set();
        signal.Reset();
        Array.ForEach(ends, static end => end());
        passed.CurrentCount.ShouldBe(3);
        signal.IsSet.ShouldBeFalse();
    });

    [Fact]
    public Task One_waiter_takes_an_automatic_event() => Watchdog.Run(() =>
    {
        using var signal = new ProcessEvent(EventResetMode.AutoReset);
        using var passed = new ProcessSemaphore(0);
        Action sync = () =>
        {
            signal.Wait();
            passed.Release();
        };
        Action async = () =>
        {
            signal.WaitAsync().AsTask().Wait();
            passed.Release();
        };
        Action[] ends = [Crew.Start(sync), Crew.Start(async), Crew.Start(sync), Crew.Start(async)];
        for (var i = 0; i < 4; i++)
        {
            signal.Set();
            passed.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();
            signal.IsSet.ShouldBeFalse();
            passed.CurrentCount.ShouldBe(0);
        }

        Array.ForEach(ends, static end => end());
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Two_play_ping_pong(bool asynchronous) => Watchdog.Run(() =>
    {
        using var ping = new ProcessEvent(EventResetMode.AutoReset);
        using var pong = new ProcessEvent(EventResetMode.AutoReset);
        var rounds = asynchronous ? 500 : 5000;
        Action answer = () =>
        {
            for (var i = 0; i < rounds; i++)
            {
                if (asynchronous)
                {
                    ping.WaitAsync().AsTask().Wait();
                }
                else
                {
                    ping.Wait();
                }

                pong.Set();
            }
        };
        var end = Crew.Start(answer);
        for (var i = 0; i < rounds; i++)
        {
            ping.Set();
            pong.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue($"round {i}");
        }

        end();
    }, TimeSpan.FromMinutes(3));

    [Fact]
    public Task A_wait_that_times_out_or_is_cancelled_takes_nothing() => Watchdog.Run(() =>
    {
        using var signal = new ProcessEvent(EventResetMode.AutoReset, initialState: true);
        signal.Mode.ShouldBe(EventResetMode.AutoReset);
        signal.Wait();
        Crew.Do(() =>
        {
            signal.Wait(TimeSpan.FromMilliseconds(20)).ShouldBeFalse();
            signal.WaitAsync(TimeSpan.FromMilliseconds(20)).AsTask().Result.ShouldBeFalse();
            using var source = new CancellationTokenSource(20);
            Should.Throw<OperationCanceledException>(() => signal.Wait(source.Token));
            using var second = new CancellationTokenSource(20);
            Should.Throw<OperationCanceledException>(() => signal.WaitAsync(second.Token).AsTask().GetAwaiter().GetResult());
        });
        signal.Set();
        signal.Wait(TimeSpan.Zero).ShouldBeTrue();
        signal.Wait(TimeSpan.Zero).ShouldBeFalse();
    });

    private static unsafe int WaitsBegun(ProcessEvent signal) => Volatile.Read(ref ((SyncFrame*)signal.Shared.Segment.Base)->Contentions);
}

/// <summary>What concerns one process, and what the living see of the dead.</summary>
public sealed class EventTests : IDisposable
{
    private readonly Session _session = Session.CreateRoot();

    public void Dispose() => _session.Leave();

    [Fact]
    public void A_dead_waiter_swallows_nothing()
    {
        using var signal = new ProcessEvent(_session, EventResetMode.AutoReset, false);
        var other = new FakeParticipant(_session);
        var theirs = new ProcessEvent(ProcessSynchronizationObject.Open(other.Session, signal.Shared.Segment.Id, SegmentKind.Event));
        var point = WaitPointOf(signal);

        // As if killed between its announcement and its sleep, and with an asynchronous waiter.
        unsafe
        {
            WaitPoint.Announce((WaitPoint*)point);
            WaitPoint.ArmAsync((WaitPoint*)point, other.Id.Slot);
        }

        var waiting = Watch.Thread(() => signal.Wait());
        Thread.Sleep(50);
        other.Kill();
        signal.Set();
        Watch.Over(waiting);
        GC.KeepAlive(theirs);
    }

    [Fact]
    public void Disposal_ends_waits()
    {
        using var signal = new ProcessEvent(_session, EventResetMode.ManualReset, false);
        var sync = Watch.Thread(() => Should.Throw<ObjectDisposedException>(() => signal.Wait()));
        var async = signal.WaitAsync(TestContext.Current.CancellationToken).AsTask();
        Thread.Sleep(50);
        var watch = Stopwatch.StartNew();
        signal.Dispose();
        Watch.Over(sync);
        Should.Throw<ObjectDisposedException>(() => async.WaitAsync(Watch.Patience).GetAwaiter().GetResult());
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        Should.Throw<ObjectDisposedException>(signal.Set);
        Should.Throw<ArgumentOutOfRangeException>(() => new ProcessEvent((EventResetMode)9));
    }

    private static unsafe nint WaitPointOf(ProcessEvent signal) => (nint)(&((SyncFrame*)signal.Shared.Segment.Base)->Point);
}
