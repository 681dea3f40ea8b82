using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Multiprocessing;

/// <summary>Where the library logs to. Nothing is logged in the ordinary course of work.</summary>
public static partial class MultiprocessingLogging
{
    private static ILoggerFactory s_factory = NullLoggerFactory.Instance;

    /// <summary>The factory of the library's loggers. The default value discards everything. Set it at the start of the program; a child has its own.</summary>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public static ILoggerFactory Factory
    {
        get => s_factory;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            s_factory = value;
        }
    }

    internal static ILogger Logger => Factory.CreateLogger("Multiprocessing");

    internal static void OutputCallbackFailed(Exception exception) => LogOutputCallbackFailed(Logger, exception);

    internal static void DeathNotAnnounced(Exception exception, int processId) => LogDeathNotAnnounced(Logger, exception, processId);

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A callback for a child's output threw; its line is dropped, the next ones still come")]
    private static partial void LogOutputCallbackFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "The death of child {ProcessId} could not be announced to the other processes; they find out within their next check")]
    private static partial void LogDeathNotAnnounced(ILogger logger, Exception exception, int processId);
}
