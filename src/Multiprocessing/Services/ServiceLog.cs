using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>The log records of services.</summary>
internal static partial class ServiceLog
{
    private static ILogger Logger => MultiprocessingLogging.Factory.CreateLogger("Multiprocessing.Services");

    public static void EventHandlerFailed(Exception exception, string member) =>
        MultiprocessingLogging.Safely(() => LogEventHandlerFailed(Logger, exception, member));

    public static void ChannelFailed(Exception exception, string peer) =>
        MultiprocessingLogging.Safely(() => LogChannelFailed(Logger, exception, peer));

    public static void FailedAfterReply(Exception exception, string member) =>
        MultiprocessingLogging.Safely(() => LogFailedAfterReply(Logger, exception, member));

    public static void Ended(string name, int processId, ExitStatus status) =>
        MultiprocessingLogging.Safely(() => LogEnded(Logger, name, processId, status));

    public static void Restarted(string name, int processId, int restarts) =>
        MultiprocessingLogging.Safely(() => LogRestarted(Logger, name, processId, restarts));

    public static void RestartFailed(Exception exception, string name) =>
        MultiprocessingLogging.Safely(() => LogRestartFailed(Logger, exception, name));

    public static void GivenUp(Exception exception, string name, int restarts) =>
        MultiprocessingLogging.Safely(() => LogGivenUp(Logger, exception, name, restarts));

    [LoggerMessage(EventId = 83, Level = LogLevel.Warning, Message = "The process of service {Name} (pid {ProcessId}) has ended: {Status}")]
    private static partial void LogEnded(ILogger logger, string name, int processId, ExitStatus status);

    [LoggerMessage(EventId = 84, Level = LogLevel.Information, Message = "Service {Name} was started again (pid {ProcessId}, restart {Restarts})")]
    private static partial void LogRestarted(ILogger logger, string name, int processId, int restarts);

    [LoggerMessage(EventId = 85, Level = LogLevel.Error, Message = "Service {Name} could not be started again")]
    private static partial void LogRestartFailed(ILogger logger, Exception exception, string name);

    [LoggerMessage(EventId = 86, Level = LogLevel.Error, Message = "Service {Name} is given up after {Restarts} restarts: calls of it throw")]
    private static partial void LogGivenUp(ILogger logger, Exception exception, string name, int restarts);

    [LoggerMessage(
        EventId = 80,
        Level = LogLevel.Error,
        Message = "A handler of {Member} threw an exception; the other process does not get it, and the next event or report is delivered")]
    private static partial void LogEventHandlerFailed(ILogger logger, Exception exception, string member);

    [LoggerMessage(EventId = 81, Level = LogLevel.Error, Message = "The channel to {Peer} is closed, because a message could not be read or sent")]
    private static partial void LogChannelFailed(ILogger logger, Exception exception, string peer);

    [LoggerMessage(EventId = 82, Level = LogLevel.Error, Message = "{Member} threw an exception after it had returned its result to the caller")]
    private static partial void LogFailedAfterReply(ILogger logger, Exception exception, string member);
}
