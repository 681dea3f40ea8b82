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

    [LoggerMessage(
        EventId = 80,
        Level = LogLevel.Error,
        Message = "A handler of {Member} threw an exception; the other process does not get it, and the next event or report is delivered")]
    private static partial void LogEventHandlerFailed(ILogger logger, Exception exception, string member);

    [LoggerMessage(EventId = 81, Level = LogLevel.Error, Message = "The channel to {Peer} is closed, because a message could not be read")]
    private static partial void LogChannelFailed(ILogger logger, Exception exception, string peer);

    [LoggerMessage(EventId = 82, Level = LogLevel.Error, Message = "{Member} threw an exception after it had returned its result to the caller")]
    private static partial void LogFailedAfterReply(ILogger logger, Exception exception, string member);
}
