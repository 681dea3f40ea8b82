using System.Text;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Writes one line, including its line end.</summary>
internal delegate void OutputWrite(ReadOnlySpan<byte> line);

/// <summary>
/// This process's own standard output or standard error, which receives the lines of many children. Never throws: a parent must not fail because its
/// stream has no reader.
/// </summary>
internal sealed class ParentStream(PipeEnd target, Func<TextWriter> console, string name)
{
    private readonly Lock _gate = new();
    private bool _isBroken;

    public static ParentStream Output { get; } = new(PipeEnd.StandardOutput(), static () => Console.Out, "standard output");

    public static ParentStream Error { get; } = new(PipeEnd.StandardError(), static () => Console.Error, "standard error");

    /// <summary>Writes a line at once, and not into a line of this process's own.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        Exception? failure = null;

        // The runtime writes a line of more than 256 characters in pieces, under the lock of its console writer; that lock is the writer itself, so
        // other code can take it. Our lock is inside it, because Console.SetOut replaces the writer: if the system accepts only a part of the bytes,
        // the rest follows before the line of another child.
        lock (console())
            lock (_gate)
            {
                if (_isBroken)
                {
                    return;
                }

                try
                {
                    _isBroken = !target.Write(line);
                }
                catch (Exception exception)
                {
                    // Closed, a full disk, a terminal that was closed: the next line would not succeed either, and an incomplete line would spoil it.
                    failure = exception;
                    _isBroken = true;
                }

                if (!_isBroken)
                {
                    return;
                }
            }

        // Outside the lock: a logger may write to the other stream, or wait for a thread that writes to this one.
        MultiprocessingLogging.ParentStreamBroken(failure, name);
    }

    public void WriteLine(string text) => Write(Encoding.UTF8.GetBytes(text + "\n"));
}
