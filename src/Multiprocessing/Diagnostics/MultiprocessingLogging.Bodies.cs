using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>What is to be said of a body that crosses.</summary>
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

    /// <summary>A newcomer's program has no logging, and is the one that must see it.</summary>
    internal static void CapturedAssigned(string method, string variables) => Safely(() =>
    {
        if (IsConfigured)
        {
            LogCapturedAssigned(ProcessLogger, method, variables);
        }
        else
        {
            OperatorText.WriteLine(
                $"Multiprocessing: the lambda in {method} changes captured {variables}. In another process that changes its copy only; here nothing changes. "
                + "Return the value, or use a SharedValue<T>, a SharedArray<T> or a ProcessQueue<T>.");
        }
    });

    /// <summary>Once for each type, of which the text is what messages call it.</summary>
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
                    $"Multiprocessing: the {text} that the body of a child captured is a copy there: what is reported to it does not reach this process. Report from a task of a ProcessPool, "
                    + "or through a ProcessQueue<T>. If a copy is what you want, put [Serializable] on the class.");
            }
        });
    }

    [LoggerMessage(
        EventId = 42,
        EventName = "ReporterCopied",
        Level = LogLevel.Warning,
        Message = "The {Type} that the body of a child captured is a copy there: what is reported to it does not reach this process. Report from a task of a ProcessPool, or through a ProcessQueue<T>. "
            + "If a copy is what you want, put [Serializable] on the class")]
    private static partial void LogReporterCopied(ILogger logger, string type);

    internal static void HotReloaded(string types) => Safely(() =>
    {
        if (IsConfigured)
        {
            LogHotReloaded(ProcessLogger, types);
        }
        else
        {
            OperatorText.WriteLine($"Multiprocessing: this program was changed by hot reload ({types}); other processes run it as it lies on disk, without that change. Restart it to have the change there too.");
        }
    });

    [LoggerMessage(
        EventId = 41,
        EventName = "HotReloaded",
        Level = LogLevel.Warning,
        Message = "This program was changed by hot reload ({Types}); other processes run it as it lies on disk, without that change. Restart it to have the change there too")]
    private static partial void LogHotReloaded(ILogger logger, string types);

    [LoggerMessage(
        EventId = 40,
        EventName = "CapturedVariableChanged",
        Level = LogLevel.Warning,
        Message = "The lambda in {Method} changes captured {Variables}. In another process that changes its copy only; here nothing changes. Return the value, or use a SharedValue<T>, a SharedArray<T> or a ProcessQueue<T>")]
    private static partial void LogCapturedAssigned(ILogger logger, string method, string variables);
}
