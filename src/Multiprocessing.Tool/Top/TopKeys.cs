namespace Multiprocessing.Tool.Top;

/// <summary>What a key asks the loop to do.</summary>
internal enum TopAction
{
    None,
    Quit,
    Kill,
    ReadStack,
}

/// <summary>Turns keys into changes of the state.</summary>
internal static class TopKeys
{
    private const int PageRows = 10;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>The screen that <c>?</c> shows.</summary>
    public static Overlay Help { get; } = new(
        "KEYS",
        [
            "q, Ctrl-C       quit",
            "up, down        select a row; PgUp, PgDn, Home, End",
            "Tab, left/right go to the next or the previous section",
            "s               next order of processes: tree, CPU, memory, name",
            "t c m n         order by tree, CPU, memory, name",
            "x, Enter        stacks of the selected process",
            "k               kill the selected process, after a question",
            "p, Space        pause; the program continues",
            "+ -             refresh more often, less often",
            "",
            "CPU%            100 is one core",
            "DEPTH           how full a queue is. Red: almost full, so that puts wait.",
            "                An unbounded queue has no end: 1000 items are half a bar.",
            "BUSY            workers that run a task; WAITING: tasks without a worker",
            "HELD BY         the process that owns a lock; WAITING: those that wait for it",
            "CONTENDED       times that a call had to wait for the lock; RATE: in the last interval",
            "ABANDONED       times that an owner died with the lock",
        ]);

    public static TopAction Press(ConsoleKeyInfo key, TopState state, IReadOnlyList<Section> sections)
    {
        state.Message = null;
        if (key is { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control })
        {
            return TopAction.Quit;
        }

        if (state.Question is not null)
        {
            if (key.KeyChar is 'y' or 'Y')
            {
                return TopAction.Kill;
            }

            state.Question = null;
            state.Message = "Not killed.";
            return TopAction.None;
        }

        if (key.KeyChar is 'q' or 'Q')
        {
            return TopAction.Quit;
        }

        return state.Overlay is { } overlay ? PressIn(overlay, key, state) : PressIn(sections, key, state);
    }

    private static TopAction PressIn(Overlay overlay, ConsoleKeyInfo key, TopState state)
    {
        if (StepOf(key.Key) is { } step)
        {
            overlay.First = step is int.MinValue ? 0 : step is int.MaxValue ? overlay.Lines.Count : overlay.First + step;
        }
        else
        {
            state.Overlay = null;
        }

        return TopAction.None;
    }

    private static TopAction PressIn(IReadOnlyList<Section> sections, ConsoleKeyInfo key, TopState state)
    {
        var section = sections.FirstOrDefault(section => section.Kind == state.Focus);
        if (StepOf(key.Key) is { } step && section is not null)
        {
            state.Select(section, step is int.MinValue ? 0 : step is int.MaxValue ? section.Rows.Count - 1 : state.IndexIn(section) + step);
            return TopAction.None;
        }

        switch (key.Key)
        {
            case ConsoleKey.Tab when key.Modifiers.HasFlag(ConsoleModifiers.Shift):
            case ConsoleKey.LeftArrow:
                MoveFocus(state, sections, -1);
                return TopAction.None;
            case ConsoleKey.Tab:
            case ConsoleKey.RightArrow:
                MoveFocus(state, sections, 1);
                return TopAction.None;
            case ConsoleKey.Enter:
                return TopAction.ReadStack;
        }

        switch (char.ToLowerInvariant(key.KeyChar))
        {
            case 's':
                state.Order = (ProcessOrder)(((int)state.Order + 1) % 4);
                break;
            case 't':
                state.Order = ProcessOrder.Tree;
                break;
            case 'c':
                state.Order = ProcessOrder.Processors;
                break;
            case 'm':
                state.Order = ProcessOrder.Memory;
                break;
            case 'n':
                state.Order = ProcessOrder.Name;
                break;
            case 'p' or ' ':
                state.IsPaused = !state.IsPaused;
                return TopAction.None;
            case '+':
                state.Interval = state.Interval / 2 < Shortest ? Shortest : state.Interval / 2;
                return TopAction.None;
            case '-':
                state.Interval = state.Interval * 2 > Longest ? Longest : state.Interval * 2;
                return TopAction.None;
            case '?' or 'h':
                state.Overlay = Help;
                return TopAction.None;
            case 'x':
                return TopAction.ReadStack;
            case 'k':
                Ask(state, section);
                return TopAction.None;
            default:
                return TopAction.None;
        }

        state.Message = $"Processes are ordered by {OrderName(state.Order)}.";
        return TopAction.None;
    }

    private static void Ask(TopState state, Section? section)
    {
        var row = state.SelectedIn(section);
        state.Question = row?.ProcessId is { } id ? (id, row.ProcessName) : null;
        state.Message = state.Question is null ? "Select a process, a worker or a service first." : null;
    }

    private static void MoveFocus(TopState state, IReadOnlyList<Section> sections, int step)
    {
        if (sections.Count > 0)
        {
            var at = sections.ToList().FindIndex(section => section.Kind == state.Focus);
            state.Focus = sections[(Math.Max(at, 0) + step + sections.Count) % sections.Count].Kind;
        }
    }

    private static int? StepOf(ConsoleKey key) => key switch
    {
        ConsoleKey.UpArrow => -1,
        ConsoleKey.DownArrow => 1,
        ConsoleKey.PageUp => -PageRows,
        ConsoleKey.PageDown => PageRows,
        ConsoleKey.Home => int.MinValue,
        ConsoleKey.End => int.MaxValue,
        _ => null,
    };

    private static string OrderName(ProcessOrder order) => order switch
    {
        ProcessOrder.Processors => "CPU",
        ProcessOrder.Memory => "memory",
        ProcessOrder.Name => "name",
        _ => "tree",
    };
}
