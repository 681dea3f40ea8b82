using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>Warnings about a body that crosses.</summary>
/// <example>
/// <code>
/// // At the start of the program:
/// using ILoggerFactory factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning));
/// MultiprocessingLogging.Factory = factory;
/// </code>
/// </example>
public static partial class MultiprocessingLogging
{
    private static readonly HashSet<Type> CopiedReporters = [];

    /// <summary>Written to standard error if no logging is configured: such a program needs the warning most.</summary>
    internal static void CapturedAssigned(string method, string variables) => Safely(() =>
    {
        if (IsConfigured)
        {
            LogCapturedAssigned(ProcessLogger, method, variables);
        }
        else
        {
            OperatorText.WriteLine(
                $"Multiprocessing: the lambda in {method} changes captured {variables}. In another process it changes a copy; in this process "
                + "nothing changes. "
                + "Return the value, or use a SharedValue<T>, a SharedArray<T> or a ProcessQueue<T>.");
        }
    });

    /// <summary>Logs once for each type.</summary>
    /// <param name="type">The class of the object.</param>
    /// <param name="text">The name of the class in messages.</param>
    internal static void ReporterCopied(Type type, string text)
    {
        lock (CopiedReporters)
        {
            if (!CopiedReporters.Add(type))
            {
                return;
            }
        }

        Safely(() =>
        {
            if (IsConfigured)
            {
                LogReporterCopied(ProcessLogger, text);
            }
            else
            {
                OperatorText.WriteLine(
                    $"Multiprocessing: the body of a child captured a {text}, which is copied: values that the child reports to it do not reach "
                    + "this process. Report from a task of a ProcessPool, "
                    + "or by a ProcessQueue<T>. If you want a copy, put [Serializable] on the class.");
            }
        });
    }

    [LoggerMessage(
        EventId = 42,
        EventName = "ReporterCopied",
        Level = LogLevel.Warning,
        Message = "The body of a child captured a {Type}, which is copied: values that the child reports to it do not reach this process. Report "
            + "from a task of a ProcessPool, or by a ProcessQueue<T>. "
            + "If you want a copy, put [Serializable] on the class")]
    private static partial void LogReporterCopied(ILogger logger, string type);

    internal static void HotReloaded(string types) => Safely(() =>
    {
        if (IsConfigured)
        {
            LogHotReloaded(ProcessLogger, types);
        }
        else
        {
            OperatorText.WriteLine(
                $"Multiprocessing: this program was changed by hot reload ({types}); other processes run the program on disk, without that change. "
                + "Restart the program to run the change there too.");
        }
    });

    [LoggerMessage(
        EventId = 41,
        EventName = "HotReloaded",
        Level = LogLevel.Warning,
        Message = "This program was changed by hot reload ({Types}); other processes run the program on disk, without that change. Restart the "
            + "program to run the change there too")]
    private static partial void LogHotReloaded(ILogger logger, string types);

    [LoggerMessage(
        EventId = 40,
        EventName = "CapturedVariableChanged",
        Level = LogLevel.Warning,
        Message = "The lambda in {Method} changes captured {Variables}. In another process it changes a copy; in this process nothing changes. "
            + "Return the value, or use a SharedValue<T>, a SharedArray<T> or a ProcessQueue<T>")]
    private static partial void LogCapturedAssigned(ILogger logger, string method, string variables);
}
