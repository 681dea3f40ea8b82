using System.Text;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace Multiprocessing;

/// <summary>
/// Writes to a console's terminal in one piece. On Unix the framework's own streams take the lock of <see cref="Console.Out"/> for each write, also
/// those of standard error. A thread that writes to a captured <see cref="Console.Out"/> holds that lock and waits for the display; so the display,
/// which may be drawing on another thread, must not wait for it, and writes to the descriptor itself.
/// </summary>
internal sealed class TerminalOutput
{
    private readonly Stream? _stream;
    private readonly Encoding _encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
    private readonly TextWriter _writer;

    public TerminalOutput(IAnsiConsole console)
    {
        _writer = console.Profile.Out.Writer;
        var isOut = ReferenceEquals(_writer, Console.Out);
        IsOfProcess = isOut || ReferenceEquals(_writer, Console.Error);
        if (!IsOfProcess)
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            _stream = isOut ? Console.OpenStandardOutput() : Console.OpenStandardError();
            _encoding = Console.OutputEncoding;
        }
        else
        {
            _stream = new FileStream(new SafeFileHandle(isOut ? 1 : 2, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        }
    }

    /// <summary>It is the standard output or the standard error of this process.</summary>
    public bool IsOfProcess { get; }

    public void Write(string text)
    {
        if (_stream is null)
        {
            _writer.Write(text);
            _writer.Flush();
            return;
        }

        _stream.Write(_encoding.GetBytes(text));
        _stream.Flush();
    }
}
