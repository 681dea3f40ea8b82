using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>Where a child's standard output or standard error goes. Immutable; one may serve any number of children, also those of a pool (<see cref="ProcessPoolOptions.Process"/>).</summary>
/// <remarks>Wherever standard error goes, its last 4 KiB are kept for the exception that tells of a crash.</remarks>
public sealed class ProcessOutput
{
    private readonly Func<OutputOrigin, OutputSink>? _open;

    private ProcessOutput(Func<OutputOrigin, OutputSink>? open) => _open = open;

    /// <summary>
    /// To where the parent's goes. Standard output is the parent's own handle; standard error passes through the parent, byte for byte,
    /// which keeps the last lines for the error that tells of a crash.
    /// </summary>
    public static ProcessOutput Inherit { get; } = new(static _ => new PassThroughSink());

    /// <summary>Nowhere. The last lines of standard error are kept all the same.</summary>
    public static ProcessOutput Discard { get; } = new(null);

    /// <summary>To a callback, in whole lines without their ends, in order, one call at a time, on the thread pool. Decoded as UTF-8.</summary>
    /// <param name="onLine">Receives each line. All have been delivered when <c>Join</c> returns. What it throws is logged and drops that line only.</param>
    /// <returns>The output.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="onLine"/> is <see langword="null"/>.</exception>
    public static ProcessOutput ToLines(Action<string> onLine)
    {
        ArgumentNullException.ThrowIfNull(onLine);
        return new ProcessOutput(origin => new LineSink(onLine, origin.OnError));
    }

    /// <summary>
    /// To the parent's standard output, or standard error for what the child wrote there, each line behind a prefix that says whose it is. Lines are written whole, so those of several children do not mix;
    /// a last one without an end gets one. All have been written when <c>Join</c> returns. The bytes of a line are passed on as they are; beyond 64 KiB a line is cut into several.
    /// </summary>
    /// <param name="prefix">Makes the prefix from the child's name and process id, once for each child. The default value is <see langword="null"/>: <c>[Name 4711] </c>, with a space behind it.</param>
    /// <returns>The output.</returns>
    public static ProcessOutput Prefix(Func<string, int, string>? prefix = null) =>
        new(origin => new PrefixSink(prefix is null ? $"[{origin.Name} {origin.ProcessId}] " : prefix(origin.Name, origin.ProcessId), origin.IsError));

    /// <summary>To a logger: each line is a record with the values <c>ProcessName</c>, <c>ProcessId</c> and <c>Line</c>. All have been logged when <c>Join</c> returns.</summary>
    /// <param name="logger">Who logs. The default value is <see langword="null"/>: the logger <c>Multiprocessing.Output</c> of <see cref="MultiprocessingLogging.Factory"/>. What it throws is logged and drops that line only.</param>
    /// <param name="level">The level of the records. The default value is <see cref="LogLevel.Information"/>.</param>
    /// <returns>The output.</returns>
    public static ProcessOutput Log(ILogger? logger = null, LogLevel level = LogLevel.Information) =>
        new(origin => new LineSink(line => MultiprocessingLogging.OutputLine(logger, level, origin.Name, origin.ProcessId, line), origin.OnError));

    /// <summary>Where one child's stream is to be written, or null if nowhere.</summary>
    internal OutputSink? Open(OutputOrigin origin) => _open?.Invoke(origin);
}
