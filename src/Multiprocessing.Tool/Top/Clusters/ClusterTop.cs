using Multiprocessing.Tool.Nodes;
using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Terminal;

namespace Multiprocessing.Tool.Top.Clusters;

/// <summary>Shows a cluster live until the user quits.</summary>
internal sealed class ClusterTop(WatchProcess watch, TimeSpan interval)
{
    private static readonly TimeSpan KeyPause = TimeSpan.FromMilliseconds(30);

    private readonly TopState _state = new() { Interval = interval, Focus = SectionKind.Nodes };
    private bool _showsWorkers = true;
    private ClusterSnapshot? _last;
    private ClusterSnapshot? _now;
    private IReadOnlyList<Section> _sections = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var reading = watch.ReadAsync(cancellationToken);
        Take(await reading); // an error is written on the user's own screen
        using var screen = new FullScreen();
        reading = watch.ReadAsync(cancellationToken);
        var size = FullScreen.Size;
        Show(screen, size);
        while (!cancellationToken.IsCancellationRequested)
        {
            var isChanged = false;
            while (Console.KeyAvailable)
            {
                if (!Press(Console.ReadKey(intercept: true)))
                {
                    return;
                }

                isChanged = true;
            }

            if (reading.IsCompleted && _state.Message is null)
            {
                isChanged = true;
                try
                {
                    Take(await reading);
                    reading = watch.ReadAsync(cancellationToken);
                }
                catch (CommandException error)
                {
                    _state.Message = $"{error.Message} q quits.";
                }
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

    /// <summary>Writes one picture in each line.</summary>
    public static async Task StreamAsync(WatchProcess watch, int count, CommandOutput output, CancellationToken cancellationToken)
    {
        for (var written = 0; count <= 0 || written < count; written++)
        {
            output.WriteLine(await watch.ReadAsync(cancellationToken));
        }
    }

    private void Take(string line)
    {
        if (!_state.IsPaused)
        {
            (_last, _now) = (_now, ClusterSnapshotJson.FromJson(line));
        }
    }

    private void Show(FullScreen screen, (int Width, int Height) size)
    {
        _sections = ClusterSections.Of(_now!, _last, _showsWorkers);
        if (!_sections.Any(section => section.Kind == _state.Focus))
        {
            _state.Focus = SectionKind.Nodes;
        }

        screen.Show(ClusterView.Draw(_now!, _sections, _state, size.Width, size.Height));
    }

    /// <returns>False to quit.</returns>
    private bool Press(ConsoleKeyInfo key)
    {
        switch (char.ToLowerInvariant(key.KeyChar))
        {
            case 'w':
                _showsWorkers = !_showsWorkers;
                return true;
            case 'p' or ' ':
                _state.IsPaused = !_state.IsPaused;
                return true;
            case > ' ' and not 'q':
                return true; // a key of the other screen, for processes of this machine
        }

        var message = _state.Message;
        var action = TopKeys.Press(key, _state, _sections);
        _state.Message = message;
        return action != TopAction.Quit;
    }
}
