using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Multiprocessing.Tests;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary><c>mp top</c> in a real terminal, looking at a real program.</summary>
public class TopTests(WatchedProgram program) : IClassFixture<WatchedProgram>
{

    [Fact]
    public void It_is_live()
    {
        Tmux.SkipIfMissing();
        using var terminal = Start(program, 100, 30);
        var first = Clock(terminal.WaitFor(@"\d\d:\d\d:\d\d"));
        Eventually.Is(() => Clock(terminal.Screen()) != first, "the clock goes on");
        terminal.Press("p");
        terminal.WaitFor("PAUSED");
        var paused = Clock(terminal.Screen());
        Thread.Sleep(1500);
        Clock(terminal.Screen()).ShouldBe(paused);
        terminal.Press("p");
        Eventually.Is(() => Clock(terminal.Screen()) != paused, "the clock goes on");
    }

    [Fact]
    public void Ctrl_c_restores_the_terminal()
    {
        Tmux.SkipIfMissing();
        using var terminal = Start(program, 80, 24);
        terminal.WaitFor("PROCESSES");
        terminal.Press("C-c");
        terminal.WaitFor("exit code 0");
        terminal.IsFullScreen.ShouldBeFalse();
        terminal.IsCursorVisible.ShouldBeTrue();
    }

    [Fact]
    public void A_termination_restores_the_terminal()
    {
        Tmux.SkipIfMissing();
        using var terminal = Start(program, 80, 24);
        terminal.WaitFor("PROCESSES");
        var mp = ProcessEntry.All().Single(entry => entry.CommandLine == $"{Mp.Path} top {program.Id}");
        Posix.Signal(mp.Id, Posix.SigTerm);
        terminal.WaitFor("exit code 143");
        terminal.IsFullScreen.ShouldBeFalse();
        terminal.IsCursorVisible.ShouldBeTrue();
    }

    [Fact]
    public async Task The_end_of_the_program_leaves_its_last_picture()
    {
        Tmux.SkipIfMissing();
        using var own = new WatchedProgram();
        await own.InitializeAsync();
        using var terminal = Start(own, 80, 24);
        terminal.WaitFor("PROCESSES");
        Posix.Signal(own.Id, Posix.SigKill);
        terminal.WaitFor("ENDED");
        terminal.WaitFor($"{own.Downloader}");
        terminal.Press("q");
        terminal.WaitFor("exit code 0");
    }

    [Fact]
    public void A_new_size_of_the_terminal_is_used()
    {
        Tmux.SkipIfMissing();
        using var terminal = Start(program, 80, 24);
        terminal.WaitFor("PROCESSES");
        terminal.Resize(170, 50);
        terminal.WaitFor(@"PROCESSES.*QUEUES");
        terminal.Resize(50, 10);
        terminal.WaitFor(@"\A.{0,50}\n.{0,50}\n.*PROCESSES");
    }

    [Fact]
    public async Task Of_several_programs_one_is_chosen_from_a_list()
    {
        Tmux.SkipIfMissing();
        using var other = new WatchedProgram();
        await other.InitializeAsync();
        using var terminal = new Tmux(100, 20, $"{Mp.Path} top");
        terminal.WaitFor("Which one");
        terminal.WaitFor($"{program.Id}");
        terminal.WaitFor($"{other.Id}");
        terminal.Press("End"); // in the order of their starts
        Select(terminal, other.Id);
        terminal.Press("Enter");
        terminal.WaitFor($"pid {other.Id}");
        terminal.WaitFor("PROCESSES");
        terminal.Press("q");
        terminal.WaitFor("exit code 0");
        terminal.IsFullScreen.ShouldBeFalse();
    }

    [Fact]
    public async Task The_choice_of_a_program_can_be_left()
    {
        Tmux.SkipIfMissing();
        using var other = new WatchedProgram();
        await other.InitializeAsync();
        using var terminal = new Tmux(40, 8, $"{Mp.Path} top");
        terminal.WaitFor("Which one");
        terminal.Press("q");
        terminal.WaitFor("exit code 0");
        terminal.IsFullScreen.ShouldBeFalse();
        terminal.IsCursorVisible.ShouldBeTrue();
    }

    [Fact]
    public async Task A_script_gets_an_error_that_lists_the_programs()
    {
        using var other = new WatchedProgram();
        await other.InitializeAsync();
        var run = await Mp.RunProgramAsync("top", "--json", "--count", "1");
        run.ExitCode.ShouldBe(2);
        run.Output.ShouldBeEmpty();
        run.Error.Split('\n').ShouldContain(line => line.TrimStart().StartsWith($"{program.Id} ", StringComparison.Ordinal));
        run.Error.Split('\n').ShouldContain(line => line.TrimStart().StartsWith($"{other.Id} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_terminal_it_says_what_to_use()
    {
        var run = await Mp.RunProgramAsync("top", $"{program.Id}");
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("--json");
    }

    [Fact]
    public async Task Json_is_one_document_in_each_line()
    {
        var run = await Mp.RunProgramAsync("top", $"{program.Id}", "--json", "--count", "3", "--interval", "0.2");
        run.ExitCode.ShouldBe(0, run.Error);
        var lines = run.Output.Trim().Split('\n');
        lines.Length.ShouldBe(3);
        var documents = lines.Select(static line => JsonDocument.Parse(line).RootElement).ToList();
        documents.ShouldAllBe(document => document.GetProperty("rootProcessId").GetInt32() == program.Id);
        documents.Select(static document => document.GetProperty("time").GetDateTimeOffset()).ShouldBeInOrder();
    }

    private static Tmux Start(WatchedProgram program, int width, int height) => new(width, height, $"{Mp.Path} top {program.Id}");

    /// <summary>Moves the selection of the list to a program: those of other tests, which run at the same time, may be around it.</summary>
    private static void Select(Tmux terminal, int processId)
    {
        var looks = 0; // of three, none shows a key that is still on its way
        Eventually.Is(
            () =>
            {
                // Below the title and the header. The selected row is inverse.
                var rows = terminal.StyledScreen().Split('\n')[2..];
                var selected = Array.FindIndex(rows, static row => Regex.IsMatch(row, @"\e\[(?:\d+;)*7(?:;\d+)*m"));
                var wanted = Array.FindIndex(rows, row => Regex.IsMatch(Regex.Replace(row, @"\e\[[\d;]*m", ""), $@"\b{processId}\b"));
                if (selected >= 0 && selected == wanted)
                {
                    looks++;
                }
                else
                {
                    looks = 0;
                    terminal.Press(selected > wanted && wanted >= 0 ? "Up" : "Down");
                }

                Thread.Sleep(200); // the screen is drawn anew
                return looks == 3;
            },
            $"the program {processId} is selected",
            TimeSpan.FromSeconds(60));
    }

    private static string Clock(string screen) => Regex.Match(screen, @"\d\d:\d\d:\d\d").Value;
}
