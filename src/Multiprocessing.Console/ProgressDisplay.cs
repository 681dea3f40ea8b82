using System.Diagnostics;
using System.Runtime.CompilerServices;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Multiprocessing;

/// <summary>
/// The bars that one console shows at present, at the bottom of what was written to it. Each write to the console moves up to the first line of the
/// bars, writes over them, and draws them again below. The cursor rests on the line below the bars: wherever the program ends, the next output of the
/// terminal is not inside them. Owns the list of bars and what was drawn last, under its gate, which is taken inside the console's own lock and never
/// the other way round.
/// </summary>
internal sealed class ProgressDisplay : IRenderHook
{
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(50);
    private static readonly ConditionalWeakTable<IAnsiConsole, ProgressDisplay> Displays = [];
    private static readonly Lock DisplaysGate = new();
    private static readonly ControlCode Nothing = new("");

    private readonly IAnsiConsole _console;
    private readonly Lock _gate = new();
    private readonly List<BarView> _bars = [];
    private TaskCompletionSource? _exclusive;
    private TerminalOutput? _output;
    private ConsoleCapture? _capture;
    private List<int> _drawn = []; // the widths of the lines on the screen
    private long _drawnAt;
    private bool _isBroken;

    private ProgressDisplay(IAnsiConsole console) => _console = console;

    /// <summary>
    /// Adds a bar to a console, which is reserved until its last bar has ended; returns <see langword="null"/> if it is no terminal for bars, or if
    /// something else is shown live there.
    /// </summary>
    public static BarView? TryAdd(IAnsiConsole console, string title, ConsoleProgressOptions options, PoolProgress first)
    {
        lock (DisplaysGate)
        {
            var display = Displays.GetValue(console, static console => new ProgressDisplay(console));
            return display.TryReserve() ? display.Add(title, options, first) : null;
        }
    }

    /// <summary>Shows a report of a bar that has not ended.</summary>
    public void Show(BarView bar, PoolProgress progress)
    {
        bool isDue;
        lock (_gate)
        {
            bar.Progress = progress;
            isDue = _bars.Contains(bar) && Stopwatch.GetElapsedTime(_drawnAt) >= MinPause;
        }

        if (progress.IsFinal)
        {
            End(bar);
        }
        else if (isDue)
        {
            Write(Nothing);
        }
    }

    /// <summary>Removes a bar. Its last line stays above the others, if that is wanted.</summary>
    public void End(BarView bar)
    {
        bool isShown;
        bool isLast;
        IRenderable last = Nothing;
        lock (_gate)
        {
            isShown = _bars.Remove(bar);
            isLast = isShown && _bars.Count == 0;
            if (isShown && bar.Options.KeepsFinished)
            {
                last = new Lines(width => [BarLine.Of(bar, Options(), width)], endsLines: false);
            }
        }

        try
        {
            if (isShown)
            {
                Write(last);
            }
        }
        finally
        {
            if (isLast)
            {
                Release();
            }
        }
    }

    /// <summary>
    /// Writes text above the bars as it is. It ends with the end of a line. The caller may hold the lock of <see cref="Console.Out"/>.
    /// </summary>
    public void WriteAbove(string text)
    {
        var options = Options();
        lock (_gate)
        {
            Draw(options, [Segment.Control(text)]);
        }
    }

    /// <summary>
    /// Called by the console, in its lock, for everything that is written to it: writes it here, so that what is on the screen changes under the gate
    /// only, and leaves nothing for the console to write.
    /// </summary>
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables)
    {
        var current = Options();
        List<Segment> above = [.. renderables.SelectMany(renderable => renderable.Render(options, Math.Max(current.ConsoleSize.Width, 1)))];
        lock (_gate)
        {
            Draw(current, above);
        }

        return [];
    }

    private void Draw(RenderOptions options, List<Segment> above)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "What is on the screen is known under the gate.");
        var width = Math.Max(options.ConsoleSize.Width, 1);
        List<Segment> all = [Segment.Control(Up(width))];
        if (above.FindLast(static segment => segment.Text.Length > 0) is { } last)
        {
            all.Add(Segment.Control("\u001b[J"));
            all.AddRange(above);
            if (!last.Text.EndsWith('\n'))
            {
                all.Add(Segment.LineBreak);
            }
        }

        var lines = Frame.Of(_bars, options, width - 1, Math.Max(options.ConsoleSize.Height, 2) - 1);
        foreach (var line in lines)
        {
            all.AddRange(line);
            all.Add(Segment.Control("\u001b[K"));
            all.Add(Segment.LineBreak);
        }

        all.Add(Segment.Control("\u001b[J"));
        _drawn = [.. lines.Select(static line => Segment.CellCount(line))];
        _drawnAt = Stopwatch.GetTimestamp();
        _output!.Write(Text(all, options));
    }

    /// <summary>One text for one write: the console writes each segment on its own, which flickers.</summary>
    private static string Text(List<Segment> segments, RenderOptions options)
    {
        var text = new StringWriter { NewLine = "\n" };
        var writer = new AnsiWriter(text, new AnsiCapabilities { Ansi = true, ColorSystem = options.ColorSystem, Links = true });
        foreach (var segment in segments)
        {
            if (segment.IsControlCode || segment.IsLineBreak)
            {
                text.Write(segment.Text);
            }
            else
            {
                writer.Write(segment.Text, segment.Style, segment.Link);
            }
        }

        return text.ToString();
    }

    /// <summary>
    /// What the console can show, and its present size. Not under the gate: on Unix asking for the size takes the lock of <see cref="Console.Out"/>,
    /// which a thread holds that writes to a captured one and waits for the gate.
    /// </summary>
    private RenderOptions Options() => RenderOptions.Create(_console, _console.Profile.Capabilities);

    /// <summary>Moves to the first line of what was drawn. A terminal that became narrower has broken lines that do not fit any more.</summary>
    private string Up(int width)
    {
        var rows = _drawn.Sum(cells => Math.Max(1, (cells + width - 1) / width));
        return rows == 0 ? "\r" : $"\r\u001b[{rows}A";
    }

    private BarView Add(string title, ConsoleProgressOptions options, PoolProgress first)
    {
        var bar = new BarView(this, title, options) { Progress = first };
        lock (_gate)
        {
            _bars.Add(bar);
        }

        return bar;
    }

    private bool TryReserve()
    {
        Debug.Assert(DisplaysGate.IsHeldByCurrentThread, "A console is reserved and released under the gate of the displays.");
        if (_exclusive is not null)
        {
            return true; // before the next question: an output whose writer is captured does not say that it is a terminal
        }

        if (_console.Profile is not { Capabilities: { Ansi: true, Interactive: true }, Out.IsTerminal: true })
        {
            return false;
        }

        // Its one continuation is inside Spectre's code, and frees the console before SetResult returns.
        var ended = new TaskCompletionSource();
        var exclusive = _console.ExclusivityMode.RunAsync(async () =>
        {
            await ended.Task.ConfigureAwait(false);
            return true;
        });
        if (exclusive.IsFaulted)
        {
            _ = exclusive.Exception; // a prompt or another live display has the console
            return false;
        }

        _output ??= new TerminalOutput(_console);
        _exclusive = ended;
        _isBroken = false;
        _drawn = [];
        _console.Pipeline.Attach(this);
        _capture = _output.IsOfProcess ? new ConsoleCapture(this) : null;
        return true;
    }

    private void Release()
    {
        lock (DisplaysGate)
        {
            lock (_gate)
            {
                if (_bars.Count > 0)
                {
                    return; // another one has begun meanwhile
                }
            }

            if (_exclusive is { } exclusive)
            {
                _capture?.Dispose();
                _capture = null;
                _console.Pipeline.Detach(this);
                _exclusive = null;
                exclusive.SetResult();
            }
        }
    }

    private void Write(IRenderable renderable)
    {
        if (_isBroken)
        {
            return;
        }

        try
        {
            _console.Write(renderable);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            _isBroken = true; // the terminal was closed: this is reported once
            throw;
        }
    }
}
