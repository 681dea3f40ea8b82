namespace Multiprocessing;

/// <summary>Options of a <see cref="ProgramRecorder"/>.</summary>
/// <example>
/// <code>
/// var options = new ProgramRecorderOptions
/// {
///     Interval = TimeSpan.FromMilliseconds(500),
///     History = TimeSpan.FromMinutes(30), // older samples are dropped
///     MaxTasks = 1000,
/// };
/// await using var recorder = ProgramRecorder.StartCurrent(options);
/// </code>
/// </example>
public sealed class ProgramRecorderOptions
{
    /// <summary>Gets the time between two samples. The default value is one second; values from 0.1 seconds to one minute are accepted.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Gets the time that the charts go back. The default value, <see langword="null"/>, records the whole run: when 600 points are recorded,
    /// every second one
    /// is dropped, so that a run of any length needs the same memory. Otherwise between ten samples and 7,200 samples.
    /// </summary>
    public TimeSpan? History { get; init; }

    /// <summary>
    /// Gets the maximum number of finished tasks that the task stream contains; the newest ones are kept. The default value is 5,000. Up to 200
    /// failed
    /// tasks and the 50 slowest ones are kept in addition.
    /// </summary>
    public int MaxTasks { get; init; } = 5000;

    /// <summary>
    /// Gets the path of the report that <see cref="ProgramRecorder.DisposeAsync"/> writes. The default value, <see langword="null"/>, writes none.
    /// </summary>
    public string? ReportPath { get; init; }

    /// <summary>
    /// Gets how the cluster is read whose nodes are shown above the program's processes, for example the method <c>ReadClusterAsync</c> of a
    /// <c>ClusterPool</c>, or <c>ReadAsync</c> of a <c>ClusterMonitor</c>. The default value, <see langword="null"/>, shows none. It is called every
    /// <see cref="Interval"/>, but not again before it has answered; meanwhile the program is recorded on. If it fails, the last answer stays,
    /// with the error.
    /// </summary>
    public Func<CancellationToken, Task<ClusterSnapshot>>? Cluster { get; init; }

    internal int MaxPoints => History is { } history ? (int)Math.Ceiling(history / Interval) : 600;

    internal void Validate()
    {
        if (Interval < TimeSpan.FromMilliseconds(100) || Interval > TimeSpan.FromMinutes(1))
        {
            throw new ArgumentOutOfRangeException(nameof(Interval), Interval, "Interval must be between 0.1 seconds and one minute.");
        }

        if (MaxPoints is < 10 or > 7200)
        {
            throw new ArgumentOutOfRangeException(nameof(History), History,
                $"History must be between 10 and 7,200 times Interval, which is {Interval}.");
        }

        if (MaxTasks is < 0 or > 100_000)
        {
            throw new ArgumentOutOfRangeException(nameof(MaxTasks), MaxTasks, "MaxTasks must be between 0 and 100,000.");
        }
    }
}
