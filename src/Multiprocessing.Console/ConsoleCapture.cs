using System.Text;

namespace Multiprocessing;

/// <summary>
/// While bars are shown on the program's own terminal, what it writes to <see cref="Console.Out"/> and <see cref="Console.Error"/> appears above
/// them, line by line. A line without an end waits for it, and is written when the bars have ended.
/// </summary>
internal sealed class ConsoleCapture : IDisposable
{
    private readonly List<(CapturedWriter Captured, Action Restore)> _writers = [];

    public ConsoleCapture(ProgressDisplay display)
    {
        if (!Console.IsOutputRedirected)
        {
            Add(display, Console.Out, Console.SetOut, static () => Console.Out);
        }

        if (!Console.IsErrorRedirected)
        {
            Add(display, Console.Error, Console.SetError, static () => Console.Error);
        }

        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        foreach (var (captured, restore) in _writers)
        {
            restore();
            captured.Release();
        }
    }

    private void Add(ProgressDisplay display, TextWriter original, Action<TextWriter> set, Func<TextWriter> get)
    {
        var captured = new CapturedWriter(display, original);
        set(captured);
        var installed = get(); // a synchronized wrapper around it
        _writers.Add((captured, () =>
        {
            // Unless the program has set another one meanwhile, which it does not expect to lose.
            if (ReferenceEquals(get(), installed))
            {
                set(original);
            }
        }
        ));
    }

    private void OnProcessExit(object? sender, EventArgs e)
    {
        foreach (var (captured, _) in _writers)
        {
            captured.Release();
        }
    }

    private sealed class CapturedWriter(ProgressDisplay display, TextWriter original) : TextWriter
    {
        private readonly Lock _gate = new();
        private readonly StringBuilder _line = new();
        private bool _isReleased;

        public override Encoding Encoding => original.Encoding;

        public override void Write(char value) => Write([value]);

        public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

        public override void Write(string? value) => Write(value.AsSpan());

        public override void Write(ReadOnlySpan<char> buffer)
        {
            string? whole = null;
            lock (_gate)
            {
                if (!_isReleased)
                {
                    var end = buffer.LastIndexOf('\n') + 1;
                    if (end > 0)
                    {
                        whole = _line.Append(buffer[..end]).ToString();
                        _line.Clear();
                    }

                    _line.Append(buffer[end..]);
                }
            }

            if (whole is not null)
            {
                display.WriteAbove(whole);
            }
            else if (_isReleased)
            {
                original.Write(buffer); // code that has kept this writer
            }
        }

        public override void Flush() => original.Flush();

        /// <summary>Writes the line that has no end, and passes everything else on.</summary>
        public void Release()
        {
            string rest;
            lock (_gate)
            {
                _isReleased = true;
                rest = _line.ToString();
                _line.Clear();
            }

            original.Write(rest);
            original.Flush();
        }
    }
}
