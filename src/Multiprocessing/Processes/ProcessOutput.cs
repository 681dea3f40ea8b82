namespace Multiprocessing;

/// <summary>Where a child's standard output or standard error goes.</summary>
public sealed class ProcessOutput
{
    private ProcessOutput(Action<string>? onLine) => OnLine = onLine;

    /// <summary>
    /// To where the parent's goes. Standard output is the parent's own handle; standard error passes through the parent, byte for byte,
    /// which keeps the last lines for the error that tells of a crash.
    /// </summary>
    public static ProcessOutput Inherit { get; } = new(null);

    /// <summary>Nowhere. The last lines of standard error are kept all the same.</summary>
    public static ProcessOutput Discard { get; } = new(null);

    internal Action<string>? OnLine { get; }

    /// <summary>To a callback, in whole lines without their ends, in order, one call at a time, on the thread pool. Decoded as UTF-8.</summary>
    /// <param name="onLine">Receives each line. All have been delivered when <c>Join</c> returns. What it throws is logged and drops that line only.</param>
    /// <returns>The output.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="onLine"/> is <see langword="null"/>.</exception>
    public static ProcessOutput ToLines(Action<string> onLine)
    {
        ArgumentNullException.ThrowIfNull(onLine);
        return new ProcessOutput(onLine);
    }
}
