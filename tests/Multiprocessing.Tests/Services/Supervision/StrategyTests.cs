using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Supervision;

/// <summary>Which children start again when one is killed, and in which order.</summary>
public class StrategyTests : ProcessTest
{
    [Fact]
    public Task Children_start_in_order_and_stop_in_reverse_order() => Watchdog.Run(async () =>
    {
        using var diary = new ProcessQueue<string>();
        await using (var supervisor = ThreeOf(RestartStrategy.OneForOne, diary))
        {
            await supervisor.WaitStartedAsync();
            supervisor.Children.Select(static child => child.Name).ShouldBe(["a", "b", "c"]);
            supervisor.Children.ShouldAllBe(static child => child.State == SupervisedChildState.Running && child.ProcessId > 0);
            await Lines(diary, 3);
        }

        diary.Read().ShouldBe(["c stops", "b stops", "a stops"]);
    });

    [Fact]
    public Task One_for_one_starts_only_the_killed_child_again() => Watchdog.Run(async () =>
    {
        using var log = new RecordedLog();
        using var diary = new ProcessQueue<string>();
        await using var supervisor = ThreeOf(RestartStrategy.OneForOne, diary);
        await supervisor.WaitStartedAsync();
        (await Lines(diary, 3)).Order().ShouldBe(["a starts", "b starts", "c starts"]);
        ShouldHaveBegun(log, "a", "b", "c");
        var before = Ids(supervisor);
        await supervisor.Children[1].KillAndWait();
        (await Lines(diary, 1)).ShouldBe(["b starts"]);
        var after = Ids(supervisor);
        (after[0], after[2]).ShouldBe((before[0], before[2]));
        after[1].ShouldNotBe(before[1]);
        supervisor.Children[1].RestartCount.ShouldBe(1);
        supervisor.Children[1].LastDeath.ShouldBeOfType<ProcessDiedException>().ExitStatus.Signal.ShouldBe(Posix.SigKill);
        supervisor.Children[0].LastDeath.ShouldBeNull();
        diary.Read().ShouldBeEmpty();
    });

    [Fact]
    public Task One_for_all_stops_the_others_in_reverse_order_and_starts_all_in_order() => Watchdog.Run(async () =>
    {
        using var log = new RecordedLog();
        using var diary = new ProcessQueue<string>();
        await using var supervisor = ThreeOf(RestartStrategy.OneForAll, diary);
        await supervisor.WaitStartedAsync();
        await Lines(diary, 3);
        var before = Ids(supervisor);
        Posix.Signal(before[1], Posix.SigKill);
        (await Lines(diary, 2)).ShouldBe(["c stops", "a stops"]);
        (await Lines(diary, 3)).Order().ShouldBe(["a starts", "b starts", "c starts"]);
        await supervisor.WaitStartedAsync();
        ShouldHaveBegun(log, "a", "b", "c", "a", "b", "c");
        Ids(supervisor).Intersect(before).ShouldBeEmpty();
    });

    [Fact]
    public Task Rest_for_one_restarts_the_killed_child_and_those_after_it() => Watchdog.Run(async () =>
    {
        using var log = new RecordedLog();
        using var diary = new ProcessQueue<string>();
        await using var supervisor = ThreeOf(RestartStrategy.RestForOne, diary);
        await supervisor.WaitStartedAsync();
        await Lines(diary, 3);
        var before = Ids(supervisor);
        Posix.Signal(before[1], Posix.SigKill);
        (await Lines(diary, 1)).ShouldBe(["c stops"]);
        (await Lines(diary, 2)).Order().ShouldBe(["b starts", "c starts"]);
        await supervisor.WaitStartedAsync();
        ShouldHaveBegun(log, "a", "b", "c", "b", "c");
        var after = Ids(supervisor);
        after[0].ShouldBe(before[0]);
        after.Skip(1).Intersect(before).ShouldBeEmpty();

        await supervisor.Children[2].KillAndWait();
        (await Lines(diary, 1)).ShouldBe(["c starts"]);
        Ids(supervisor)[1].ShouldBe(after[1]);
    });

    [Theory]
    [InlineData(RestartStrategy.OneForAll)]
    [InlineData(RestartStrategy.RestForOne)]
    public Task Several_children_killed_at_once_are_one_restart_of_the_group(RestartStrategy strategy) => Watchdog.Run(async () =>
    {
        using var diary = new ProcessQueue<string>();
        await using var supervisor = ThreeOf(strategy, diary, new RestartBackOffOptions { Initial = TimeSpan.Zero });
        await supervisor.WaitStartedAsync();
        await Lines(diary, 3);
        var before = Ids(supervisor);
        foreach (var id in before)
        {
            Posix.Signal(id, Posix.SigKill);
        }

        await Lines(diary, 3);
        await supervisor.WaitStartedAsync();
        Eventually.Is(() => supervisor.Children.All(child => child.State == SupervisedChildState.Running && !before.Contains(child.ProcessId ?? 0)), "all run anew");
        supervisor.Children.Sum(static child => child.RestartCount).ShouldBeInRange(1, 3);
    });

    [Fact]
    public Task A_restart_of_the_group_does_not_start_a_temporary_child_again() => Watchdog.Run(async () =>
    {
        using var diary = new ProcessQueue<string>();
        await using var supervisor = new ProcessSupervisor(new() { Strategy = RestartStrategy.OneForAll });
        var first = supervisor.AddBody("first", Bodies.Diary(diary, "first"), Bodies.Quiet);
        var once = supervisor.AddBody("once", Bodies.Diary(diary, "once"), Bodies.Patient(RestartPolicy.Temporary));
        await supervisor.WaitStartedAsync();
        await Lines(diary, 2);
        Posix.Signal(first.ProcessId!.Value, Posix.SigKill);
        (await Lines(diary, 2)).ShouldBe(["once stops", "first starts"]);
        await supervisor.WaitStartedAsync();
        once.State.ShouldBe(SupervisedChildState.Ended);
        supervisor.Children.Select(static child => child.Name).ShouldBe(["first"]);
    });

    private static ProcessSupervisor ThreeOf(RestartStrategy strategy, ProcessQueue<string> diary, RestartBackOffOptions? backOff = null)
    {
        var supervisor = new ProcessSupervisor(new() { Strategy = strategy, BackOff = backOff ?? new() });
        foreach (var name in (string[])["a", "b", "c"])
        {
            supervisor.AddBody(name, Bodies.Diary(diary, name), Bodies.Patient(RestartPolicy.Permanent));
        }

        return supervisor;
    }

    private static int[] Ids(ProcessSupervisor supervisor) => [.. supervisor.Children.Select(static child => child.ProcessId ?? 0)];

    /// <summary>
    /// Checks in which order the bodies have begun, by the log of the supervisor. What they write themselves comes after that, and may overtake each
    /// other.
    /// </summary>
    private static void ShouldHaveBegun(RecordedLog log, params string[] names)
    {
        Eventually.Is(() => Begun(log).Length >= names.Length, "the last one has begun");
        Begun(log).ShouldBe(names);
    }

    private static string[] Begun(RecordedLog log) =>
        [.. log.Records.Where(static record => record.Event == 60).Select(static record => record.Text.Split(": ")[1].Split(' ')[0])];

    private static async Task<List<string>> Lines(ProcessQueue<string> diary, int count)
    {
        List<string> lines = [];
        while (lines.Count < count)
        {
            lines.Add(await diary.GetAsync(TimeSpan.FromSeconds(60)));
        }

        return lines;
    }
}
