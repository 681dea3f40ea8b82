using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>Where a child's standard output or standard error goes. Whichever it is, the last lines of standard error are kept for the error that tells of a crash.</summary>
public sealed class ProcessOutput
{
    private const string DefaultPrefix = "[{Name} {Id}] ";

    private readonly Func<OutputOrigin, Action<Exception>, IOutputSink?> _open;

    private ProcessOutput(Func<OutputOrigin, Action<Exception>, IOutputSink?> open) => _open = open;

    /// <summary>
    /// To where the parent's goes. Standard output is the parent's own handle; standard error passes through the parent, byte for byte,
    /// which keeps the last lines for the error that tells of a crash.
    /// </summary>
    public static ProcessOutput Inherit { get; } = new(static (_, _) => new PassedThroughOutput());

    /// <summary>Nowhere. The last lines of standard error are kept all the same.</summary>
    public static ProcessOutput Discard { get; } = new(static (_, _) => null);

    /// <summary>To a callback, in whole lines without their ends, in order, one call at a time, on the thread pool, or on a thread of the library's own where that is blocked. Decoded as UTF-8.</summary>
    /// <param name="onLine">Receives each line. All have been delivered when <c>Join</c> returns. What it throws is logged and drops that line only.</param>
    /// <returns>The output.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="onLine"/> is <see langword="null"/>.</exception>
    public static ProcessOutput ToLines(Action<string> onLine)
    {
        ArgumentNullException.ThrowIfNull(onLine);
        return new ProcessOutput((_, onError) => new LineOutput(onLine, int.MaxValue, onError));
    }

    /// <summary>
    /// To the parent's stream of the same kind, each line behind a prefix that names the process. A line is written whole, with its prefix, in one write of at most 4096 bytes,
    /// which no other process's line gets into; a longer one is split, between characters, into several with a prefix each. The bytes are passed on as they are.
    /// </summary>
    /// <param name="format">
    /// The prefix, in which <c>{Name}</c> and <c>{Id}</c> stand for the name and the id of the process. The default value is <see langword="null"/>: <c>[{Name} {Id}] </c>.
    /// Of a prefix longer than 1024 bytes the beginning is taken.
    /// </param>
    /// <returns>The output.</returns>
    /// <remarks>
    /// A line is passed on when its end comes, or the process ends; then it gets an end. All have been when <c>Join</c> returns. When the parent's stream takes nothing more, such as a pipe that nobody
    /// reads, that is logged once, the rest is dropped, and neither parent nor child is disturbed.
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="format"/> contains a line end.</exception>
    public static ProcessOutput Prefix(string? format = null)
    {
        if (format?.AsSpan().ContainsAny('\r', '\n') == true)
        {
            throw new ArgumentException("A prefix stands on the line that it begins: it contains no line end.", nameof(format));
        }

        return new ProcessOutput((origin, _) =>
        {
            var target = origin.IsError ? ParentStream.Error : ParentStream.Output;
            return new PrefixedOutput(origin.Expand(format ?? DefaultPrefix), target.Write);
        });
    }

    /// <summary>
    /// To a logger: each line, decoded as UTF-8 and without its end, is one record with the values <c>ProcessName</c>, <c>ProcessId</c> and <c>Line</c>.
    /// A line of more than 32768 characters is split into several records.
    /// </summary>
    /// <param name="logger">Receives the records, on the thread pool. The default value is <see langword="null"/>: the category <c>Multiprocessing.Output</c> of <see cref="MultiprocessingLogging.Factory"/>.</param>
    /// <param name="level">The level of the records.</param>
    /// <returns>The output.</returns>
    /// <remarks>
    /// All records have been written when <c>Join</c> returns. A logger that throws loses that line only. Without <paramref name="logger"/> and without a factory there is nothing to log to: the lines then
    /// go to the parent's stream of the same kind, as with <see cref="Prefix"/>, and one line on standard error says so.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> is not one to log with.</exception>
    public static ProcessOutput Log(ILogger? logger = null, LogLevel level = LogLevel.Information)
    {
        if (level is < LogLevel.Trace or >= LogLevel.None)
        {
            throw new ArgumentOutOfRangeException(nameof(level), level, $"A line is logged at a level from {nameof(LogLevel.Trace)} to {nameof(LogLevel.Critical)}; {nameof(Discard)} drops it.");
        }

        return new ProcessOutput((origin, onError) =>
        {
            var target = logger; // the factory's is made with the first line: a factory that throws is then treated as a logger that does
            return new LineOutput(
                line =>
                {
                    if (target is null && !MultiprocessingLogging.IsConfigured)
                    {
                        OutputLog.HasNoLogger();
                        (origin.IsError ? ParentStream.Error : ParentStream.Output).WriteLine(origin.Expand(DefaultPrefix) + line);
                        return;
                    }

                    MultiprocessingLogging.OutputLine(target ??= MultiprocessingLogging.CreateOutputLogger(), level, origin.Name, origin.ProcessId, line);
                },
                LineSplitter.LoggedLimit,
                onError);
        });
    }

    /// <summary>What takes the output of one process; <see langword="null"/> when nothing does.</summary>
    internal IOutputSink? Open(OutputOrigin origin, Action<Exception> onError) => _open(origin, onError);
}
