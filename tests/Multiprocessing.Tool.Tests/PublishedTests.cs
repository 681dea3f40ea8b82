using System.Globalization;
using System.Text.RegularExpressions;
using Multiprocessing.Tests;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary>Names, pools and tasks: what the watched program publishes itself, because it is in no shared memory.</summary>
public class PublishedTests(WatchedProgram program) : IClassFixture<WatchedProgram>
{
    [Fact]
    public void The_screen_shows_processes_pools_queues_and_locks()
    {
        Tmux.SkipIfMissing();
        using var terminal = Start(program, 120, 40);
        terminal.WaitFor(@"PROCESSES \d");
        terminal.IsFullScreen.ShouldBeTrue();
        terminal.IsCursorVisible.ShouldBeFalse();
        terminal.WaitFor($@"\bdownload +{program.Downloader} +child");
        terminal.WaitFor(@"POOLS \d");
        terminal.WaitFor(@"HangsHere");
        terminal.WaitFor(@"\d+/200 .*\d/s");
        terminal.WaitFor($@"bookkeeper \({program.Bookkeeper}\)");
        terminal.WaitFor(@"(█|▏|▎|▍|▌|▋|▊|▉)");
        terminal.Press("q");
        terminal.WaitFor("exit code 0");
        terminal.IsFullScreen.ShouldBeFalse();
        terminal.IsCursorVisible.ShouldBeTrue();
    }

    [Fact]
    public void The_stack_of_the_hung_worker_is_two_keys_away()
    {
        Tmux.SkipIfMissing();
        using var terminal = Start(program, 120, 40);
        terminal.WaitFor("HangsHere");
        terminal.Press("Tab", "Down");
        var screen = "";
        for (var worker = 0; worker < 5 && !screen.Contains("Watched.HangsHere", StringComparison.Ordinal); worker++)
        {
            terminal.Press("x");
            screen = terminal.WaitFor("STACKS OF|Select a process");
            if (!screen.Contains("Watched.HangsHere", StringComparison.Ordinal))
            {
                // Not Escape: with the key that follows, the terminal would take it for Alt with that key.
                terminal.Press("Space");
                terminal.WaitFor("PROCESSES");
                terminal.Press("Down");
            }
        }

        screen.ShouldMatch(@"Watched\.HangsHere\(.*Watched\.cs:\d+");
        terminal.Press("Escape");
        terminal.WaitFor("PROCESSES");
    }

    [Fact]
    public async Task A_killed_worker_is_seen_and_replaced()
    {
        Tmux.SkipIfMissing();
        using var own = new WatchedProgram();
        await own.InitializeAsync();
        using var terminal = Start(own, 120, 40);
        terminal.WaitFor($@"\bsave +{own.Saver}");
        terminal.Press("n"); // by name: bookkeeper is the first
        terminal.WaitFor("ordered by name");
        terminal.Press("Home", "k");
        terminal.WaitFor(@"Kill .* y/n");
        terminal.Press("n");
        terminal.WaitFor("Not killed");
        ProcessEntry.IsGone(own.Bookkeeper).ShouldBeFalse();
        terminal.Press("k");
        var asked = terminal.WaitFor(@"Kill .* y/n");
        var victim = int.Parse(Regex.Match(asked, @"Kill .*\((\d+)\)").Groups[1].Value, CultureInfo.InvariantCulture);
        terminal.Press("y");
        terminal.WaitFor($@"Killed .*{victim}");
        Eventually.IsGone(victim);
    }

    [Fact]
    public async Task Ps_lists_the_processes_of_a_tree()
    {
        var run = await Mp.RunUntilAsync(run => Regex.IsMatch(run.Output, $@"(?m)^ *{program.HungWorker} .* worker .*HangsHere"), "ps", "--tree");
        run.Output.ShouldMatch($@"(?m)^ *{program.Downloader} +[├└] download +child ");
        run.Output.ShouldMatch($@"(?m)^ *{program.HungWorker} .* worker .*HangsHere");
    }

    [Fact]
    public async Task Show_has_one_process()
    {
        var run = await Mp.RunUntilAsync(static run => run.Output.Contains("save  pid ", StringComparison.Ordinal), "show", $"{program.Saver}");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldContain($"save  pid {program.Saver}, child of Multiprocessing.Scenarios");
        run.Output.ShouldContain("QUEUES 2");
        run.Output.ShouldContain($"mp stack {program.Saver}");
        run.Output.ShouldNotContain("POOLS");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Show_has_everything_of_a_program(bool byPid)
    {
        var name = byPid ? $"{program.Id}" : "Scenarios";
        string[] expected =
        [
            "PROCESSES", "download", "bookkeeper", "POOLS 1", "images", "HangsHere", "QUEUES 2", "/200", "LOCKS",
            $"bookkeeper ({program.Bookkeeper})",
        ];
        bool IsComplete(Mp run) => expected.All(text => run.Output.Contains(text, StringComparison.Ordinal));
        var run = await Mp.RunProgramAsync("show", name);
        if (!IsComplete(run))
        {
            // The bookkeeper has the lock most of the time. Beside other tests, there may be several programs of the name for a while.
            run = await Mp.RunUntilAsync(IsComplete, "show", name);
        }

        run.ExitCode.ShouldBe(0, run.Error);
        foreach (var text in expected)
        {
            run.Output.ShouldContain(text);
        }
    }

    private static Tmux Start(WatchedProgram program, int width, int height) => new(width, height, $"{Mp.Path} top {program.Id}");
}
