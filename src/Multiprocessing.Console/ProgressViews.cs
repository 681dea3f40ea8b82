using Spectre.Console;

namespace Multiprocessing;

/// <summary>How the progress of one call is shown.</summary>
internal interface IProgressView
{
    /// <summary>Shows a report; the last one ends the view.</summary>
    void Show(PoolProgress progress);

    /// <summary>Ends the view without a last report.</summary>
    void End();
}

/// <summary>Decides between bars and lines.</summary>
internal static class ProgressViews
{
    // The console was created with the writer that was there first, and not with one that captures.
    private static readonly Lazy<IAnsiConsole> ErrorConsole = new(
        // Spectre takes no console for interactive while standard output is redirected, but nothing is read here.
        static () => AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error), Interactive = InteractionSupport.Yes }));

    public static IProgressView Create(string title, ConsoleProgressOptions options, PoolProgress first)
    {
        var console = options.Console ?? (Console.IsOutputRedirected ? ErrorConsole.Value : AnsiConsole.Console);
        var clean = Texts.Clean(title);
        if (ProgressDisplay.TryAdd(console, clean, options, first) is { } bar)
        {
            return bar;
        }

        // Not to standard output: another program may read it.
        return new LineView(options.Console?.Profile.Out.Writer ?? Console.Error, clean, options.LineInterval);
    }
}
