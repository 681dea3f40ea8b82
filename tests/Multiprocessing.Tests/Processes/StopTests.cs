using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>A child is asked first and killed then, with everything below it.</summary>
public class StopTests : ProcessTest
{
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;

    [Fact]
    public Task A_body_that_listens_ends_itself_and_its_finally_runs() => Watchdog.Run(() =>
    {
        using var said = new ProcessQueue<string>().Watch();
        using var child = ChildProcess.Run(
            async () =>
            {
                var stopping = CurrentProcess.Stopping;
                said.Put("listening");
                try
                {
                    await Task.Delay(Timeout.Infinite, stopping);
                }
                finally
                {
                    said.Put("cleaned up");
                }
            },
            new ChildProcessOptions { TerminationGrace = Never });
        said.Get().ShouldBe("listening");
        child.Terminate();
        child.Join();
        child.ExitStatus!.Reason.ShouldBe(ExitReason.Terminated);
        said.GetNoWait().ShouldBe("cleaned up");
    });

    [PosixFact("The runtime makes no files there: its diagnostics listen on named pipes.")]
    public Task A_killed_process_leaves_none_of_the_runtimes_files_in_the_temp_directory() => Watchdog.Run(() =>
    {
        using var said = new ProcessQueue<int>().Watch();
        using var child = ChildProcess.Run(
            () =>
            {
                _ = ChildProcess.Run(static () => Thread.Sleep(Never)); // a grandchild, which its grandparent clears up after
                said.Put(ChildProcess.Active.Single().Id);
                Thread.Sleep(Never);
            });
        var grandchild = said.Get();
        string[] files = [.. RuntimeFiles(child.Id), .. RuntimeFiles(grandchild)];
        Eventually.Is(() => files.All(File.Exists), "both runtimes have made their files");
        child.Kill();
        child.Join();
        files.Where(File.Exists).ShouldBeEmpty();

        static IEnumerable<string> RuntimeFiles(int processId)
        {
            var id = $"{processId}-{ProcessEntry.Find(processId)!.StartTicks}";
            return new[] { $"dotnet-diagnostic-{id}-socket", $"clr-debug-pipe-{id}-in", $"clr-debug-pipe-{id}-out" }.Select(name => Path.Combine(Path.GetTempPath(), name));
        }
    });

    [Fact]
    public Task A_body_that_listens_and_returns_a_result_still_delivers_it() => Watchdog.Run(() =>
    {
        using var said = new ProcessQueue<string>().Watch();
        var child = ChildProcess.Run(
            () =>
            {
                var stopping = CurrentProcess.Stopping;
                said.Put("listening");
                stopping.WaitHandle.WaitOne();
                return "as far as I came";
            },
            new ChildProcessOptions { TerminationGrace = Never });
        said.Get();
        child.Terminate();
        child.Join(); // Take disposes the child, which has 5 s at most then
        child.Take().ShouldBe("as far as I came");
        child.ExitStatus!.Reason.ShouldBe(ExitReason.Terminated);
    });

    [Fact]
    public Task A_deaf_body_is_killed_after_the_grace_and_not_before() => Watchdog.Run(() =>
    {
        using var said = new ProcessQueue<string>().Watch();
        using var child = ChildProcess.Run(() =>
        {
            _ = CurrentProcess.Stopping;
            said.Put("pretending to listen");
            Ends.Forever();
        });
        said.Get();
        var watch = Stopwatch.StartNew();
        child.Terminate(TimeSpan.FromMilliseconds(500));
        child.Join();
        watch.Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(450));
        (child.ExitStatus!.Reason, child.ExitStatus.Signal).ShouldBe((ExitReason.Killed, Posix.SigKill));
    });

    [Fact]
    public Task A_body_that_never_asked_for_the_token_goes_at_once() => Watchdog.Run(() =>
    {
        using var child = Ends.StartWaiting();
        child.Terminate(Never);
        child.Join(); // without the killer's help
        child.ExitStatus!.Reason.ShouldBe(ExitReason.Terminated);
    });

    [Fact]
    public Task A_busy_body_that_never_asked_for_the_token_goes_at_once_too() => Watchdog.Run(() =>
    {
        using var child = ChildProcess.Run(() =>
        {
            while (true)
            {
                Thread.SpinWait(1000);
            }
        });
        Eventually.Is(() => child.State == ProcessState.Running, "the body runs", TimeSpan.FromSeconds(60));
        child.Terminate(Never);
        child.Join();
        child.ExitStatus!.Reason.ShouldBe(ExitReason.Terminated);
    });

    [Fact]
    public Task A_child_is_terminated_even_before_its_body_began() => Watchdog.Run(() =>
    {
        using var child = ChildProcess.Run(Ends.Forever);
        child.Terminate(Never);
        child.Join();
        child.ExitStatus!.Reason.ShouldBe(ExitReason.Terminated);
    });

    [Fact]
    public Task Terminate_may_be_asked_twice_and_the_shorter_grace_wins() => Watchdog.Run(() =>
    {
        using var said = new ProcessQueue<string>().Watch();
        using var child = ChildProcess.Run(() =>
        {
            _ = CurrentProcess.Stopping;
            said.Put("pretending to listen");
            Ends.Forever();
        });
        said.Get();
        child.Terminate(Never);
        child.Join(TimeSpan.FromMilliseconds(100)).ShouldBeFalse();
        child.Terminate(TimeSpan.FromMilliseconds(50));
        child.Join();
        child.ExitStatus!.Reason.ShouldBe(ExitReason.Killed);
    });

    [Fact]
    public Task Interrupt_cancels_the_token_as_Ctrl_C_would() => Watchdog.Run(() =>
    {
        using var said = new ProcessQueue<string>().Watch();
        using var child = ChildProcess.Run(() =>
        {
            var stopping = CurrentProcess.Stopping;
            said.Put("listening");
            stopping.WaitHandle.WaitOne();
            said.Put("interrupted");
        }, new ChildProcessOptions { TerminationGrace = TimeSpan.FromSeconds(60) });
        said.Get();
        child.Interrupt();
        child.Join();
        said.GetNoWait().ShouldBe("interrupted");
        using var deaf = Ends.StartWaiting();
        deaf.Interrupt();
        deaf.Join();
        deaf.ExitStatus!.Signal.ShouldBe(2);
    });

    [PosixFact("Windows has no signals that a process could take and go on from.")]
    public Task SIGTERM_from_outside_cancels_the_token_and_kills_after_the_grace() => Watchdog.Run(() =>
    {
        // Two, because the one that hears may need longer than the other one's grace.
        using var said = new ProcessQueue<string>().Watch();
        using var hearing = Start(TimeSpan.FromSeconds(60));
        Posix.Signal(hearing.Id, Posix.SigTerm);
        said.Get().ShouldBe("heard");
        using var child = Start(TimeSpan.FromSeconds(0.5));
        Posix.Signal(child.Id, Posix.SigTerm);
        child.Join();
        child.ExitStatus!.Signal.ShouldBe(Posix.SigTerm);

        ChildProcess Start(TimeSpan grace)
        {
            var started = ChildProcess.Run(
                () =>
                {
                    var stopping = CurrentProcess.Stopping;
                    said.Put("listening");
                    stopping.WaitHandle.WaitOne();
                    said.Put("heard");
                    Ends.Forever();
                },
                new ChildProcessOptions { TerminationGrace = grace });
            said.Get();
            return started;
        }
    });

    [Fact]
    public Task A_stopped_child_is_killed_all_the_same() => Watchdog.Run(() =>
    {
        using var child = Ends.StartWaiting();
        Posix.Signal(child.Id, Posix.SigStop);
        Eventually.Is(() => OperatingSystem.IsWindows() || ProcessEntry.Find(child.Id)!.State == 'T', "the child is stopped");
        child.Terminate(TimeSpan.FromMilliseconds(100));
        child.Join();
        child.ExitStatus!.Reason.ShouldBe(ExitReason.Killed);
    });

    [Fact]
    public Task The_whole_subtree_goes_with_a_killed_child() => Watchdog.Run(() =>
    {
        using var pids = new ProcessQueue<int>().Watch();
        using var child = StartTree(pids);
        var tree = pids.GetMany(4).ToList();
        while (tree.Count < 4)
        {
            tree.Add(pids.Get());
        }

        tree.ShouldAllBe(id => !ProcessEntry.IsGone(id));
        child.Kill();
        child.Join();
        tree.ForEach(id => Eventually.IsGone(id));
    });

    [Fact]
    public Task The_whole_subtree_goes_with_a_terminated_child() => Watchdog.Run(() =>
    {
        using var pids = new ProcessQueue<int>().Watch();
        using var child = StartTree(pids);
        var tree = Enumerable.Range(0, 4).Select(_ => pids.Get()).ToList();
        child.Terminate(TimeSpan.FromMilliseconds(200));
        child.Join();
        tree.ForEach(id => Eventually.IsGone(id));
    });

    [Fact]
    public Task The_library_children_of_a_child_go_when_it_is_killed_from_outside() => Watchdog.Run(() =>
    {
        using var pids = new ProcessQueue<int>().Watch();
        using var child = ChildProcess.Run(() =>
        {
            _ = ChildProcess.Run(() =>
            {
                pids.Put(Environment.ProcessId);
                Ends.Forever();
            });
            Ends.Forever();
        });
        var grandchild = pids.Get();
        Posix.Signal(child.Id, Posix.SigKill);
        child.Join();
        Eventually.IsGone(grandchild);
    });

    [Fact]
    public Task A_child_killed_before_it_has_read_its_body_leaves_nothing_of_its_queue() => Watchdog.Run(() =>
    {
        for (var i = 0; i < 10; i++)
        {
            using var queue = new ProcessQueue<int>();
            using var child = ChildProcess.Run(() => queue.Put(1));
            Thread.Sleep(i * 10); // nothing depends on it; it moves the kill over the child's start
            child.Kill();
            child.Join();
        }
    });

    [Fact]
    public Task Dispose_kills_and_waits() => Watchdog.Run(() =>
    {
        var child = Ends.StartWaiting();
        child.Dispose();
        child.ExitStatus!.Reason.ShouldBe(ExitReason.Killed);
        ProcessEntry.Find(child.Id).ShouldBeNull();
    });

    [Fact]
    public Task DisposeAsync_asks_first() => Watchdog.Run(async () =>
    {
        using var said = new ProcessQueue<string>().Watch();
        var child = ChildProcess.Run(
            () =>
            {
                var stopping = CurrentProcess.Stopping;
                said.Put("listening");
                stopping.WaitHandle.WaitOne();
                said.Put("ended in good order");
            },
            new ChildProcessOptions { TerminationGrace = TimeSpan.FromSeconds(60) });
        said.Get();
        await child.DisposeAsync();
        said.GetNoWait().ShouldBe("ended in good order");
        child.ExitStatus!.Reason.ShouldBe(ExitReason.Terminated);
    });

    [Fact]
    public Task A_process_that_never_started_may_be_disposed() => Watchdog.Run(async () =>
    {
        new ChildProcess(Ends.ByReturn).Dispose();
        await new ChildProcess(Ends.ByReturn).DisposeAsync();
    });

    /// <summary>A child, a stopped grandchild, a grandchild with a child of its own, and a program that is not ours.</summary>
    private static ChildProcess StartTree(ProcessQueue<int> pids) => ChildProcess.Run(
        queue =>
        {
            _ = CurrentProcess.Stopping;
            var stopped = Ends.StartWaiting();
            Posix.Signal(stopped.Id, Posix.SigStop);
            queue.Put(stopped.Id);
            queue.Put(Stranger.StartSleeping().Id);
            _ = ChildProcess.Run(
                inner =>
                {
                    inner.Put(Environment.ProcessId);
                    _ = ChildProcess.Run(
                        innermost =>
                        {
                            innermost.Put(Environment.ProcessId);
                            Ends.Forever();
                        },
                        inner);
                    Ends.Forever();
                },
                queue);
            Ends.Forever();
        },
        pids);
}
