using System.Text;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Takes one line, with its end.</summary>
internal delegate void OutputWrite(ReadOnlySpan<byte> line);

/// <summary>This process's own standard output or standard error, to which the lines of many children go. It never throws: a parent must not break because nobody reads it.</summary>
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

        // The runtime writes a line of more than 256 characters in pieces, under the lock of its console writer, which is the writer itself so that others can join in. Ours is inside it,
        // because Console.SetOut puts another writer there: for a system that takes less than was given, so that the rest follows before another child's line.
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
                    // Closed, a full disk, a terminal that is gone: none that a child's next line would mend, and a line that is half there spoils it.
                    failure = exception;
                    _isBroken = true;
                }

                if (!_isBroken)
                {
                    return;
                }
            }

        MultiprocessingLogging.ParentStreamBroken(failure, name); // outside the lock: a logger may write to the other stream, or wait for whoever writes to this one
    }

    public void WriteLine(string text) => Write(Encoding.UTF8.GetBytes(text + "\n"));
}
