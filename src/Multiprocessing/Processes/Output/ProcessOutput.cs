using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>
/// The destination of a child's standard output or standard error. In every case the last lines of standard error are kept for the error message of a
/// crash.
/// </summary>
/// <remarks>Instances are immutable and may be used by several threads and for several processes at once.</remarks>
/// <example>
/// <code>
/// var lines = new List&lt;string>();
/// var options = new ChildProcessOptions { StandardOutput = ProcessOutput.ToLines(lines.Add), StandardError = ProcessOutput.Discard };
/// using var child = ChildProcess.Run(() => Console.WriteLine("Hello"), options);
/// child.Join(); // all lines were delivered
/// Console.WriteLine(lines[0]); // Hello
/// </code>
/// </example>
public sealed class ProcessOutput
{
    private const string DefaultPrefix = "[{Name} {Id}] ";

    private readonly Func<OutputOrigin, Action<Exception>, IOutputSink?> _open;

    private ProcessOutput(Func<OutputOrigin, Action<Exception>, IOutputSink?> open) => _open = open;

    /// <summary>
    /// Gets the destination that the parent has. Standard output is the parent's own handle. Standard error passes through the parent, byte for byte,
    /// which keeps the last lines for the error message of a crash.
    /// </summary>
    public static ProcessOutput Inherit { get; } = new(static (_, _) => new PassedThroughOutput());

    /// <summary>Gets an output that is discarded. The last lines of standard error are kept all the same.</summary>
    public static ProcessOutput Discard { get; } = new(static (_, _) => null);

    /// <summary>
    /// Creates an output that calls back for each whole line, decoded as UTF-8 and without its line end. The calls are in order, one at a time, on
    /// the thread pool, or on a thread of the library if the thread pool is blocked.
    /// </summary>
    /// <param name="onLine">
    /// Receives each line. All lines have been delivered when <c>Join</c> returns. An exception of the callback is logged; only its line is lost.
    /// </param>
    /// <returns>The output.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="onLine"/> is <see langword="null"/>.</exception>
    public static ProcessOutput ToLines(Action<string> onLine)
    {
        ArgumentNullException.ThrowIfNull(onLine);
        return new ProcessOutput((_, onError) => new LineOutput(onLine, int.MaxValue, onError));
    }

    /// <summary>
    /// Creates an output that writes to the parent's stream of the same kind, each line with a prefix that names the process. A line is written with
    /// its prefix in one write of at most 4096 bytes, so no other process's line is mixed into it. A longer line is split, between characters, into
    /// several lines with a prefix each. The bytes are passed on unchanged.
    /// </summary>
    /// <param name="format">
    /// The prefix, in which <c>{Name}</c> and <c>{Id}</c> stand for the name and the id of the process. The default value is <see langword="null"/>,
    /// which means <c>[{Name} {Id}] </c>. A prefix is cut after 1024 bytes.
    /// </param>
    /// <returns>The output.</returns>
    /// <remarks>
    /// A line is written when its end arrives, or when the process ends; in that case a line end is added. All lines have been written when
    /// <c>Join</c> returns. If the parent's stream accepts no more bytes, for instance because a pipe has no reader, this is logged once and the rest
    /// is discarded. Neither the parent nor the child is affected.
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="format"/> contains a line end.</exception>
    public static ProcessOutput Prefix(string? format = null)
    {
        if (format?.AsSpan().ContainsAny('\r', '\n') == true)
        {
            throw new ArgumentException("A prefix is part of its line and must not contain a line end.", nameof(format));
        }

        return new ProcessOutput((origin, _) =>
        {
            var target = origin.IsError ? ParentStream.Error : ParentStream.Output;
            return new PrefixedOutput(origin.Expand(format ?? DefaultPrefix), target.Write);
        });
    }

    /// <summary>
    /// Creates an output that writes to a logger. Each line, decoded as UTF-8 and without its line end, is one record with the values
    /// <c>ProcessName</c>, <c>ProcessId</c> and <c>Line</c>. A line of more than 32768 characters is split into several records.
    /// </summary>
    /// <param name="logger">
    /// Receives the records, on the thread pool. The default value is <see langword="null"/>, which means the category <c>Multiprocessing.Output</c>
    /// of <see cref="MultiprocessingLogging.Factory"/>.
    /// </param>
    /// <param name="level">The level of the records. The default value is <see cref="LogLevel.Information"/>.</param>
    /// <returns>The output.</returns>
    /// <remarks>
    /// All records have been written when <c>Join</c> returns. If the logger throws, only that line is lost. Without <paramref name="logger"/> and
    /// without a factory there is no logger: the lines are then written to the parent's stream of the same kind, as with <see cref="Prefix"/>, and
    /// one line on standard error reports this.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> is not a level from Trace to Critical.</exception>
    public static ProcessOutput Log(ILogger? logger = null, LogLevel level = LogLevel.Information)
    {
        if (level is < LogLevel.Trace or >= LogLevel.None)
        {
            throw new ArgumentOutOfRangeException(
                nameof(level),
                level,
                $"The level must be from {nameof(LogLevel.Trace)} to {nameof(LogLevel.Critical)}. To drop the lines, use {nameof(Discard)}.");
        }

        return new ProcessOutput((origin, onError) =>
        {
            var target = logger; // the factory's logger is created with the first line: a factory that throws is treated as a logger that throws
            return new LineOutput(
                line =>
                {
                    if (target is null && !MultiprocessingLogging.IsConfigured)
                    {
                        OutputLog.HasNoLogger();
                        (origin.IsError ? ParentStream.Error : ParentStream.Output).WriteLine(origin.Expand(DefaultPrefix) + line);
                        return;
                    }

                    MultiprocessingLogging.OutputLine(
                        target ??= MultiprocessingLogging.CreateOutputLogger(), level, origin.Name, origin.ProcessId, line);
                },
                LineSplitter.LoggedLimit,
                onError);
        });
    }

    /// <summary>Opens the destination for one process; returns <see langword="null"/> if the output is discarded.</summary>
    internal IOutputSink? Open(OutputOrigin origin, Action<Exception> onError) => _open(origin, onError);
}
