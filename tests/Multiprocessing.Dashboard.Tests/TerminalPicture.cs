using System.Diagnostics;
using System.Net;
using System.Text;

namespace Multiprocessing.Dashboard.Tests;

/// <summary>A program in a terminal (tmux), and its screen as a page, of which the browser takes a picture.</summary>
internal sealed class TerminalPicture : IDisposable
{
    // The sixteen colours of a terminal, as its dark themes have them.
    private static readonly string[] Colors =
    [
        "#1d2430", "#ff7a73", "#5bcf8a", "#f2b457", "#7fb0ff", "#bd94ff", "#4fd1bd", "#c6cfdb",
        "#6d7a8c", "#ff9c96", "#86e0ab", "#ffd08a", "#a9cbff", "#d6bcff", "#86e6d8", "#ffffff",
    ];

    private readonly string _socket = Path.Combine(Path.GetTempPath(), $"mp-picture-{Guid.NewGuid():N}");

    /// <param name="width">The columns.</param>
    /// <param name="height">The rows.</param>
    /// <param name="command">What runs in the terminal.</param>
    public TerminalPicture(int width, int height, string command) => Run(
        "-f", "/dev/null", "new-session", "-d", "-x", $"{width}", "-y", $"{height}", "env", "-u", "NO_COLOR", "LANG=C.UTF-8", "TERM=tmux-256color", "COLORTERM=truecolor", "bash", "--norc", "-c", command);

    public static bool IsPossible { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "tmux")));

    public string Text() => Run("capture-pane", "-p");

    public void Press(params string[] keys) => Run(["send-keys", .. keys]);

    /// <summary>Returns the screen as HTML.</summary>
    public string Html()
    {
        StringBuilder html = new("<!doctype html><meta charset=utf-8><style>body{margin:0;background:#12171f}pre{display:inline-block;margin:0;padding:14px 18px;color:#d6dee8;"
            + "font:13px/1.28 'DejaVu Sans Mono',monospace}b{font-weight:600}</style><pre>");
        foreach (var line in Run("capture-pane", "-p", "-e", "-N").TrimEnd('\n').Split('\n'))
        {
            AppendLine(html, line);
            html.Append('\n');
        }

        return html.Append("</pre>").ToString();
    }

    public void Dispose() => Run("kill-server");

    private static void AppendLine(StringBuilder html, string line)
    {
        TextStyle style = new();
        for (var index = 0; index < line.Length;)
        {
            var escape = line.IndexOf("\e[", index, StringComparison.Ordinal);
            var end = escape < 0 ? line.Length : escape;
            if (end > index)
            {
                html.Append($"<span style=\"{style.Css()}\">{WebUtility.HtmlEncode(line[index..end])}</span>");
            }

            if (escape < 0)
            {
                return;
            }

            var last = escape + 2;
            while (last < line.Length && !char.IsAsciiLetter(line[last]))
            {
                last++;
            }

            if (last < line.Length && line[last] == 'm')
            {
                style.Apply(line[(escape + 2)..last]);
            }

            index = last + 1;
        }
    }

    private string Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("tmux", ["-S", _socket, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    /// <summary>What the escape sequences of colours and attributes (SGR) have set.</summary>
    private sealed class TextStyle
    {
        private string? _front;
        private string? _back;
        private bool _bold;
        private bool _dim;
        private bool _reverse;

        public string Css()
        {
            var (front, back) = _reverse ? (_back ?? "#12171f", _front ?? "#d6dee8") : (_front, _back);
            return $"{(front is null ? "" : $"color:{front};")}{(back is null ? "" : $"background:{back};")}{(_bold ? "font-weight:600;" : "")}{(_dim ? "opacity:.65;" : "")}";
        }

        public void Apply(string codes)
        {
            var numbers = codes.Split(';', ':').Select(code => int.TryParse(code, out var number) ? number : 0).ToArray();
            for (var index = 0; index < numbers.Length; index++)
            {
                switch (numbers[index])
                {
                    case 0: (_front, _back, _bold, _dim, _reverse) = (null, null, false, false, false); break;
                    case 1: _bold = true; break;
                    case 2: _dim = true; break;
                    case 7: _reverse = true; break;
                    case 22: (_bold, _dim) = (false, false); break;
                    case 27: _reverse = false; break;
                    case >= 30 and <= 37 and var color: _front = Colors[color - 30]; break;
                    case >= 90 and <= 97 and var color: _front = Colors[color - 90 + 8]; break;
                    case >= 40 and <= 47 and var color: _back = Colors[color - 40]; break;
                    case >= 100 and <= 107 and var color: _back = Colors[color - 100 + 8]; break;
                    case 39: _front = null; break;
                    case 49: _back = null; break;
                    case 38: _front = Extended(numbers, ref index); break;
                    case 48: _back = Extended(numbers, ref index); break;
                    default: break;
                }
            }
        }

        // "5;n" is one of 256 colours, "2;r;g;b" is any.
        private static string? Extended(int[] numbers, ref int index)
        {
            if (index + 2 < numbers.Length && numbers[index + 1] == 5)
            {
                index += 2;
                return numbers[index] switch
                {
                    < 16 and var color => Colors[color],
                    >= 232 and var grey => $"rgb({8 + ((grey - 232) * 10)},{8 + ((grey - 232) * 10)},{8 + ((grey - 232) * 10)})",
                    var color => $"rgb({Part(color, 36)},{Part(color, 6)},{Part(color, 1)})",
                };
            }

            if (index + 4 < numbers.Length && numbers[index + 1] == 2)
            {
                index += 4;
                return $"rgb({numbers[index - 2]},{numbers[index - 1]},{numbers[index]})";
            }

            return null;

            static int Part(int color, int weight) => (color - 16) / weight % 6 is var level && level == 0 ? 0 : 55 + (level * 40);
        }
    }
}
