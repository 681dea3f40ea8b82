using Spectre.Console;
using Spectre.Console.Rendering;

namespace Tour;

/// <summary>The output of the tour. Plain text if the output is a file or NO_COLOR is set.</summary>
internal static class Screen
{
    private const int WidthOfFiles = 100;

    public static void Prepare()
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = WidthOfFiles;
            AnsiConsole.Profile.Capabilities.Ansi = false;
        }

        if (Console.IsOutputRedirected || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")))
        {
            AnsiConsole.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
        }
    }

    public static void Title(Lesson lesson)
    {
        AnsiConsole.WriteLine();
        AnsiConsole.Write(new Rule($"[bold]{lesson.Number}  {Markup.Escape(lesson.Title)}[/]") { Justification = Justify.Left, Style = "blue" });
    }

    public static void Say(string text) => AnsiConsole.WriteLine(text);

    /// <summary>Shows text of the library or of a process unchanged.</summary>
    public static void Quote(string text) => AnsiConsole.Write(new Padder(new Text(text, "yellow"), new Padding(4, 0, 0, 0)));

    public static void Tick(string claim) => AnsiConsole.Write(new Grid()
        .AddColumn(new GridColumn { Width = 1, Padding = new Padding(2, 0, 1, 0) })
        .AddColumn(new GridColumn { Padding = new Padding(0) })
        .AddRow(new Text("✓", "green"), new Text(claim)));

    public static void Table(string[] headers, IEnumerable<string[]> rows) =>
        AnsiConsole.Write(TableOf(headers, rows.Select(row => row.Select(cell => new Text(cell)))));

    public static void Failure(CheckFailedException failure)
    {
        AnsiConsole.MarkupLineInterpolated($"  [red]✗ {failure.Message}[/]");
        AnsiConsole.MarkupLineInterpolated($"      expected  [green]{failure.Expected}[/]");
        AnsiConsole.MarkupLineInterpolated($"      found     [red]{failure.Actual}[/]");
    }

    public static void Failure(string text) => AnsiConsole.MarkupLineInterpolated($"  [red]✗ {text}[/]");

    public static void Failure(Exception unexpected)
    {
        for (var cause = unexpected; cause is not null; cause = cause.InnerException)
        {
            Failure($"{cause.GetType().Name}: {cause.Message}");
        }

        AnsiConsole.MarkupLineInterpolated($"[grey]{unexpected.StackTrace ?? ""}[/]");
    }

    public static void Summary(IReadOnlyList<Outcome> outcomes, IEnumerable<Lesson> notRun)
    {
        AnsiConsole.WriteLine();
        var ran = outcomes.Select(outcome => Row(
            outcome.Passed ? new Text("✓", "green") : new Text("✗", "red"),
            outcome.Lesson,
            $"{outcome.Checks}",
            $"{outcome.Elapsed.TotalSeconds:0.0} s"));
        var rows = ran.Concat(notRun.Select(lesson => Row(new Text("-", "grey"), lesson, "not run", "")));
        AnsiConsole.Write(TableOf(["", "lesson", "checks", "time"], rows));
        var checks = outcomes.Sum(outcome => outcome.Checks);
        AnsiConsole.WriteLine(outcomes[^1].Passed
            ? $"{checks} checks in {outcomes.Sum(outcome => outcome.Elapsed.TotalSeconds):0.0} s, and all of them passed."
            : $"Lesson {outcomes[^1].Lesson.Number} failed; {checks} checks passed before.");
    }

    /// <summary>Shows a line that changes while the work proceeds; nothing if the output is a file.</summary>
    public static async Task FollowAsync(string what, int total, IAsyncEnumerable<int> done)
    {
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive)
        {
            await foreach (var _ in done)
            {
            }

            return;
        }

        await AnsiConsole.Progress().AutoClear(true).StartAsync(async progress =>
        {
            var line = progress.AddTask(Markup.Escape(what), maxValue: total);
            await foreach (var count in done)
            {
                line.Value = count;
            }
        });
    }

    private static IEnumerable<IRenderable> Row(IRenderable mark, Lesson lesson, string checks, string time) =>
        [mark, new Text($"{lesson.Number}  {lesson.Title}"), new Text(checks), new Text(time)];

    private static Table TableOf(string[] headers, IEnumerable<IEnumerable<IRenderable>> rows)
    {
        var table = new Table { Border = TableBorder.Rounded, BorderStyle = "grey" };
        foreach (var header in headers)
        {
            table.AddColumn(new TableColumn(new Text(header, "bold")));
        }

        foreach (var row in rows)
        {
            table.AddRow(row);
        }

        return table;
    }
}
