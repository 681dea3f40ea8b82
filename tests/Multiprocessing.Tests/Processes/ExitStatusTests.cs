using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>The exit status of a child distinguishes code, signal, exception, crash and request.</summary>
public class ExitStatusTests : ProcessTest
{
    private const string FailFastUnderWine = "STATUS_FAIL_FAST_EXCEPTION"; // whatever was given to RaiseFailFastException

    [Fact]
    public Task A_body_that_returns_exits_with_code_0() => Watchdog.Run(() =>
    {
        var status = EndOf(Ends.ByReturn);
        (status.Reason, status.Code, status.Signal, status.Error).ShouldBe((ExitReason.Exited, 0, null, null));
        status.IsSuccess.ShouldBeTrue();
    });

    [Fact]
    public Task Environment_Exit_7_exits_with_code_7() => Watchdog.Run(() =>
    {
        var status = EndOf(Ends.ByExit7);
        (status.Reason, status.Code, status.Signal, status.Error).ShouldBe((ExitReason.Exited, 7, null, null));
        status.IsSuccess.ShouldBeFalse();
    });

    [Fact]
    public Task Exit_codes_that_look_like_signals_are_still_codes() => Watchdog.Run(() =>
    {
        foreach (var code in new[] { 1, 70, 134, 137, 143, 255 })
        {
            using var child = ChildProcess.Run(Environment.Exit, code);
            child.Join();
            (child.ExitStatus!.Reason, child.ExitStatus.Code, child.ExitStatus.Signal).ShouldBe((ExitReason.Exited, code, null));
        }
    });

    [Fact]
    public Task Environment_ExitCode_is_the_code_of_a_body_that_returns() => Watchdog.Run(() =>
    {
        var status = EndOf(Ends.ByExitCodeProperty);
        (status.Reason, status.Code).ShouldBe((ExitReason.Exited, 9));
    });

    [Fact]
    public Task An_exception_that_leaves_the_body_is_an_unhandled_exception() => Watchdog.Run(() =>
    {
        var status = EndOf(Ends.ByException);
        (status.Reason, status.Code, status.Signal).ShouldBe((ExitReason.UnhandledException, 1, null));
        status.Error.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("left the body");
    });

    [Fact]
    public Task An_exception_that_leaves_a_thread_is_an_unhandled_exception() => Watchdog.Run(() =>
    {
        var status = EndOf(Ends.ByExceptionInThread);
        ShouldBeCrash(status, ExitReason.UnhandledException, Posix.SigAbort, "unhandled .NET exception");
        status.Error.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("left a thread");
    });

    [Fact]
    public Task FailFast_is_reported_with_its_message() => Watchdog.Run(() =>
    {
        var status = EndOf(Ends.ByFailFast);
        ShouldBeCrash(status, ExitReason.FailFast, Posix.SigAbort, "COR_E_FAILFAST", FailFastUnderWine);
        status.Error.ShouldBeOfType<ProcessCrashedException>().Message.ShouldContain("the failing fast");
    });

    [NotUnderWineFact("Wine 8 does not get through the runtime's report of a stack overflow: the process stays as it is.")]
    public Task A_stack_overflow_is_reported_with_its_last_lines() => Watchdog.Run(() =>
    {
        var status = EndOf(Ends.ByStackOverflow);
        ShouldBeCrash(status, ExitReason.StackOverflow, Posix.SigAbort, "STATUS_STACK_OVERFLOW");
        status.Error.ShouldBeOfType<ProcessCrashedException>();
    });

    [PosixFact("abort() there is exit(3).")]
    public Task A_native_abort_is_a_crash() => Watchdog.Run(() =>
    {
        var status = EndOf(Ends.ByAbort);
        (status.Reason, status.Code, status.Signal).ShouldBe((ExitReason.Crashed, null, Posix.SigAbort));
    });

    [Fact]
    public Task A_segmentation_fault_in_native_code_is_a_crash() => Watchdog.Run(() =>
    {
        var status = EndOf(Ends.BySegmentationFault);
        ShouldBeCrash(status, ExitReason.Crashed, Posix.SigSegv, "STATUS_ACCESS_VIOLATION", FailFastUnderWine);
    });

    [Fact]
    public Task SIGTERM_from_outside_is_a_signal() => Watchdog.Run(() =>
    {
        var status = EndBySignal(Posix.SigTerm);
        (status.Reason, status.Code, status.Signal).ShouldBe((ExitReason.Signaled, null, Posix.SigTerm));
        status.ToString().ShouldContain("SIGTERM");
    });

    [Fact]
    public Task SIGKILL_from_outside_is_a_signal_and_not_our_own_kill() => Watchdog.Run(() =>
    {
        var status = EndBySignal(Posix.SigKill);
        (status.Reason, status.Code, status.Signal).ShouldBe((ExitReason.Signaled, null, Posix.SigKill));
        status.ToString().ShouldBe("killed by signal 9 (SIGKILL)");
    });

    [Fact]
    public Task Kill_says_that_the_parent_did_it() => Watchdog.Run(() =>
    {
        using var child = Ends.StartWaiting();
        child.Kill();
        child.Join();
        (child.ExitStatus!.Reason, child.ExitStatus.Code, child.ExitStatus.Signal).ShouldBe((ExitReason.Killed, null, Posix.SigKill));
    });

    [Fact]
    public Task Terminate_says_that_the_child_went_on_request() => Watchdog.Run(() =>
    {
        using var child = Ends.StartWaiting(new ChildProcessOptions { TerminationGrace = TimeSpan.FromSeconds(60) });
        child.Terminate();
        child.Join();
        child.ExitStatus!.Reason.ShouldBe(ExitReason.Terminated);
    });

    [Fact]
    public Task A_child_that_dies_faults_its_completion_with_pid_name_and_status() => Watchdog.Run(() =>
    {
        var child = Ends.StartWaiting(new ChildProcessOptions { Name = "the doomed" });
        Posix.Signal(child.Id, Posix.SigKill);
        var failure = child.TakeFailure().ShouldBeOfType<ProcessDiedException>();
        failure.ProcessId.ShouldBe(child.Id);
        failure.ProcessName.ShouldBe("the doomed");
        failure.ExitStatus.ShouldBe(child.ExitStatus);
        failure.Message.ShouldContain("the doomed");
        failure.Message.ShouldContain(child.Id.ToString());
        failure.Message.ShouldContain("SIGKILL");
    });

    [Fact]
    public Task A_result_is_not_expected_of_a_child_that_exits_with_0_in_the_middle_of_its_body() => Watchdog.Run(() =>
    {
        var child = ChildProcess.Run(() =>
        {
            Environment.Exit(0);
            return 1;
        });
        child.TakeFailure().ShouldBeOfType<ProcessDiedException>();
        child.ExitStatus!.Code.ShouldBe(0);
    });

    [Fact]
    public Task The_last_words_on_standard_error_are_kept() => Watchdog.Run(() =>
    {
        var child = ChildProcess.Run(
            () =>
            {
                Console.Error.WriteLine("I am running out of disk");
                Environment.Exit(3);
            },
            Ends.Quiet);
        child.TakeFailure().ShouldBeOfType<ProcessDiedException>().StandardErrorTail.ShouldBe("I am running out of disk" + Environment.NewLine);
    });

    /// <summary>.NET prints the cause first, then the innermost frames, and the outermost ones last.</summary>
    [Theory]
    [InlineData("overflow", "Stack overflow.", ExitReason.StackOverflow)]
    [InlineData("fail fast", "the disk is gone", ExitReason.FailFast)]
    public Task A_crash_with_a_deep_stack_reports_its_cause_and_both_ends_of_the_stack(string end, string cause, ExitReason reason) => Watchdog.Run(async () =>
    {
        Assert.SkipWhen(end == "overflow" && !Here.IsNoWine, "Wine 8 does not get through the runtime's report of a stack overflow.");
        Action body = () =>
        {
            for (var i = 0; i < 2000; i++)
            {
                Console.Error.WriteLine($"progress {i}");
            }

            var thread = new Thread(() => DeepStack.Begin(end), maxStackSize: 1 << 20);
            thread.Start();
            thread.Join();
        };
        var died = ChildProcess.Run(body, Ends.Quiet).TakeFailure().ShouldBeOfType<ProcessDiedException>();
        died.ExitStatus.Reason.ShouldBe(reason);
        died.StandardErrorHead.ShouldContain(cause);
        died.StandardErrorHead.ShouldContain("DeepStack");
        died.StandardErrorTail.ShouldContain("DeepStack.Begin");
        died.Message.ShouldContain(cause);
        died.Message.ShouldContain("DeepStack.Begin");
        died.InnerException.ShouldBeOfType<ProcessCrashedException>().Message.ShouldStartWith(end == "overflow" ? cause : "Process terminated.");

        await using var pool = new ProcessPool(new() { Workers = 1, Process = Ends.Quiet });
        var worker = await Should.ThrowAsync<WorkerDiedException>(pool.RunAsync(body));
        worker.StandardErrorHead.ShouldContain(cause);
        worker.Message.ShouldContain(cause);
        worker.Message.ShouldContain("DeepStack.Begin");
    });

    private static ExitStatus EndOf(Action body)
    {
        using var child = ChildProcess.Run(body, Ends.Quiet);
        child.Join();
        return child.ExitStatus.ShouldNotBeNull();
    }

    private static void ShouldBeCrash(ExitStatus status, ExitReason reason, int signal, params string[] names)
    {
        (status.Reason, status.Signal).ShouldBe((reason, OperatingSystem.IsWindows() ? null : signal));
        if (OperatingSystem.IsWindows())
        {
            // A crash is an exit code there, which has a name.
            names.ShouldContain(name => status.ToString().Contains(name));
        }
        else
        {
            status.Code.ShouldBeNull();
        }
    }

    private static ExitStatus EndBySignal(int signal)
    {
        using var child = Ends.StartWaiting(Ends.Quiet);
        child.Join(TimeSpan.FromMilliseconds(50)).ShouldBeFalse();
        child.ExitStatus.ShouldBeNull();
        Posix.Signal(child.Id, signal);
        child.Join();
        return child.ExitStatus.ShouldNotBeNull();
    }
}
