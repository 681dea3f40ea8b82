using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>A result is there as soon as it has arrived, and in any case when Join returns.</summary>
public class EarlyResultTests : ProcessTest
{
    [Fact]
    public Task The_result_is_complete_when_Join_returns() => Watchdog.Run(
        async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                using var child = ChildProcess.Run(static number => new string('x', 1000) + number, i);
                if (i % 2 == 0)
                {
                    child.Join();
                }
                else
                {
                    await child.JoinAsync();
                }

                child.Result.IsCompletedSuccessfully.ShouldBeTrue();
                child.Completion.IsCompletedSuccessfully.ShouldBeTrue();
                child.ExitStatus!.Reason.ShouldBe(ExitReason.Exited);
            }

            for (var i = 0; i < 10; i++)
            {
                using var child = ChildProcess.Run(static int () => throw new FormatException("meant"));
                child.Join();
                child.Result.IsFaulted.ShouldBeTrue();
                child.Completion.IsFaulted.ShouldBeTrue();
            }
        },
        TimeSpan.FromMinutes(5));

    [Fact]
    public Task The_result_does_not_wait_for_the_process_to_leave() => Watchdog.Run(async () =>
    {
        using var mayLeave = new ProcessEvent();
        using var child = ChildProcess.Run(() =>
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) => mayLeave.Wait();
            return 7;
        });
        (await child.Result).ShouldBe(7);
        child.IsAlive.ShouldBeTrue();
        child.Completion.IsCompleted.ShouldBeFalse();
        child.ExitStatus.ShouldBeNull();
        mayLeave.Set();
        await child.Completion;
        child.ExitStatus!.Code.ShouldBe(0);
    });

    [Fact]
    public Task A_crash_after_the_result_is_reported_by_the_completion_and_the_result_stays() => Watchdog.Run(async () =>
    {
        using var child = ChildProcess.Run(static () =>
        {
            AppDomain.CurrentDomain.ProcessExit += static (_, _) => Environment.FailFast("in an exit handler");
            return 7;
        });
        (await child.Result).ShouldBe(7);
        var died = await Should.ThrowAsync<ProcessDiedException>(() => child.Completion);
        died.Message.ShouldContain("after its body had ended");
        died.ExitStatus.Reason.ShouldBe(ExitReason.FailFast);
        child.ExitStatus!.Reason.ShouldBe(ExitReason.FailFast);
        (await child.Result).ShouldBe(7);
    });

    [Fact]
    public Task A_disposed_child_whose_result_has_come_may_run_its_exit_handlers() => Watchdog.Run(async () =>
    {
        using var leaving = new ProcessEvent();
        using var left = new SharedValue<int>();
        var child = ChildProcess.Run(() =>
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) =>
            {
                leaving.Set();
                Thread.Sleep(300);
                left.Value = 1;
            };
            return 7;
        });
        (await child.Result).ShouldBe(7);
        leaving.Wait(); // Dispose gives the child 5 s at most, which are for the handlers and not for the way to them
        child.Dispose();
        left.Value.ShouldBe(1);
        child.ExitStatus!.Reason.ShouldBe(ExitReason.Exited);
    });

    [Fact]
    public Task A_child_whose_result_has_come_and_that_does_not_leave_is_killed_by_Dispose() => Watchdog.Run(async () =>
    {
        var child = ChildProcess.Run(
            static () =>
            {
                AppDomain.CurrentDomain.ProcessExit += static (_, _) => Thread.Sleep(Timeout.Infinite);
                return 7;
            },
            new() { TerminationGrace = TimeSpan.FromMilliseconds(200) });
        (await child.Result).ShouldBe(7);
        child.Dispose();
        child.ExitStatus!.Reason.ShouldBe(ExitReason.Killed);
        (await child.Result).ShouldBe(7);
        child.Completion.IsFaulted.ShouldBeTrue();
    });
}
