using System.Runtime.InteropServices;
using System.Text;
using Multiprocessing.Tool.Output;

namespace Multiprocessing.Tool.Terminal;

/// <summary>
/// The alternate screen of the terminal. It ends, and the terminal is as before, with <see cref="Dispose"/>, with SIGTERM, SIGHUP and SIGQUIT, and if
/// the process exits in another way than by SIGKILL. Ctrl-C arrives as a key.
/// </summary>
internal sealed class FullScreen : IDisposable
{
    // Alternate screen on, cursor off, no wrap at the right edge. xterm's private modes 1049, 25 and 7, which all common terminals have.
    private const string Begin = "\e[?1049h\e[?25l\e[?7l\e[2J";
    private const string End = "\e[0m\e[?7h\e[?25h\e[?1049l";

    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly bool _treatedControlC = Console.TreatControlCAsInput;
    private Canvas? _shown;
    private int _isEnded;

    public FullScreen()
    {
        Console.TreatControlCAsInput = true;
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT })
        {
            _signals.Add(PosixSignalRegistration.Create(signal, _ => EndScreen()));
        }

        AppDomain.CurrentDomain.ProcessExit += OnExit;
        Write(Begin);
    }

    public static bool HasUnicode { get; } =
        Console.OutputEncoding.CodePage == Encoding.UTF8.CodePage && Environment.GetEnvironmentVariable("TERM") is not "linux";

    public static (int Width, int Height) Size => (Math.Max(1, Console.WindowWidth), Math.Max(1, Console.WindowHeight));

    /// <summary>Shows a canvas: writes the rows that changed.</summary>
    public void Show(Canvas canvas)
    {
        var changes = canvas.Changes(_shown, !TerminalColors.AreOff);
        var isNewSize = _shown is null || _shown.Width != canvas.Width || _shown.Height != canvas.Height;
        _shown = canvas;

        // A terminal that knows mode 2026 shows the frame at once, without a moment in which half of it is new.
        Write(isNewSize ? $"\e[?2026h\e[2J{changes}\e[?2026l" : changes.Length == 0 ? "" : $"\e[?2026h{changes}\e[?2026l");
    }

    public void Dispose()
    {
        EndScreen();
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        Console.TreatControlCAsInput = _treatedControlC;
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }

        _output.Dispose();
    }

    private void OnExit(object? sender, EventArgs e) => EndScreen();

    private void EndScreen()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) == 0)
        {
            Write(End);
        }
    }

    private void Write(string text)
    {
        try
        {
            lock (_output)
            {
                // After the end a frame would be written into the user's own screen.
                if (_isEnded == 0 || text == End)
                {
                    _output.Write(Encoding.UTF8.GetBytes(text));
                    _output.Flush();
                }
            }
        }
        catch (IOException)
        {
            // The terminal was closed; SIGHUP ends the process.
        }
    }
}
