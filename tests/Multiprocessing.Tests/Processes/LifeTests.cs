using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class LifeTests : ProcessTest
{
    [Fact]
    public Task A_process_goes_from_created_over_running_to_exited() => Watchdog.Run(() =>
    {
        using var go = new ProcessQueue<bool>().Watch();
        using var child = new ChildProcess(() => go.Get());
        (child.State, child.IsAlive, child.ExitStatus).ShouldBe((ProcessState.Created, false, null));
        child.Start();
        child.IsAlive.ShouldBeTrue();
        Eventually.Is(() => child.State == ProcessState.Running, "the body runs", TimeSpan.FromSeconds(60));
        child.ExitStatus.ShouldBeNull();
        go.Put(true);
        child.Join();
        (child.State, child.IsAlive).ShouldBe((ProcessState.Exited, false));
        child.ExitStatus.ShouldNotBeNull().IsSuccess.ShouldBeTrue();
    });

    [Fact]
    public Task Join_with_a_time_limit_on_a_live_child_is_false_and_not_early() => Watchdog.Run(() =>
    {
        using var child = Ends.StartWaiting();
        child.Join(TimeSpan.Zero).ShouldBeFalse();
        var watch = Stopwatch.StartNew();
        child.Join(TimeSpan.FromMilliseconds(200)).ShouldBeFalse();
        watch.Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(150));
        child.IsAlive.ShouldBeTrue();
        child.Kill();
        child.Join(TimeSpan.FromSeconds(30)).ShouldBeTrue();
    });

    [Fact]
    public Task Join_may_be_given_up_and_the_child_lives_on() => Watchdog.Run(async () =>
    {
        using var child = Ends.StartWaiting();
        using var patience = new CancellationTokenSource(100);
        Should.Throw<OperationCanceledException>(() => child.Join(Timeout.InfiniteTimeSpan, patience.Token));
        await Should.ThrowAsync<OperationCanceledException>(() => child.JoinAsync(patience.Token));
        child.IsAlive.ShouldBeTrue();
    });

    [Fact]
    public Task Many_threads_may_join_one_child() => Watchdog.Run(async () =>
    {
        using var go = new ProcessQueue<bool>().Watch();
        using var child = ChildProcess.Run(() => go.Get());
        var joins = Enumerable.Range(0, 8).Select(i => i % 2 == 0 ? Task.Run(child.Join) : child.JoinAsync()).ToArray();
        go.Put(true);
        await Task.WhenAll(joins);
        child.ExitStatus!.IsSuccess.ShouldBeTrue();
    });

    [Fact]
    public Task When_Join_returns_the_process_is_reaped() => Watchdog.Run(() =>
    {
        using var child = ChildProcess.Run(Ends.ByReturn);
        child.Join();
        ProcessEntry.Find(child.Id).ShouldBeNull();
    });

    [Fact]
    public Task The_active_children_are_those_that_run() => Watchdog.Run(() =>
    {
        using var first = Ends.StartWaiting();
        using var second = Ends.StartWaiting();
        using var never = new ChildProcess(Ends.ByReturn);
        ChildProcess.Active.ShouldBe([first, second], ignoreOrder: true);
        first.Kill();
        first.Join();
        ChildProcess.Active.ShouldBe([second]);
    });

    [Fact]
    public Task A_child_knows_who_it_is_and_who_its_parent_is() => Watchdog.Run(() =>
    {
        CurrentProcess.IsChild.ShouldBeFalse();
        CurrentProcess.Parent.ShouldBeNull();
        CurrentProcess.Depth.ShouldBe(0);
        CurrentProcess.Id.ShouldBe(Environment.ProcessId);
        var child = ChildProcess.Run(
            () => (CurrentProcess.Id, CurrentProcess.Name, CurrentProcess.IsChild, CurrentProcess.Depth, CurrentProcess.Parent!.Id, CurrentProcess.Parent.Name, CurrentProcess.Parent.IsAlive),
            new ChildProcessOptions { Name = "downloader" });
        child.Name.ShouldBe("downloader");
        var id = child.Id;
        child.Take().ShouldBe((id, "downloader", true, 1, Environment.ProcessId, CurrentProcess.Name, true));
    });

    [Fact]
    public Task A_child_of_a_child_stands_two_levels_below() => Watchdog.Run(() =>
        ChildProcess.Run(() =>
        {
            var outer = Environment.ProcessId;
            return ChildProcess.Run(() => (CurrentProcess.Depth, CurrentProcess.Parent!.Id == outer)).Take();
        }).Take().ShouldBe((2, true)));

    [Fact]
    public Task A_body_that_starts_itself_is_stopped_before_the_machine_is_full() => Watchdog.Run(() =>
    {
        // The deepest one gets the refusal; it travels all the way up.
        var failure = ChildProcess.Run(Deeper).TakeFailure().ShouldBeOfType<ProcessStartException>();
        failure.Message.ShouldContain("Multiprocessing.MaxDepth");

        static int Deeper() => ChildProcess.Run(Deeper).Take() + 1;
    });

    [Fact]
    public Task Children_without_a_name_get_different_ones() => Watchdog.Run(() =>
    {
        using var first = new ChildProcess(Ends.ByReturn);
        using var second = new ChildProcess(Ends.ByReturn);
        first.Name.ShouldStartWith("Process-");
        second.Name.ShouldNotBe(first.Name);
    });

    [Fact]
    public Task A_child_does_not_share_the_terminal_and_reads_nothing_from_it() => Watchdog.Run(() =>
        ChildProcess.Run(() => Console.In.ReadToEnd()).Take().ShouldBe(""));

    [PosixFact("A process group there has no number that could be asked for.")]
    public Task A_child_has_a_process_group_of_its_own() => Watchdog.Run(() =>
        ChildProcess.Run(() => File.ReadAllText("/proc/self/stat").Split(") ")[1].Split(' ')[2] == Environment.ProcessId.ToString()).Take().ShouldBeTrue());

    [PosixFact("Which handles a process has is not told there without a debugger's rights.")]
    public Task A_child_inherits_no_handle_that_was_not_meant_for_it() => Watchdog.Run(() =>
    {
        // A sibling with captured output: its sockets and pipes lie open in this process, and a copy of one in the child would keep it open.
        using var sibling = Ends.StartWaiting(new ChildProcessOptions { StandardOutput = ProcessOutput.Discard });
        var ours = Handles().Where(IsClosedOnExecution).Select(TargetOf).Where(target => target.Contains(":[", StringComparison.Ordinal)).ToHashSet();
        ours.ExceptWith(Enumerable.Range(0, 3).Select(number => TargetOf($"/proc/self/fd/{number}"))); // the runtime has copies of these, and they are inherited
        ours.Count(target => target.StartsWith("socket:", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(1);
        var theirs = ChildProcess.Run(() => Handles().Select(TargetOf).ToArray()).Take();
        theirs.Intersect(ours).ShouldBeEmpty();

        static IEnumerable<string> Handles() => Directory.EnumerateFileSystemEntries("/proc/self/fd");
        static string TargetOf(string handle) => new FileInfo(handle).LinkTarget ?? "";
        static bool IsClosedOnExecution(string handle) =>
            ProcessEntry.TryRead($"/proc/self/fdinfo/{Path.GetFileName(handle)}")?.Split('\n').Any(line => line.StartsWith("flags:", StringComparison.Ordinal) && (Convert.ToInt32(line[6..].Trim(), 8) & 0x80000) != 0) == true;
    });

    [Fact]
    public Task The_statistics_show_what_a_task_manager_shows() => Watchdog.Run(() =>
    {
        using var busy = ChildProcess.Run(() =>
        {
            while (true)
            {
                Thread.SpinWait(1000);
            }
        });
        using var idle = Ends.StartWaiting();
        Eventually.Is(
            () => busy.GetStatistics().TotalProcessorTime > TimeSpan.FromSeconds(0.5),
            "the busy child has used half a second of a processor",
            TimeSpan.FromSeconds(60));
        var statistics = idle.GetStatistics();
        statistics.WorkingSet.ShouldBeGreaterThan(1 << 20);
        statistics.PeakWorkingSet.ShouldBeGreaterThanOrEqualTo(statistics.WorkingSet);
        statistics.ThreadCount.ShouldBeGreaterThan(1);
        if (!OperatingSystem.IsWindows())
        {
            // There threads have states, and processes none.
            Eventually.Is(() => idle.GetStatistics().State == SchedulingState.Sleeping, "the idle child sleeps");
            Eventually.Is(() => busy.GetStatistics().State == SchedulingState.Running, "the busy child is seen running");
            Posix.Signal(idle.Id, Posix.SigStop);
            Eventually.Is(() => idle.GetStatistics().State == SchedulingState.Stopped, "the stopped child is seen stopped");
            Posix.Signal(idle.Id, Posix.SigContinue);
            Eventually.Is(() => idle.GetStatistics().State == SchedulingState.Sleeping, "the continued child sleeps again");
        }

        busy.Kill();
        busy.Join();
        busy.GetStatistics().State.ShouldBe(SchedulingState.Exited);
        busy.GetStatistics().TotalProcessorTime.ShouldBeGreaterThan(TimeSpan.FromSeconds(0.5));
    });
}
