using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace Multiprocessing.Tool.Output;

/// <summary>Where one command writes: text or JSON to standard output, errors to standard error.</summary>
internal sealed class CommandOutput
{
    // Lines that a program reads are never wrapped.
    private const int WidthWithoutTerminal = 1000;

    private readonly TextWriter _error;
    private readonly TextWriter _out;

    public CommandOutput(TextWriter output, TextWriter error, bool isJson)
    {
        _out = output;
        _error = error;
        IsJson = isJson;
        IsTerminal = output == Console.Out && !Console.IsOutputRedirected;
        Text = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(IsTerminal ? output : new LineEndWriter(output)),
            Ansi = IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = IsTerminal && !TerminalColors.AreOff ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!IsTerminal)
        {
            Text.Profile.Width = WidthWithoutTerminal;
            Text.Profile.Capabilities.Unicode = output.Encoding.CodePage == Encoding.UTF8.CodePage || output is StringWriter;
        }
    }

    /// <summary>Gets whether the command writes JSON in place of text.</summary>
    public bool IsJson { get; }

    /// <summary>Gets whether a person sees the output: standard output is a terminal.</summary>
    public bool IsTerminal { get; }

    /// <summary>Gets the console for text with styles and tables. Plain text if standard output is not a terminal.</summary>
    public IAnsiConsole Text { get; }

    public void WriteLine(string text = "") => _out.WriteLine(text);

    public void WriteError(string text) => _error.WriteLine($"mp: {text}");

    /// <summary>Writes one JSON document and a line end.</summary>
    /// <param name="write">Writes the document.</param>
    /// <param name="isIndented">False for output of one document in each line.</param>
    public void WriteJson(Action<Utf8JsonWriter> write, bool isIndented = true)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions { Indented = isIndented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            write(json);
        }

        _out.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
        _out.Flush();
    }
}
