using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Multiprocessing;

/// <summary>Where the library logs to.</summary>
public static partial class MultiprocessingLogging
{
    private static ILoggerFactory _factory = NullLoggerFactory.Instance;
    private static int _brokenLoggerTold;

    /// <summary>
    /// The factory of the library's loggers. The default logs nowhere, except that what an operator must know (such as a full /dev/shm) then goes to
    /// standard error as one line. Set it once, early; loggers are created when they are needed; a child has its own. Thread-safe.
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

    /// <summary>Something that an operator must see even in a program that configured no logging.</summary>
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

    internal static void ParentStreamBroken(Exception? exception, string stream) => Safely(() => LogParentStreamBroken(ProcessLogger, exception, stream));

    internal static ILogger CreateOutputLogger() => Factory.CreateLogger("Multiprocessing.Output");

    internal static void OutputLine(ILogger logger, LogLevel level, string processName, int processId, string line) => LogOutputLine(logger, level, processName, processId, line);

    internal static void LeavingFailed(Exception exception) => Safely(() => LogLeavingFailed(Factory.CreateLogger("Multiprocessing.SharedMemory"), exception));

    internal static void DeathNotAnnounced(Exception exception, int processId) => Safely(() => LogDeathNotAnnounced(ProcessLogger, exception, processId));

    /// <summary>An exception left a thread, a timer, a work item or a callback of the library. Without a logger it is said on standard error: nobody else would say it.</summary>
    internal static void EntryPointFailed(Exception exception, EntryPoint point)
    {
        if (IsConfigured)
        {
            Safely(() => LogEntryPointFailed(ProcessLogger, exception, point));
        }
        else
        {
            OperatorText.WriteLine($"Multiprocessing: {point} of process {Environment.ProcessId} threw, and what it worked for has failed: {ExceptionText.Full(exception)}");
        }
    }

    [LoggerMessage(EventId = 30, Level = LogLevel.Error, Message = "An exception left the library's own {EntryPoint}; what it worked for has failed, and the program goes on")]
    private static partial void LogEntryPointFailed(ILogger logger, Exception exception, EntryPoint entryPoint);

    /// <summary>For what is logged on a thread of the library's own, where a logger that throws would end the program. That is told once: it may come with every line.</summary>
    internal static void Safely(Action log)
    {
        try
        {
            log();
        }
        catch (Exception exception)
        {
            if (Interlocked.Exchange(ref _brokenLoggerTold, 1) == 0)
            {
                OperatorText.WriteLine($"Multiprocessing: a logger of {nameof(MultiprocessingLogging)}.{nameof(Factory)} throws, and what the library has to say is lost: {exception.Message}");
            }
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A callback for a child's output threw; its line is dropped, the next ones still come")]
    private static partial void LogOutputCallbackFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 6, Level = LogLevel.Warning, Message = "This process could not let go of all shared memory; what is left goes when it has ended")]
    private static partial void LogLeavingFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "The death of child {ProcessId} could not be announced to the other processes; they find out within their next check")]
    private static partial void LogDeathNotAnnounced(ILogger logger, Exception exception, int processId);

    [LoggerMessage(EventId = 3, Message = "{ProcessName} ({ProcessId}): {Line}")]
    private static partial void LogOutputLine(ILogger logger, LogLevel level, string processName, int processId, string line);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "This process's {Stream} takes nothing more; what its children still write there is dropped")]
    private static partial void LogParentStreamBroken(ILogger logger, Exception? exception, string stream);
}
