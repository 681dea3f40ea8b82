namespace Multiprocessing;

/// <summary>
/// The clock of a supervisor. The system's clock is the library's own, which needs no thread of the thread pool; any other one is the program's, such
/// as one that a test moves by hand.
/// </summary>
internal sealed class SupervisorClock(TimeProvider provider)
{
    public TimeProvider Provider { get; } = provider;

    public DateTimeOffset Now => Provider.GetUtcNow();

    public long Timestamp => Provider.GetTimestamp();

    public TimeSpan Since(long timestamp) => Provider.GetElapsedTime(timestamp);

    /// <summary>Runs an action once after a delay, unless the result is disposed before.</summary>
    /// <param name="delay">The delay; zero for as soon as possible.</param>
    /// <param name="action">Runs as library work, or on the thread that moves the clock.</param>
    /// <param name="fail">Receives an exception of the action.</param>
    public IDisposable After(TimeSpan delay, Action action, Action<Exception> fail) =>
        ReferenceEquals(Provider, TimeProvider.System)
            ? LastResort.NewTimer(EntryPoint.SupervisorTimer, delay, action, fail)
            : Provider.CreateTimer(
                _ => LastResort.Run(EntryPoint.SupervisorTimer, action, fail), null, delay, Timeout.InfiniteTimeSpan);
}
