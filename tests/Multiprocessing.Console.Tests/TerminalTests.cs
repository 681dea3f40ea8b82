using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.ConsoleTests;

/// <summary>
/// A program with bars in a real terminal: tmux. Run with <c>MULTIPROCESSING_TERMINAL=1</c> (or <c>MULTIPROCESSING_ALL=1</c>) where tmux is installed.
/// </summary>
public sealed class TerminalTests : IDisposable
{
    private readonly string _socket = $"multiprocessing-{Environment.ProcessId}-{Guid.NewGuid():N}"[..40];

    [Fact]
    public async Task Text_appears_above_the_bar_and_nothing_is_lost()
    {
        await StartAsync(100, 60, "talk");
        await UntilAsync(lines => lines.Any(static line => line.StartsWith("pages ━")) && lines.Any(static line => line.StartsWith("   1 ■")));
        var last = await UntilAsync(static lines => lines.Contains("unfinished line"));
        var said = last.Where(static line => line.StartsWith("said ") || line.StartsWith("error ")).ToList();
        said.ShouldBe(Enumerable.Range(0, 20).SelectMany(static number => new[] { $"said {number}", $"error {number}" }));
        last.Count(static line => line.StartsWith("pages ")).ShouldBe(1);
        last.Single(static line => line.StartsWith("pages ")).ShouldContain("100 % 60/60");
        last.ShouldNotContain(static line => line.Contains(" done, pid "));
    }

    [Fact]
    public async Task Threads_that_write_by_both_consoles_wait_for_each_other_only_shortly()
    {
        await StartAsync(90, 24, "two storm");
        await UntilAsync(static lines => lines.Contains("after"));
        var all = Tmux("capture-pane", "-p", "-S", "-", "-t", "t").Split('\n').Select(static line => line.TrimEnd()).ToHashSet();
        for (var number = 0; number < 8; number++)
        {
            for (var i = 0; i < 200; i++)
            {
                all.ShouldContain($"{number} {i}");
            }
        }
    }

    [Fact]
    public async Task Several_bars_share_the_terminal()
    {
        await StartAsync(90, 24, "two");
        var both = await UntilAsync(static lines => lines.Any(static line => line.StartsWith("first  ")) && lines.Any(static line => line.StartsWith("second ")));
        both.Count(static line => line.Contains(" done, pid ")).ShouldBeLessThanOrEqualTo(3);
        var last = await UntilAsync(static lines => lines.Contains("after"));
        last.Count(static line => line.Contains("100 % 60/60")).ShouldBe(2);
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_cursor_visible_below_the_bar()
    {
        await StartAsync(90, 24, "long");
        await UntilAsync(static lines => lines.Any(static line => line.StartsWith("   1 ■")));
        Tmux("send-keys", "-t", "t", "C-c");
        var lines = await UntilAsync(static lines => lines.Any(static line => line.StartsWith("prompt>", StringComparison.Ordinal) && !line.Contains("long")));
        Tmux("display-message", "-p", "-t", "t", "#{cursor_flag}").Trim().ShouldBe("1");
        var bar = Array.FindIndex(lines, static line => line.StartsWith("pages "));
        Array.FindLastIndex(lines, static line => line.StartsWith("prompt>", StringComparison.Ordinal)).ShouldBeGreaterThan(bar);
    }

    [Fact]
    public async Task A_kill_leaves_the_cursor_visible_below_the_bar()
    {
        await StartAsync(90, 24, "long");
        await UntilAsync(static lines => lines.Any(static line => line.StartsWith("   1 ■")));
        Tmux("send-keys", "-t", "t", "C-z"); // the shell takes over while the bar is there
        await UntilAsync(static lines => lines.Count(static line => line.StartsWith("prompt>", StringComparison.Ordinal)) == 1);
        Tmux("send-keys", "-t", "t", "kill -9 %1; sleep 0.5", "Enter", "Enter");
        await UntilAsync(static lines => lines.Any(static line => line.Contains("Killed")));
        Tmux("display-message", "-p", "-t", "t", "#{cursor_flag}").Trim().ShouldBe("1");
    }

    [Fact]
    public async Task A_terminal_that_changes_its_width_shows_one_bar()
    {
        await StartAsync(100, 24, "long");
        await UntilAsync(static lines => lines.Any(static line => line.StartsWith("   1 ■")));
        foreach (var width in new[] { "44", "30", "100" })
        {
            Tmux("resize-window", "-t", "t", "-x", width, "-y", "24");
            await Task.Delay(500, TestContext.Current.CancellationToken);
            var lines = Lines();
            lines.Count(static line => line.StartsWith("pages ")).ShouldBe(1, string.Join('\n', lines));
            lines.Count(static line => line.StartsWith("   ")).ShouldBeLessThanOrEqualTo(3, string.Join('\n', lines));
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("NO_COLOR=1 ", false)]
    public async Task Colours_are_those_that_the_user_wants(string variable, bool hasColors)
    {
        await StartAsync(90, 24, "long", variable);
        await UntilAsync(static lines => lines.Any(static line => line.StartsWith("   1 ■")));
        var picture = Tmux("capture-pane", "-p", "-e", "-t", "t");
        picture.Contains("\u001b[", StringComparison.Ordinal).ShouldBe(hasColors, picture);
    }

    [Fact]
    public async Task Redirected_output_gets_none_of_the_bar_which_moves_to_standard_error()
    {
        var file = Path.GetTempFileName();
        try
        {
            await StartAsync(90, 24, $"talk > {file}; echo over");
            await UntilAsync(static lines => lines.Any(static line => line.StartsWith("   1 ■")));
            await UntilAsync(static lines => lines.Contains("over"));
            (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))
                .ShouldBe(["before", .. Enumerable.Range(0, 20).Select(static number => $"said {number}"), "unfinished line"]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_terminal_without_sequences_gets_lines()
    {
        await StartAsync(90, 24, "", "TERM=dumb ");
        var last = await UntilAsync(static lines => lines.Contains("after"));
        last.ShouldContain(static line => line.StartsWith("pages: 60 of 60, "));
    }

    public void Dispose()
    {
        if (IsWanted)
        {
            Tmux("kill-server");
        }
    }

    private static bool IsWanted =>
        (Environment.GetEnvironmentVariable("MULTIPROCESSING_TERMINAL") is "1" || Environment.GetEnvironmentVariable("MULTIPROCESSING_ALL") is "1") && File.Exists("/usr/bin/tmux");

    private async Task StartAsync(int width, int height, string arguments, string variables = "")
    {
        Assert.SkipUnless(IsWanted, "Set MULTIPROCESSING_TERMINAL=1 where tmux is installed.");
        var here = typeof(TerminalTests).Assembly.Location.Replace("Multiprocessing.Console.Tests", "Multiprocessing.Console.Program", StringComparison.Ordinal);
        Tmux("new-session", "-d", "-s", "t", "-x", $"{width}", "-y", $"{height}", "env", "PS1=prompt>", "bash", "--norc");
        await UntilAsync(static lines => lines.Any(static line => line.StartsWith("prompt>", StringComparison.Ordinal)));
        Tmux("send-keys", "-t", "t", $"clear; P={here}", "Enter"); // its long path is not on the screen
        Tmux("send-keys", "-t", "t", $"clear; {(variables.Length > 0 ? variables : "env -u NO_COLOR ")}dotnet $P {arguments}", "Enter");
        await UntilAsync(static lines => lines.Contains("before") || lines.Any(static line => line.StartsWith("pages")));
    }

    private async Task<string[]> UntilAsync(Func<string[], bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var lines = Lines();
            if (condition(lines))
            {
                return lines;
            }

            if (watch.Elapsed > TimeSpan.FromSeconds(40))
            {
                throw new TimeoutException($"The terminal shows:{Environment.NewLine}{string.Join(Environment.NewLine, lines)}");
            }

            await Task.Delay(30, TestContext.Current.CancellationToken);
        }
    }

    private string[] Lines() => [.. Tmux("capture-pane", "-p", "-t", "t").Split('\n').Select(static line => line.TrimEnd()).Where(static line => line.Length > 0)];

    private string Tmux(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("tmux", ["-L", _socket, "-f", "/dev/null", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
