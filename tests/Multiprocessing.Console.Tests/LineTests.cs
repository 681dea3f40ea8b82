using Shouldly;
using Xunit;

namespace Multiprocessing.ConsoleTests;

/// <summary>Output that is no terminal.</summary>
public class LineTests
{
    [Fact]
    public void A_file_gets_the_last_line_of_a_short_call()
    {
        var file = new Screen { IsTerminal = false };
        using var progress = new ConsoleProgress("pages", new() { Console = file.Console(ansi: false) });
        progress.Report(BarTests.Half);
        progress.Report(BarTests.Half with { Completed = 1000, State = PoolProgressState.Completed, Elapsed = TimeSpan.FromSeconds(9) });
        file.Raw.ToString().ShouldBe($"pages: 1000 of 1000, 103/s, in 0:00:09{Environment.NewLine}");
    }

    [Fact]
    public void A_long_call_writes_a_line_from_time_to_time()
    {
        var file = new Screen { IsTerminal = false };
        using var progress = new ConsoleProgress(null, new() { Console = file.Console(ansi: false), LineInterval = TimeSpan.FromSeconds(6) });
        progress.Report(BarTests.Half);
        Thread.Sleep(6_100); // the interval is long: the third report comes within it also if this thread stands still for a while
        progress.Report(BarTests.Half);
        progress.Report(BarTests.Half);
        file.Lines.ShouldBe(["task: 500 of 1000, 103/s, 0:00:04 left"]);
    }

    [Fact]
    public void A_terminal_without_sequences_gets_lines()
    {
        var screen = new Screen();
        using var progress = new ConsoleProgress("pages", new() { Console = screen.Console(ansi: false), LineInterval = TimeSpan.Zero });
        progress.Report(BarTests.Half with { Failed = 3 });
        screen.Raw.ToString().ShouldBe($"pages: 500 of 1000, 103/s, 0:00:04 left, 3 failed{Environment.NewLine}");
    }
}
