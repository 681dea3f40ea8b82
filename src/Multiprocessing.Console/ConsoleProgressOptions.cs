using Spectre.Console;

namespace Multiprocessing;

/// <summary>Options of a <see cref="ConsoleProgress"/>. The constructor copies them: later changes have no effect.</summary>
/// <example>
/// <code>
/// var options = new ConsoleProgressOptions
/// {
///     MaxWorkerLines = 0,                      // only the bar
///     KeepsFinished = false,                   // and nothing when the call has ended
///     LineInterval = TimeSpan.FromMinutes(1),  // in a log
/// };
/// await using var pool = new ProcessPool();
/// await foreach (int square in pool.StreamAsync(Enumerable.Range(0, 100), n => n * n, new() { Progress = new ConsoleProgress("squares", options) }))
/// {
///     // What the program writes here appears above the bar.
/// }
/// </code>
/// </example>
public sealed class ConsoleProgressOptions
{
    /// <summary>
    /// Gets or sets where the bar is drawn, if this is a terminal, or where the lines are written, if not. The default value is
    /// <see langword="null"/>: <see cref="AnsiConsole.Console"/> if standard output is a terminal; otherwise standard error, so that redirected
    /// output contains nothing but the output of the program.
    /// </summary>
    public IAnsiConsole? Console { get; set; }

    /// <summary>
    /// Gets or sets the maximum number of lines with one worker each, below the bar. A pool with more workers has one line with one character for
    /// each of them. 0 shows no workers. The default value is 8.
    /// </summary>
    public int MaxWorkerLines { get; set; } = 8;

    /// <summary>
    /// Gets or sets a value that indicates whether a line stays on the terminal when the call has ended. The default value is <see langword="true"/>.
    /// </summary>
    public bool KeepsFinished { get; set; } = true;

    /// <summary>
    /// Gets or sets the time between two lines if the output is not a terminal. The last line is always written. The default value is 10 seconds.
    /// </summary>
    public TimeSpan LineInterval { get; set; } = TimeSpan.FromSeconds(10);

    internal ConsoleProgressOptions ToValidated()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaxWorkerLines);
        ArgumentOutOfRangeException.ThrowIfLessThan(LineInterval, TimeSpan.Zero);
        return (ConsoleProgressOptions)MemberwiseClone();
    }
}
