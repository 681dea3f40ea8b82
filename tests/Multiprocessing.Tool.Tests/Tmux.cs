using System.Diagnostics;
using System.Text.RegularExpressions;
using Multiprocessing.Tests;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary>A terminal with a program in it, driven by tmux.</summary>
internal sealed class Tmux : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // A server of its own: no configuration of the user, and nothing but it ends with it.
    private readonly TemporaryDirectory _directory = new();

    /// <param name="width">The columns.</param>
    /// <param name="height">The rows.</param>
    /// <param name="command">What the shell in the terminal runs.</param>
    public Tmux(int width, int height, string command) =>
        Run("-f", "/dev/null", "new-session", "-d", "-x", $"{width}", "-y", $"{height}", "env", "-u", "NO_COLOR", "LANG=C.UTF-8", "bash", "--norc", "-c", $"{command}; echo \"exit code $?\"; exec bash --norc");

    public static void SkipIfMissing() => Assert.SkipUnless(Exists, "tmux is not installed.");

    public static bool Exists { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(static directory => File.Exists(Path.Combine(directory, "tmux")));

    /// <summary>Gets whether the program has switched to the alternate screen.</summary>
    public bool IsFullScreen => Run("display-message", "-p", "#{alternate_on}").Trim() is "1";

    public bool IsCursorVisible => Run("display-message", "-p", "#{cursor_flag}").Trim() is "1";

    /// <summary>Presses keys, by their names in tmux: <c>Down</c>, <c>Tab</c>, <c>C-c</c>, <c>x</c>.</summary>
    public void Press(params string[] keys) => Run(["send-keys", .. keys]);

    public void Resize(int width, int height) => Run("resize-window", "-x", $"{width}", "-y", $"{height}");

    /// <summary>Returns the text on the screen.</summary>
    public string Screen() => Run("capture-pane", "-p");

    /// <summary>Returns the screen with the sequences of its styles.</summary>
    public string StyledScreen() => Run("capture-pane", "-p", "-e");

    /// <summary>Waits until the screen shows a text, and returns the screen.</summary>
    public string WaitFor(string pattern)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var screen = Screen();
            if (Regex.IsMatch(screen, pattern, RegexOptions.Multiline))
            {
                TestContext.Current.TestOutputHelper?.WriteLine(screen);
                return screen;
            }

            if (watch.Elapsed > Patience)
            {
                throw new TimeoutException($"The screen does not show '{pattern}':{Environment.NewLine}{screen}");
            }

            Thread.Sleep(50);
        }
    }

    public void Dispose()
    {
        Run("kill-server");
        _directory.Dispose();
    }

    private string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("tmux", ["-S", _directory.File("socket"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
