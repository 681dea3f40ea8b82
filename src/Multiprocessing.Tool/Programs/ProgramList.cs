using System.Diagnostics;
using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Terminal;

namespace Multiprocessing.Tool.Programs;

/// <summary>A list of programs on the whole screen, from which the user chooses one. It shows what starts and ends meanwhile.</summary>
/// <param name="find">Returns the programs that fit.</param>
internal sealed class ProgramList(Func<IReadOnlyList<RunningProgram>> find)
{
    private static readonly TimeSpan KeyPause = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly GridColumn[] Columns =
    [
        new("PROGRAM", 16, Share: 1),
        new("PID", 8, IsRight: true),
        new("PROCESSES", 9, IsRight: true, Rank: 2),
        new("UP", 5, IsRight: true, Rank: 1),
        new("COMMAND", 20, Share: 3, Rank: 3),
    ];

    private IReadOnlyList<RunningProgram> _programs = find();

    /// <summary>Gets the pid of the selected program; null before the first key: the first one is selected.</summary>
    public int? Selected { get; private set; }

    private int SelectedIndex => Math.Max(0, _programs.ToList().FindIndex(program => program.ProcessId == Selected));

    /// <summary>Shows the list until a program is chosen, none is left, or the user quits.</summary>
    public async Task<ProgramChosen> ChooseAsync(CancellationToken cancellationToken)
    {
        using var screen = new FullScreen();
        var sinceRead = Stopwatch.StartNew();
        while (!cancellationToken.IsCancellationRequested)
        {
            while (Console.KeyAvailable)
            {
                if (Press(Console.ReadKey(intercept: true)) is { } chosen)
                {
                    return chosen;
                }
            }

            if (sinceRead.Elapsed >= Interval)
            {
                sinceRead.Restart();
                _programs = find();
                if (_programs.Count == 0)
                {
                    return new ProgramChosen(null, HasEnded: true);
                }
            }

            screen.Show(Draw(FullScreen.Size.Width, FullScreen.Size.Height));
            await Task.Delay(KeyPause, CancellationToken.None);
        }

        return default;
    }

    /// <returns>Null to go on.</returns>
    public ProgramChosen? Press(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.C when key.Modifiers == ConsoleModifiers.Control:
            case ConsoleKey.Escape:
            case ConsoleKey.Q:
                return default(ProgramChosen);
            case ConsoleKey.Enter:
                return new ProgramChosen(_programs[SelectedIndex].ProcessId);
            case ConsoleKey.DownArrow:
                Select(SelectedIndex + 1);
                break;
            case ConsoleKey.UpArrow:
                Select(SelectedIndex - 1);
                break;
            case ConsoleKey.Home:
                Select(0);
                break;
            case ConsoleKey.End:
                Select(_programs.Count - 1);
                break;
        }

        return null;
    }

    public Canvas Draw(int width, int height)
    {
        var canvas = new Canvas(width, height);
        canvas.Write(1, 0, $"{_programs.Count} programs run. Which one?", Style.Title);
        var grid = new Grid(Columns, Math.Max(1, width - 2));
        grid.DrawHeader(canvas, 1, 1, Style.Dim);

        // The selected row is on the screen, whatever its size.
        var room = Math.Max(1, height - 3);
        var first = Math.Clamp(SelectedIndex - room + 1, 0, Math.Max(0, _programs.Count - room));
        for (var i = first; i < Math.Min(_programs.Count, first + room); i++)
        {
            var program = _programs[i];
            var row = 2 + i - first;
            grid.Draw(canvas, 1, row,
            [
                Grid.Text(program.Name, Style.Bold),
                Grid.Number($"{program.ProcessId}"),
                Grid.Number($"{program.ProcessCount}"),
                Grid.Number(Quantity.Age(DateTimeOffset.Now - program.StartTime), Style.Dim),
                Grid.Text(program.CommandLine ?? "", Style.Dim),
            ]);
            if (i == SelectedIndex)
            {
                canvas.Select(0, row, width);
            }
        }

        canvas.Write(1, height - 1, "Enter show  arrows select  q quit", Style.Dim);
        return canvas;
    }

    private void Select(int index) => Selected = _programs[Math.Clamp(index, 0, _programs.Count - 1)].ProcessId;
}

/// <summary>How a choice ended.</summary>
/// <param name="ProcessId">The pid of the program; null for none.</param>
/// <param name="HasEnded">Whether no program was left to choose from.</param>
internal readonly record struct ProgramChosen(int? ProcessId, bool HasEnded = false);
