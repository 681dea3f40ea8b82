using System.Diagnostics;
using Multiprocessing.Tool.Stacks;
using Multiprocessing.Tool.Terminal;

namespace Multiprocessing.Tool.Top;

/// <summary>Reads the program, draws the screen and obeys keys until the user quits.</summary>
internal sealed class TopLoop(ProgramMonitor monitor, TopState state)
{
    private static readonly TimeSpan KeyPause = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan StackPatience = TimeSpan.FromSeconds(10);

    private readonly PictureMaker _maker = new();
    private Picture? _picture;
    private IReadOnlyList<Section> _sections = [];
    private Task<Overlay>? _reading;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var screen = new FullScreen();
        var sinceRead = Stopwatch.StartNew();
        Read();
        var size = FullScreen.Size;
        Show(screen, size);
        while (!cancellationToken.IsCancellationRequested)
        {
            var isChanged = false;
            while (Console.KeyAvailable)
            {
                if (!Obey(TopKeys.Press(Console.ReadKey(intercept: true), state, _sections), cancellationToken))
                {
                    return;
                }

                isChanged = true;
            }

            if (!state.IsPaused && sinceRead.Elapsed >= state.Interval)
            {
                sinceRead.Restart();
                Read();
                isChanged = true;
            }

            if (_reading is { IsCompleted: true } reading)
            {
                _reading = null;
                state.Message = null;
                state.Overlay = await reading;
                isChanged = true;
            }

            if (FullScreen.Size != size)
            {
                size = FullScreen.Size;
                isChanged = true;
            }

            if (isChanged)
            {
                Show(screen, size);
            }

            await Task.Delay(KeyPause, CancellationToken.None);
        }
    }

    private void Read()
    {
        if (_picture is { IsEnded: true })
        {
            return;
        }

        // When the program has ended, its last picture stays.
        if (monitor.IsRunning)
        {
            try
            {
                _picture = _maker.Next(monitor.Read());
                return;
            }
            catch (ProgramNotFoundException)
            {
                // It ended between the two.
            }
        }

        _picture = _picture is { } last ? last with { IsEnded = true } : throw new CommandException(ExitCodes.NotFound, "The program has ended.");
        state.Message = "The program has ended. q quits.";
    }

    private void Show(FullScreen screen, (int Width, int Height) size)
    {
        _sections = Sections.Of(_picture!, state.Order);
        if (_sections.Count > 0 && !_sections.Any(section => section.Kind == state.Focus))
        {
            state.Focus = _sections[0].Kind;
        }

        screen.Show(TopView.Draw(_picture!, _sections, state, size.Width, size.Height));
    }

    /// <returns>False to quit.</returns>
    private bool Obey(TopAction action, CancellationToken cancellationToken)
    {
        switch (action)
        {
            case TopAction.Quit:
                return false;
            case TopAction.Kill:
                Kill();
                break;
            case TopAction.ReadStack when _reading is null:
                ReadStack(cancellationToken);
                break;
        }

        return true;
    }

    private void Kill()
    {
        var (id, name) = state.Question!.Value;
        state.Question = null;
        try
        {
            monitor.Kill(id);
            state.Message = $"Killed {name} ({id}).";
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or UnauthorizedAccessException)
        {
            state.Message = exception.Message;
        }
    }

    private void ReadStack(CancellationToken cancellationToken)
    {
        var row = state.SelectedIn(_sections.FirstOrDefault(section => section.Kind == state.Focus));
        if (row?.ProcessId is not { } id)
        {
            state.Message = "Select a process, a worker or a service first.";
            return;
        }

        state.Message = $"Reading the stacks of {row.ProcessName} ({id}) ...";
        _reading = Task.Run(() => StackOverlay.ReadAsync(id, row.ProcessName, StackPatience, cancellationToken), CancellationToken.None);
    }
}
