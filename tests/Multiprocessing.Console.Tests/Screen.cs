using System.Text;
using Spectre.Console;

namespace Multiprocessing.ConsoleTests;

/// <summary>A terminal: keeps what is on it after the sequences that the bars use. Lines that scroll out at the top are kept as well.</summary>
internal sealed class Screen(int width = 80, int height = 24) : TextWriter, IAnsiConsoleOutput
{
    private readonly List<StringBuilder> _lines = [new()];
    private int _row;
    private int _column;

    public override Encoding Encoding => Encoding.UTF8;

    public TextWriter Writer => this;

    public bool IsTerminal { get; init; } = true;

    public bool IsClosed { get; set; }

    public int Width { get; set; } = width;

    public int Height { get; set; } = height;

    /// <summary>How often something was written.</summary>
    public int Writes { get; private set; }

    /// <summary>Everything that was written, with its sequences.</summary>
    public StringBuilder Raw { get; } = new();

    /// <summary>The lines, without empty ones at the end.</summary>
    public string[] Lines
    {
        get
        {
            lock (_lines)
            {
                var lines = _lines.Select(static line => line.ToString().TrimEnd()).ToList();
                while (lines.Count > 0 && lines[^1].Length == 0)
                {
                    lines.RemoveAt(lines.Count - 1);
                }

                return [.. lines];
            }
        }
    }

    /// <summary>The row of the cursor, counted from 0, and its column.</summary>
    public (int Row, int Column) Cursor => (_row, _column);

    public IAnsiConsole Console(bool unicode = true, bool ansi = true, ColorSystemSupport colors = ColorSystemSupport.NoColors)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = ansi ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = InteractionSupport.Yes,
            ColorSystem = colors,
            Out = this,
        });
        console.Profile.Capabilities.Unicode = unicode;
        return console;
    }

    public void SetEncoding(Encoding encoding)
    {
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value)
    {
        if (IsClosed)
        {
            throw new IOException("The terminal was closed.");
        }

        lock (_lines)
        {
            Raw.Append(value);
            Writes++;
            for (var i = 0; i < value!.Length; i++)
            {
                switch (value[i])
                {
                    case '\n':
                        MoveTo(_row + 1);
                        _column = 0; // as the terminal's driver does
                        break;
                    case '\r':
                        _column = 0;
                        break;
                    case '\u001b':
                        i = Sequence(value, i + 2);
                        break;
                    default:
                        Put(value[i]);
                        break;
                }
            }
        }
    }

    private int Sequence(string text, int at)
    {
        var begin = at;
        while (!char.IsAsciiLetter(text[at]))
        {
            at++;
        }

        switch (text[at])
        {
            case 'A':
                _row = Math.Max(0, _row - int.Parse(text[begin..at], System.Globalization.CultureInfo.InvariantCulture));
                break;
            case 'K':
                _lines[_row].Length = Math.Min(_lines[_row].Length, _column);
                break;
            case 'J':
                _lines[_row].Length = Math.Min(_lines[_row].Length, _column);
                _lines.RemoveRange(_row + 1, _lines.Count - _row - 1);
                break;
            case 'm' or 'l' or 'h': // colours; the cursor, which other live displays hide
                break;
            default:
                throw new NotSupportedException($"The bars are expected not to use ESC[{text[begin..(at + 1)]}.");
        }

        return at;
    }

    private void Put(char value)
    {
        if (_column == Width)
        {
            MoveTo(_row + 1);
            _column = 0;
        }

        var line = _lines[_row];
        line.Append(' ', Math.Max(0, _column + 1 - line.Length));
        line[_column++] = value;
    }

    private void MoveTo(int row)
    {
        while (_lines.Count <= row)
        {
            _lines.Add(new StringBuilder());
        }

        _row = row;
    }
}
