using Shouldly;
using Spectre.Console;
using Xunit;

namespace Multiprocessing.ConsoleTests;

/// <summary>Reports on a screen. Each test has a screen of its own, and sends the reports itself.</summary>
public class BarTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60); // longer than that between two pictures

    [Fact]
    public void A_bar_shows_count_rate_time_failures_and_deaths()
    {
        var screen = new Screen();
        using var progress = New(screen);
        progress.Report(Half with { Failed = 2, WorkersDied = 1 });
        screen.Lines.ShouldBe(["pages ━━━━━━━━━━━───────────  50 %  500/1000 103/s 0:00:04 left 2 failed 1 died"]);
        screen.Cursor.ShouldBe((1, 0));
    }

    [Fact]
    public void The_last_report_leaves_one_line_and_frees_the_console()
    {
        var screen = new Screen();
        var console = screen.Console();
        using var progress = new ConsoleProgress("pages", new() { Console = console });
        progress.Report(Half);
        progress.Report(Half with { Completed = 1000, State = PoolProgressState.Completed, Elapsed = TimeSpan.FromSeconds(10), EstimatedTimeLeft = TimeSpan.Zero });
        screen.Lines.ShouldBe(["pages ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 100 % 1000/1000 103/s in 0:00:10"]);
        screen.Cursor.ShouldBe((1, 0));
        console.WriteLine("after");
        screen.Lines[^1].ShouldBe("after");
        console.Live(new Text("other")).Start(static _ => { }); // throws while another display has the console
    }

    [Fact]
    public void A_call_that_stopped_says_so()
    {
        var screen = new Screen();
        using var progress = New(screen);
        progress.Report(Half with { State = PoolProgressState.Stopped, Elapsed = TimeSpan.FromMinutes(61), Failed = 1 });
        screen.Lines.ShouldBe(["pages ━━━━━━━━━━──────────  50 %  500/1000 103/s stopped after 1:01:00 1 failed"]);
    }

    [Fact]
    public void No_line_stays_if_none_is_wanted()
    {
        var screen = new Screen();
        using var progress = new ConsoleProgress("pages", new() { Console = screen.Console(), KeepsFinished = false });
        progress.Report(Half);
        progress.Report(Half with { State = PoolProgressState.Completed });
        screen.Lines.ShouldBeEmpty();
    }

    [Fact]
    public void An_unknown_total_has_no_bar()
    {
        var screen = new Screen();
        using var progress = New(screen);
        progress.Report(Half with { Total = null, EstimatedTimeLeft = null, Elapsed = TimeSpan.FromSeconds(5) });
        screen.Lines.ShouldBe(["pages 500 103/s 0:00:05"]);
    }

    [Theory]
    [InlineData(64, "pages ━━━━━━───────  50 %  500/1000 103/s 0:00:04 left 2 failed")]
    [InlineData(60, "pages ━━━━─────  50 %  500/1000 103/s 0:00:04 left 2 failed")]
    [InlineData(58, "pages ━━━━━━───────  50 %  500/1000 0:00:04 left 2 failed")]
    [InlineData(50, "pages  50 %  500/1000 0:00:04 left 2 failed")]
    [InlineData(40, "pages  50 %  500/1000 2 failed")]
    [InlineData(24, "pages  50 % 2 failed")]
    [InlineData(13, "pages  50 %")]
    [InlineData(8, " 50 %")]
    [InlineData(3, " 5")]
    public void A_narrow_terminal_leaves_out_what_is_least_important(int width, string expected)
    {
        var screen = new Screen(width);
        using var progress = New(screen);
        progress.Report(Half with { Failed = 2 });
        screen.Lines.ShouldBe([expected]);
        expected.Length.ShouldBeLessThan(width);
    }

    [Fact]
    public void What_is_written_meanwhile_appears_above_the_bar()
    {
        var screen = new Screen();
        var console = screen.Console();
        using var progress = new ConsoleProgress("pages", new() { Console = console });
        progress.Report(Half);
        console.WriteLine("a line");
        console.Write("no line");
        console.MarkupLine("[red]last[/]");
        screen.Lines.Length.ShouldBe(4);
        screen.Lines[..3].ShouldBe(["a line", "no line", "last"]);
        screen.Lines[3].ShouldStartWith("pages ━");
        Thread.Sleep(Pause);
        progress.Report(Half with { Completed = 1000 });
        screen.Lines.Length.ShouldBe(4);
        screen.Lines[3].ShouldContain("1000/1000");
    }

    [Fact]
    public void Several_bars_begin_in_one_column_and_end_in_any_order()
    {
        var screen = new Screen();
        var console = screen.Console();
        using var first = new ConsoleProgress("a", new() { Console = console });
        using var second = new ConsoleProgress("second", new() { Console = console });
        first.Report(Half with { CallNumber = 1 });
        Thread.Sleep(Pause);
        second.Report(Half with { CallNumber = 2 });
        screen.Lines.Length.ShouldBe(2);
        screen.Lines[0].ShouldStartWith("a      ━");
        screen.Lines[1].ShouldStartWith("second ━");
        second.Report(Half with { CallNumber = 2, State = PoolProgressState.Completed });
        screen.Lines[0].ShouldStartWith("second ━"); // above those that run
        screen.Lines[1].ShouldStartWith("a ━");
        first.Report(Half with { CallNumber = 1, State = PoolProgressState.Completed });
        screen.Lines.Length.ShouldBe(2);
    }

    [Fact]
    public void One_object_shows_each_of_its_calls()
    {
        var screen = new Screen();
        using var progress = new ConsoleProgress(options: new() { Console = screen.Console() });
        progress.Report(Half with { CallNumber = 1, TaskName = "read" });
        Thread.Sleep(Pause);
        progress.Report(Half with { CallNumber = 2, TaskName = "write" });
        screen.Lines.Length.ShouldBe(2);
        screen.Lines[0].ShouldStartWith("read  ━");
        screen.Lines[1].ShouldStartWith("write ━");
    }

    [Fact]
    public void A_terminal_that_becomes_narrower_keeps_no_remains_of_the_wider_bar()
    {
        var screen = new Screen(80);
        using var progress = New(screen);
        progress.Report(Half);
        var wide = screen.Lines[0].Length;
        // The terminal breaks the line: it takes two rows now.
        screen.Write("\r\u001b[1A\u001b[J" + new string('x', 41) + "\n" + new string('x', wide - 41) + "\n");
        screen.Width = 41;
        Thread.Sleep(Pause);
        progress.Report(Half);
        screen.Lines.ShouldBe(["pages  50 %  500/1000 0:00:04 left"]);
    }

    [Fact]
    public void A_low_terminal_keeps_the_bars_and_leaves_out_the_workers()
    {
        var screen = new Screen(80, 3);
        var console = screen.Console();
        using var first = new ConsoleProgress("1", new() { Console = console });
        using var second = new ConsoleProgress("2", new() { Console = console });
        using var third = new ConsoleProgress("3", new() { Console = console });
        first.Report(Half with { CallNumber = 1 });
        second.Report(Half with { CallNumber = 2 });
        Thread.Sleep(Pause);
        third.Report(Half with { CallNumber = 3 });
        Thread.Sleep(Pause);
        third.Report(Half with { CallNumber = 3 });
        screen.Lines.Length.ShouldBe(2); // the third line is the cursor's
        screen.Lines[0].ShouldStartWith("2 ");
        screen.Lines[1].ShouldStartWith("3 ");
    }

    [Fact]
    public void Colours_are_used_where_there_are_some_and_characters_differ_without()
    {
        var (colored, plain, ascii) = (new Screen(), new Screen(), new Screen());
        foreach (var console in new[] { colored.Console(colors: ColorSystemSupport.Standard), plain.Console(), ascii.Console(unicode: false) })
        {
            using var progress = new ConsoleProgress("pages", new() { Console = console });
            progress.Report(Half);
        }

        colored.Raw.ToString().ShouldContain("m━");
        plain.Raw.ToString().ShouldNotContain("\u001b[3");
        plain.Lines[0].ShouldContain("━─");
        ascii.Lines[0].ShouldContain("#-");
        ascii.Lines[0].ShouldAllBe(static character => char.IsAscii(character));
    }

    [Fact]
    public void A_title_cannot_move_the_cursor()
    {
        var screen = new Screen();
        using var progress = new ConsoleProgress("a\u001b[2Jb\nc", new() { Console = screen.Console() });
        progress.Report(Half);
        screen.Lines.Single().ShouldStartWith("a [2Jb c ━");
    }

    [Fact]
    public void Another_live_display_keeps_its_console_and_the_progress_becomes_lines()
    {
        var screen = new Screen();
        var console = screen.Console();
        console.Live(new Text("other")).Start(context =>
        {
            using var progress = new ConsoleProgress("pages", new() { Console = console, LineInterval = TimeSpan.Zero });
            progress.Report(Half);
        });
        screen.Raw.ToString().ShouldContain("pages: 500 of 1000, 103/s, 0:00:04 left");
    }

    [Fact]
    public void A_closed_terminal_is_reported_once()
    {
        var screen = new Screen();
        var progress = New(screen);
        progress.Report(Half);
        screen.IsClosed = true;
        Thread.Sleep(Pause);
        Should.Throw<IOException>(() => progress.Report(Half));
        Thread.Sleep(Pause);
        progress.Report(Half);
        progress.Report(Half with { State = PoolProgressState.Completed });
    }

    [Fact]
    public void After_its_end_an_object_shows_nothing()
    {
        var screen = new Screen();
        var progress = New(screen);
        progress.Report(Half);
        progress.Dispose();
        progress.Dispose();
        Thread.Sleep(Pause);
        progress.Report(Half with { CallNumber = 8 });
        screen.Lines.Single().ShouldContain("500/1000");
    }

    [Fact]
    public void A_picture_is_one_write()
    {
        var screen = new Screen();
        using var progress = New(screen);
        progress.Report(Half with { Failed = 2 });
        screen.Writes.ShouldBe(1);
    }

    [Fact]
    public void Options_are_checked()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new ConsoleProgress("x", new() { MaxWorkerLines = -1 })).ParamName.ShouldBe("MaxWorkerLines");
        Should.Throw<ArgumentOutOfRangeException>(() => new ConsoleProgress("x", new() { LineInterval = TimeSpan.FromSeconds(-1) })).ParamName.ShouldBe("LineInterval");
    }

    internal static PoolProgress Half { get; } = new()
    {
        CallNumber = 7,
        PoolName = "pool",
        TaskName = "task",
        Completed = 500,
        Total = 1000,
        Rate = 103.4,
        Elapsed = TimeSpan.FromSeconds(5),
        EstimatedTimeLeft = TimeSpan.FromSeconds(4.8),
        MaxWorkers = 4,
    };

    private static ConsoleProgress New(Screen screen) => new("pages", new() { Console = screen.Console() });
}
