using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>The log records of managers.</summary>
internal static partial class ManagerLog
{
    private static ILogger Logger => MultiprocessingLogging.Factory.CreateLogger("Multiprocessing.Managers");

    public static void DisposeFailed(Exception exception, Type type) =>
        MultiprocessingLogging.Safely(() => LogDisposeFailed(Logger, exception, type));

    public static void ClientRejected(Exception exception, string client) =>
        MultiprocessingLogging.Safely(() => LogClientRejected(Logger, exception, client));

    public static void RoundFailed(Exception exception) => MultiprocessingLogging.Safely(() => LogRoundFailed(Logger, exception));

    [LoggerMessage(EventId = 90, Level = LogLevel.Error, Message = "A managed object of type {Type} threw an exception when it was disposed")]
    private static partial void LogDisposeFailed(ILogger logger, Exception exception, Type type);

    [LoggerMessage(EventId = 91, Level = LogLevel.Warning, Message = "The connection of the client {Client} of a manager could not be served")]
    private static partial void LogClientRejected(ILogger logger, Exception exception, string client);

    [LoggerMessage(
        EventId = 92,
        Level = LogLevel.Error,
        Message = "A manager could not look for new clients, or remove objects without clients; it serves its clients and tries again")]
    private static partial void LogRoundFailed(ILogger logger, Exception exception);
}
