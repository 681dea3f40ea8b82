using Microsoft.Extensions.Logging;

namespace Multiprocessing;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Multiprocessing dashboard: {Address}")]
    public static partial void Address(ILogger logger, string address);

    [LoggerMessage(2, LogLevel.Error, "The dashboard shows no new values: the program cannot be read any more.")]
    public static partial void Failed(ILogger logger, Exception error);
}
