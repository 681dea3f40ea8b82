using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>The synchronous waits that throw: <c>Wait</c> and <c>GetResult</c>.</summary>
public class WaitTests : ProcessTest
{
    private static readonly ChildProcessOptions Quiet = new() { StandardError = ProcessOutput.Discard };

    [Fact]
    public Task Wait_returns_when_the_body_has_run_and_throws_the_bodys_own_exception_otherwise() => Watchdog.Run(() =>
    {
        using var good = ChildProcess.Run(() => { });
        good.Wait();
        good.ExitStatus!.IsSuccess.ShouldBeTrue();
        good.Wait(TimeSpan.Zero).ShouldBeTrue();

        using var bad = ChildProcess.Run(() => throw new FormatException("of the body"), Quiet);
        Should.Throw<FormatException>(bad.Wait).Message.ShouldBe("of the body");
        Should.Throw<FormatException>(() => bad.Wait(TimeSpan.FromSeconds(60))).Message.ShouldBe("of the body"); // again, and not wrapped

        using var killed = ChildProcess.Run(() => Thread.Sleep(Timeout.Infinite), Quiet);
        killed.Wait(TimeSpan.FromMilliseconds(50)).ShouldBeFalse();
        killed.Kill();
        var death = Should.Throw<ProcessDiedException>(killed.Wait);
        death.ProcessId.ShouldBe(killed.Id);
        death.ExitStatus.Reason.ShouldBe(ExitReason.Killed);

        Should.Throw<InvalidOperationException>(new ChildProcess(() => { }).Wait);
    });

    [Fact]
    public Task GetResult_returns_the_value_or_throws_what_ended_the_process() => Watchdog.Run(() =>
    {
        using var good = ChildProcess.Run(() => 42);
        good.GetResult().ShouldBe(42);
        good.GetResult(TimeSpan.Zero).ShouldBe(42);
        good.Wait();

        using var bad = ChildProcess.Run(static int () => throw new FormatException("of the body"), Quiet);
        Should.Throw<FormatException>(() => bad.GetResult()).Message.ShouldBe("of the body");

        using var slow = ChildProcess.Run(() =>
        {
            Thread.Sleep(Timeout.Infinite);
            return 0;
        });
        Should.Throw<TimeoutException>(() => slow.GetResult(TimeSpan.FromMilliseconds(50))).Message.ShouldContain(slow.Name);
        using var source = new CancellationTokenSource(50);
        Should.Throw<OperationCanceledException>(() => slow.GetResult(Timeout.InfiniteTimeSpan, source.Token));
        slow.IsAlive.ShouldBeTrue();
        slow.Kill();
        Should.Throw<ProcessDiedException>(() => slow.GetResult()).ProcessName.ShouldBe(slow.Name);

        Should.Throw<InvalidOperationException>(() => new ChildProcess<int>(() => 1).GetResult());
    });

    [Fact]
    public Task An_initializer_runs_before_the_body_and_shares_what_it_captures_with_it() => Watchdog.Run(() =>
    {
        List<string> order = [];
        var child = ChildProcess.Run(
            () =>
            {
                order.Add("body");
                return string.Join(' ', order);
            },
            new() { Initializer = () => order.Add("initializer") });
        child.Take().ShouldBe("initializer body");
        order.ShouldBeEmpty();
    });

    [Fact]
    public Task A_failed_initializer_is_a_failed_start_that_names_it() => Watchdog.Run(() =>
    {
        var options = new ChildProcessOptions { Name = "fragile", StandardError = ProcessOutput.Discard, Initializer = () => throw new FormatException("bad settings") };
        using var child = ChildProcess.Run(() => 1, options);
        var failure = Should.Throw<ProcessStartException>(() => child.GetResult());
        failure.Message.ShouldContain("fragile");
        failure.Message.ShouldContain("Initializer");
        failure.Message.ShouldContain("FormatException");
        failure.Message.ShouldContain("bad settings");
        failure.InnerException.ShouldBeOfType<FormatException>();
        child.Join();
        child.ExitStatus!.Reason.ShouldBe(ExitReason.StartFailed);

        Should.Throw<NotSerializableException>(() => ChildProcess.Run(() => { }, new() { Initializer = CapturesThread() })).Path.ShouldContain("option 'Initializer'");

        static Action CapturesThread()
        {
            var thread = Thread.CurrentThread;
            return () => thread.Join();
        }
    });

    [Fact]
    public void An_initializer_that_cannot_be_waited_for_is_refused()
    {
        Should.Throw<ArgumentException>(() => ChildProcess.Create(() => { }, new() { Initializer = async () => await Task.Yield() })).Message.ShouldContain("async void");
        Should.Throw<ArgumentException>(() => new ProcessPool(new() { Initializer = async () => await Task.Yield() })).ParamName.ShouldBe("Initializer");
    }

    [Fact]
    public Task A_child_that_hangs_in_its_initializer_is_ended_by_StartTimeout_and_by_Terminate() => Watchdog.Run(() =>
    {
        using var slow = ChildProcess.Run(() => { }, new()
        {
            StandardError = ProcessOutput.Discard,
            StartTimeout = TimeSpan.FromSeconds(1),
            Initializer = () => Thread.Sleep(Timeout.Infinite),
        });
        Should.Throw<ProcessStartException>(slow.Wait);

        using var begun = new ProcessEvent();
        using var stopped = ChildProcess.Run(() => { }, new()
        {
            StandardError = ProcessOutput.Discard,
            Initializer = () =>
            {
                begun.Set();
                CurrentProcess.Stopping.WaitHandle.WaitOne();
                CurrentProcess.Stopping.ThrowIfCancellationRequested();
            },
        });
        begun.Wait();
        stopped.Terminate(TimeSpan.FromSeconds(60));
        stopped.Join();
        stopped.ExitStatus!.Reason.ShouldBe(ExitReason.Terminated);
    });
}
