using System.Diagnostics;
using Spectre.Console;

namespace PluginHost;

/// <summary>Writes what happens, with the time since the start. Safe to use from several threads.</summary>
internal sealed class Timeline
{
    private const int RedirectedWidth = 250; // lines in a file or a log are not broken
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();

    public Timeline()
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = RedirectedWidth;
            AnsiConsole.Profile.Capabilities.Ansi = false;
        }
    }

    public void Say(string who, string text) => Write(who, "grey", text);

    public void Failed(string who, string input, Fate fate, Exception exception) =>
        Write(who, fate == Fate.Exception ? "yellow" : "red", $"{input}: {exception.GetType().Name}, {FirstSentence(exception.Message)}");

    public void Recovered(string who, string input, TimeSpan gap) =>
        Write(who, "green", $"{input}: the next call has its result, {gap.TotalMilliseconds:0} ms later");

    public void Tree(string title, object tree)
    {
        lock (_gate)
        {
            AnsiConsole.Write(new Panel(new Text($"{tree}".TrimEnd())).Header(title));
        }
    }

    private static string FirstSentence(string text)
    {
        var line = text.ReplaceLineEndings("\n").Split('\n')[0];
        return line.IndexOf(". ", StringComparison.Ordinal) is >= 0 and var end ? line[..(end + 1)] : line;
    }

    private void Write(string who, string colour, string text)
    {
        lock (_gate)
        {
            var elapsed = Stopwatch.GetElapsedTime(_start);
            AnsiConsole.MarkupLine($"[grey]{elapsed.TotalSeconds,6:0.00} s[/]  [bold]{who,-9}[/] [{colour}]{Markup.Escape(text)}[/]");
        }
    }
}
