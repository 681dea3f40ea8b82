using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Multiprocessing;

/// <summary>Sets the loggers of the library.</summary>
public static partial class MultiprocessingLogging
{
    private static ILoggerFactory _factory = NullLoggerFactory.Instance;
    private static int _hasReportedLogger;

    /// <summary>
    /// Gets or sets the factory of the library's loggers. The default value logs nothing; warnings that an operator must see (such as a full
    /// /dev/shm) are then written to standard error, one line each. Set it once, at the start of the program: loggers are created when they are
    /// needed. Each child has its own factory. Thread-safe.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public static ILoggerFactory Factory
    {
        get => Volatile.Read(ref _factory);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Volatile.Write(ref _factory, value);
        }
    }

    internal static bool IsConfigured => !ReferenceEquals(Factory, NullLoggerFactory.Instance);

    private static ILogger ProcessLogger => Factory.CreateLogger("Multiprocessing.Processes");

    /// <summary>Logs a warning that an operator must see; on standard error if no logging is configured.</summary>
    internal static void WarnOperator(string category, string message)
    {
        if (!IsConfigured)
        {
            Console.Error.WriteLine($"Multiprocessing: {message}");
            return;
        }

        Factory.CreateLogger(category).Log(LogLevel.Warning, 0, message, null, static (text, _) => text);
    }

    internal static void OutputCallbackFailed(Exception exception) => Safely(() => LogOutputCallbackFailed(ProcessLogger, exception));

    internal static void ParentStreamBroken(Exception? exception, string stream) =>
        Safely(() => LogParentStreamBroken(ProcessLogger, exception, stream));

    internal static ILogger CreateOutputLogger() => Factory.CreateLogger("Multiprocessing.Output");

    internal static void OutputLine(ILogger logger, LogLevel level, string processName, int processId, string line) =>
        LogOutputLine(logger, level, processName, processId, line);

    internal static void LeavingFailed(Exception exception) =>
        Safely(() => LogLeavingFailed(Factory.CreateLogger("Multiprocessing.SharedMemory"), exception));

    internal static void DeathNotAnnounced(Exception exception, int processId) =>
        Safely(() => LogDeathNotAnnounced(ProcessLogger, exception, processId));

    /// <summary>
    /// Logs an exception that left a thread, a timer, a work item or a callback of the library; on standard error if no logging is configured,
    /// because nothing else reports it.
    /// </summary>
    internal static void EntryPointFailed(Exception exception, EntryPoint point)
    {
        if (IsConfigured)
        {
            Safely(() => LogEntryPointFailed(ProcessLogger, exception, point));
        }
        else
        {
            OperatorText.WriteLine(
                $"Multiprocessing: {point} of process {Environment.ProcessId} threw, and the object that it worked for has failed: "
                + $"{ExceptionText.Full(exception)}");
        }
    }

    [LoggerMessage(
        EventId = 30,
        Level = LogLevel.Error,
        Message = "An exception left the library's own {EntryPoint}; the object that it worked for has failed, and the program continues")]
    private static partial void LogEntryPointFailed(ILogger logger, Exception exception, EntryPoint entryPoint);

    /// <summary>
    /// Logs on a thread of the library, where a logger that throws would end the program. The exception is reported once, because every record may
    /// throw.
    /// </summary>
    internal static void Safely(Action log)
    {
        try
        {
            log();
        }
        catch (Exception exception)
        {
            if (Interlocked.Exchange(ref _hasReportedLogger, 1) == 0)
            {
                OperatorText.WriteLine(
                    $"Multiprocessing: a logger of {nameof(MultiprocessingLogging)}.{nameof(Factory)} throws, and records of the library are lost: "
                    + $"{exception.Message}");
            }
        }
    }

    [LoggerMessage(
        EventId = 1,
        Level = LogLevel.Error,
        Message = "A callback for a child's output threw; its line is dropped, and it is called for the next lines")]
    private static partial void LogOutputCallbackFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        EventId = 6,
        Level = LogLevel.Warning,
        Message = "This process could not release all shared memory; the rest is released when it has exited")]
    private static partial void LogLeavingFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        EventId = 2,
        Level = LogLevel.Error,
        Message = "The death of child {ProcessId} could not be announced to the other processes; they detect it at their next check")]
    private static partial void LogDeathNotAnnounced(ILogger logger, Exception exception, int processId);

    [LoggerMessage(EventId = 3, Message = "{ProcessName} ({ProcessId}): {Line}")]
    private static partial void LogOutputLine(ILogger logger, LogLevel level, string processName, int processId, string line);

    [LoggerMessage(
        EventId = 4,
        Level = LogLevel.Warning,
        Message = "This process's {Stream} is closed; what its children still write there is dropped")]
    private static partial void LogParentStreamBroken(ILogger logger, Exception? exception, string stream);
}
