using Microsoft.Extensions.Logging;

namespace Multiprocessing;

public static partial class MultiprocessingLogging
{
    private static ILogger ConnectionLogger => Factory.CreateLogger("Multiprocessing.Connections");

    internal static void ClientRejected(Exception exception, string listener) =>
        Safely(() => LogClientRejected(ConnectionLogger, listener, exception.Message));

    internal static void AcceptFailed(Exception exception, string listener) => Safely(() => LogAcceptFailed(ConnectionLogger, exception, listener));

    [LoggerMessage(EventId = 60, Level = LogLevel.Warning, Message = "The listener at {Listener} rejected a client: {Reason}")]
    private static partial void LogClientRejected(ILogger logger, string listener, string reason);

    [LoggerMessage(
        EventId = 61,
        Level = LogLevel.Error,
        Message = "The listener at {Listener} could not accept a client; it continues to listen")]
    private static partial void LogAcceptFailed(ILogger logger, Exception exception, string listener);
}
