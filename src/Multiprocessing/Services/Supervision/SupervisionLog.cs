using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>
/// The log records of supervisors, in the category <c>Multiprocessing.Supervision</c>: starts and stops as Information, deaths and failed probes as
/// Warning, a supervisor that gives up as Error.
/// </summary>
internal static partial class SupervisionLog
{
    private static ILogger Logger => MultiprocessingLogging.Factory.CreateLogger("Multiprocessing.Supervision");

    public static void Started(string supervisor, string child, int? processId, int restarts) =>
        MultiprocessingLogging.Safely(() => LogStarted(Logger, supervisor, child, processId, restarts));

    public static void Stopped(string supervisor, string child, string how) =>
        MultiprocessingLogging.Safely(() => LogStopped(Logger, supervisor, child, how));

    public static void Died(string supervisor, string child, int processId, ChildEnd end) =>
        MultiprocessingLogging.Safely(() => LogDied(Logger, end.Failure, supervisor, child, processId, end.Text));

    public static void StartFailed(string supervisor, string child, ChildEnd end) =>
        MultiprocessingLogging.Safely(() => LogStartFailed(Logger, end.Failure, supervisor, child, end.Text));

    public static void Ended(string supervisor, string child, RestartPolicy policy) =>
        MultiprocessingLogging.Safely(() => LogEnded(Logger, supervisor, child, policy));

    public static void Restarts(string supervisor, string child, RestartStrategy strategy, TimeSpan delay, int recent, int most) =>
        MultiprocessingLogging.Safely(() => LogRestarts(Logger, supervisor, child, strategy, delay.TotalMilliseconds, recent, most));

    public static void ProbeFailed(string supervisor, string child, int failures, int most, Exception? exception) =>
        MultiprocessingLogging.Safely(() => LogProbeFailed(Logger, exception, supervisor, child, failures, most));

    public static void Escalated(string supervisor, SupervisorEscalatedException exception) =>
        MultiprocessingLogging.Safely(() => LogEscalated(Logger, exception, supervisor, exception.ChildName));

    public static void StopFailed(string supervisor, string child, Exception exception) =>
        MultiprocessingLogging.Safely(() => LogStopFailed(Logger, exception, supervisor, child));

    [LoggerMessage(EventId = 60, Level = LogLevel.Information,
        Message = "Supervisor {Supervisor}: {Child} ({ProcessId}) runs, after {Restarts} restarts")]
    private static partial void LogStarted(ILogger logger, string supervisor, string child, int? processId, int restarts);

    [LoggerMessage(EventId = 61, Level = LogLevel.Information, Message = "Supervisor {Supervisor}: {Child} was stopped: {How}")]
    private static partial void LogStopped(ILogger logger, string supervisor, string child, string how);

    [LoggerMessage(EventId = 62, Level = LogLevel.Warning, Message = "Supervisor {Supervisor}: {Child} ({ProcessId}) died: {How}")]
    private static partial void LogDied(ILogger logger, Exception? exception, string supervisor, string child, int processId, string how);

    [LoggerMessage(EventId = 63, Level = LogLevel.Warning, Message = "Supervisor {Supervisor}: {Child} could not be started: {How}")]
    private static partial void LogStartFailed(ILogger logger, Exception? exception, string supervisor, string child, string how);

    [LoggerMessage(EventId = 64, Level = LogLevel.Information,
        Message = "Supervisor {Supervisor}: {Child} has ended and is not started again, because it is {Policy}")]
    private static partial void LogEnded(ILogger logger, string supervisor, string child, RestartPolicy policy);

    [LoggerMessage(EventId = 65, Level = LogLevel.Information,
        Message = "Supervisor {Supervisor}: because {Child} ended, {Strategy} starts again in {Delay} ms; restart {Recent} of {MaxRestarts} within "
            + "the period")]
    private static partial void LogRestarts(
        ILogger logger, string supervisor, string child, RestartStrategy strategy, double delay, int recent, int maxRestarts);

    [LoggerMessage(EventId = 66, Level = LogLevel.Warning,
        Message = "Supervisor {Supervisor}: the health probe of {Child} failed, {Failures} of {ProbeFailures} in a row")]
    private static partial void LogProbeFailed(
        ILogger logger, Exception? exception, string supervisor, string child, int failures, int probeFailures);

    [LoggerMessage(EventId = 67, Level = LogLevel.Error,
        Message = "Supervisor {Supervisor} gives up and stops all its children, because {Child} ended too often")]
    private static partial void LogEscalated(ILogger logger, Exception exception, string supervisor, string child);

    [LoggerMessage(EventId = 68, Level = LogLevel.Error,
        Message = "Supervisor {Supervisor}: the stop of {Child} failed; it is killed")]
    private static partial void LogStopFailed(ILogger logger, Exception exception, string supervisor, string child);
}
