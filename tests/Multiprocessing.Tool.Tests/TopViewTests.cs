using Multiprocessing.Tool.Terminal;
using Multiprocessing.Tool.Top;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary>The screen of <c>mp top</c>, drawn into memory.</summary>
public class TopViewTests
{
    [Fact]
    public void Everything_has_its_place_on_a_screen_of_80_by_24()
    {
        var screen = Draw(80, 24);
        foreach (var text in (string[])["thumbnails  pid 4000", "PROCESSES 1-", "/9", "POOLS 1-", "QUEUES", "LOCKS", "SERVICES 1", "pages", "200/200", "1 to put", "save (4002)", "12.3k", "45/s", "q quit"])
        {
            screen.ShouldContain(text);
        }
    }

    [Theory]
    [InlineData(30, 6)]
    [InlineData(40, 10)]
    [InlineData(60, 16)]
    [InlineData(80, 24)]
    [InlineData(100, 30)]
    [InlineData(160, 45)]
    [InlineData(250, 70)]
    public void Every_size_shows_processes_and_never_more_than_the_screen(int width, int height)
    {
        var screen = Draw(width, height);
        var lines = screen.Split('\n');
        lines.Length.ShouldBe(height);
        lines.ShouldAllBe(line => TextWidth.Of(line) <= width);
        screen.ShouldContain("PROCESSES");
        screen.ShouldContain("4000");
        screen.ShouldContain("quit");
    }

    [Fact]
    public void A_wide_screen_shows_all_rows_in_two_columns()
    {
        var screen = Draw(160, 45);
        screen.ShouldContain("images worker 3");
        screen.Split('\n').ShouldContain(static line => line.Contains("PROCESSES 9", StringComparison.Ordinal) && line.Contains("QUEUES 3", StringComparison.Ordinal));
        screen.ShouldContain("! Worker 2 runs Resize(broken.png) since 11 minutes; others take 22 ms.");
        screen.ShouldContain("tesseract");
    }

    [Fact]
    public void The_longest_task_and_the_fullest_queue_are_the_first()
    {
        var lines = Draw(80, 24).Split('\n').ToList();
        lines[lines.FindIndex(static line => line.Contains("POOLS", StringComparison.Ordinal)) + 3].ShouldContain("worker 2");
        lines[lines.FindIndex(static line => line.Contains("QUEUES", StringComparison.Ordinal)) + 1].ShouldContain("pages");
    }

    [Fact]
    public void A_process_that_waits_for_a_lock_says_so()
    {
        var screen = Draw(140, 40);
        screen.ShouldContain("waits for ledger");
        screen.ShouldContain("holds ledger");
        screen.ShouldContain("2: download (4001), thumbnails (4000)");
        screen.ShouldNotContain("pixels");
    }

    [Fact]
    public void Contended_locks_are_counted()
    {
        var lines = Draw(140, 40).Split('\n');
        lines.Single(static line => line.Contains("LOCKS", StringComparison.Ordinal)).ShouldContain("CONTENDED");
        var ledger = lines.Single(static line => line.Contains("ledger ", StringComparison.Ordinal) && line.Contains("2: ", StringComparison.Ordinal));
        ledger.ShouldContain("907"); // so far
        ledger.ShouldContain("7/s"); // in the last interval
    }

    [Fact]
    public void Too_small_a_screen_says_so() => Draw(20, 4).ShouldContain("Too small");

    [Fact]
    public void Children_stand_below_their_parents()
    {
        var lines = Draw(100, 60).Split('\n').ToList();
        lines.FindIndex(static line => line.Contains("tesseract", StringComparison.Ordinal))
            .ShouldBe(lines.FindIndex(static line => line.Contains("ocr", StringComparison.Ordinal) && line.Contains("4100", StringComparison.Ordinal)) + 1);
    }

    [Fact]
    public void Rates_are_those_of_the_last_interval()
    {
        var screen = Draw(120, 40);
        screen.ShouldContain("121/s"); // queue
        screen.ShouldContain("45/s"); // pool
        screen.ShouldContain("97"); // a worker's processor
    }

    [Fact]
    public void Keys_order_select_pause_and_ask_before_a_kill()
    {
        var state = new TopState();
        Press(state, 'c');
        Draw(80, 24, state).Split('\n')[3].ShouldContain("images worker");
        Press(state, ConsoleKey.DownArrow);
        Press(state, 'k');
        state.Question.ShouldNotBeNull();
        Draw(80, 24, state).ShouldContain("? It ends at once, without clean-up. y/n");
        Press(state, 'n').ShouldBe(nameof(TopAction.None));
        state.Question.ShouldBeNull();
        Press(state, 'k');
        Press(state, 'y').ShouldBe(nameof(TopAction.Kill));
        state.Question = null; // as the loop does when it kills
        Press(state, 'p');
        Draw(80, 24, state).ShouldContain("PAUSED");
        Press(state, '?');
        Draw(80, 24, state).ShouldContain("KEYS");
        Press(state, ConsoleKey.Escape);
        state.Overlay.ShouldBeNull();
        Press(state, 'q').ShouldBe(nameof(TopAction.Quit));
    }

    [Fact]
    public void The_root_is_killed_only_after_a_warning()
    {
        var state = new TopState();
        Press(state, 'k');
        Draw(80, 24, state).ShouldContain("The whole program ends");
    }

    [Fact]
    public void A_selection_stays_with_its_process_when_the_order_changes()
    {
        var state = new TopState();
        Press(state, ConsoleKey.End);
        var before = state.SelectedIn(SectionsOf(state)[0])!.ProcessId;
        Press(state, 'c');
        state.SelectedIn(SectionsOf(state)[0])!.ProcessId.ShouldBe(before);
    }

    [Fact]
    public void The_focus_goes_through_the_sections_and_gets_room()
    {
        var state = new TopState();
        Press(state, ConsoleKey.Tab);
        state.Focus.ShouldBe(SectionKind.Pools);
        Press(state, ConsoleKey.LeftArrow);
        Press(state, ConsoleKey.LeftArrow);
        state.Focus.ShouldBe(SectionKind.Services);
        var few = TopView.Distribute(SectionsOf(state), SectionKind.Services, 8);
        few[^1].ShouldBe(2);
        few.Sum().ShouldBeLessThanOrEqualTo(8);
    }

    [Fact]
    public void The_selected_row_has_one_style_from_end_to_end()
    {
        var canvas = DrawCanvas(100, 40, new TopState());
        var row = Enumerable.Range(0, 40).First(row => canvas.TextOf(row).Contains("PROCESSES", StringComparison.Ordinal)) + 1;
        canvas.Styled(row + 1, hasColors: true).Split('\e').Length.ShouldBeGreaterThan(4, "other rows have a style in each column");
        canvas.Styled(row, hasColors: true).Split('\e').ShouldBe(["", $"[0;7m{canvas.TextOf(row).PadRight(100)}", "[0m"]);
    }

    [Fact]
    public void A_queue_and_a_lock_have_the_label_that_the_dashboard_shows()
    {
        var screen = Draw(140, 40);
        screen.ShouldContain("queue 5-1 of List<Int32>");
        foreach (var queue in Demo.Snapshot(1).Queues)
        {
            screen.ShouldContain(queue.Label);
        }
    }

    [Fact]
    public void Only_changed_rows_are_written_again()
    {
        var first = new Canvas(10, 3);
        first.Write(0, 1, "one");
        var second = new Canvas(10, 3);
        second.Write(0, 1, "two");
        second.Changes(first, hasColors: true).ShouldBe("\e[2;1H\e[0mtwo       \e[0m");
        second.Changes(second, hasColors: true).ShouldBeEmpty();
    }

    [Fact]
    public void Wide_and_control_characters_keep_the_columns()
    {
        var canvas = new Canvas(12, 1);
        canvas.Write(0, 0, "日本\e[31mx", room: 8);
        canvas.Write(8, 0, "end");
        canvas.TextOf(0).ShouldBe("日本?[31end");
        TextWidth.Of("日本").ShouldBe(4);
        TextWidth.Of("e\u0301").ShouldBe(1);
    }

    private static IReadOnlyList<Section> SectionsOf(TopState state)
    {
        var maker = new PictureMaker();
        maker.Next(Demo.Snapshot(0));
        return Sections.Of(maker.Next(Demo.Snapshot(1)), state.Order);
    }

    private static string Press(TopState state, char key) => TopKeys.Press(new ConsoleKeyInfo(key, default, false, false, false), state, SectionsOf(state)).ToString();

    private static void Press(TopState state, ConsoleKey key) => TopKeys.Press(new ConsoleKeyInfo('\0', key, false, false, false), state, SectionsOf(state));

    private static string Draw(int width, int height, TopState? state = null)
    {
        var canvas = DrawCanvas(width, height, state ?? new TopState());
        var text = string.Join('\n', Enumerable.Range(0, height).Select(canvas.TextOf));
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        return text;
    }

    private static Canvas DrawCanvas(int width, int height, TopState state)
    {
        var maker = new PictureMaker();
        maker.Next(Demo.Snapshot(0));
        var picture = maker.Next(Demo.Snapshot(1));
        return TopView.Draw(picture, Sections.Of(picture, state.Order), state, width, height);
    }
}
