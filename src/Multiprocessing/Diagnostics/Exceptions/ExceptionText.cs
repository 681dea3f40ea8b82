using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>Reads the texts of exceptions. Their virtual members are user code and may throw.</summary>
internal static class ExceptionText
{
    private const int MaxChecked = 256;

    private static readonly ConcurrentDictionary<Type, bool> HasOwnText = new();

    // The trace of one exception while it is written: its text and its graph both contain it, and creating it takes longer than everything else.
    [ThreadStatic]
    private static Exception? _traced;

    [ThreadStatic]
    private static string? _trace;

    [ThreadStatic]
    private static bool _remembers;

    public static string Message(Exception exception)
    {
        string? obstacle = null;
        return TryMessage(exception, ref obstacle);
    }

    /// <summary>Returns the type and the message.</summary>
    public static string OneLine(Exception exception) => $"{exception.GetType()}: {Message(exception)}";

    /// <summary>Returns the text of <see cref="Exception.ToString"/>, or what can be read if that throws or would never end.</summary>
    public static string Full(Exception exception)
    {
        var description = ExceptionDescription.Of(exception, TextLimits.Usual);
        try
        {
            return description.FindObstacle() is null ? exception.ToString() : description.ToText();
        }
        catch (Exception)
        {
            return description.ToText(); // it threw on the second call
        }
    }

    public static string? Source(Exception exception)
    {
        try
        {
            return exception.Source;
        }
        catch (Exception)
        {
            return null; // the getter is user code; its failure must not hide the exception that is reported
        }
    }

    /// <summary>
    /// Returns the message, or a text in its place. Then <paramref name="obstacle"/>, if it is not set already, becomes the reason why the exception
    /// is of no use as an object.
    /// </summary>
    public static string TryMessage(Exception exception, ref string? obstacle)
    {
        try
        {
            return exception.Message ?? "";
        }
        catch (Exception error)
        {
            obstacle ??= $"the {nameof(Exception.Message)} of {exception.GetType()} throws {Said(error)}.";
            return $"(its message could not be read: {nameof(Exception.Message)} threw {Said(error)})";
        }
    }

    /// <summary>Returns the stack trace in the same way; <see langword="null"/> if the exception was never thrown.</summary>
    public static string? TryTrace(Exception exception, ref string? obstacle)
    {
        if (ReferenceEquals(exception, _traced))
        {
            return _trace;
        }

        try
        {
            var trace = exception.StackTrace;
            if (_remembers && _traced is null)
            {
                (_traced, _trace) = (exception, trace);
            }

            return trace;
        }
        catch (Exception error)
        {
            obstacle ??= $"the {nameof(Exception.StackTrace)} of {exception.GetType()} throws {Said(error)}.";
            return $"   (its stack trace could not be read: {nameof(Exception.StackTrace)} threw {Said(error)})";
        }
    }

    /// <summary>Sets <paramref name="obstacle"/> if the exception's own <see cref="Exception.ToString"/> throws.</summary>
    public static void TryToText(Exception exception, ref string? obstacle)
    {
        if (obstacle is not null || !HasOwnText.GetOrAdd(exception.GetType(), static type => IsOwn(type)))
        {
            return;
        }

        try
        {
            _ = exception.ToString();
        }
        catch (Exception error)
        {
            obstacle = $"the {nameof(Exception.ToString)} of {exception.GetType()} throws {Said(error)}.";
        }
    }

    /// <summary>
    /// Returns why an exception that was rebuilt is of no use in this process: its own code throws when it is shown. <see langword="null"/> if it
    /// does not.
    /// </summary>
    public static string? FindObstacle(Exception exception)
    {
        string? obstacle = null;
        var open = new Stack<Exception>([exception]);
        for (var count = 0; count < MaxChecked && obstacle is null && open.TryPop(out var at); count++)
        {
            if (!Framework.Owns(at.GetType()))
            {
                _ = TryMessage(at, ref obstacle);
                _ = TryTrace(at, ref obstacle);
                TryToText(at, ref obstacle);
            }

            if (at is AggregateException aggregate)
            {
                foreach (var part in aggregate.InnerExceptions)
                {
                    open.Push(part);
                }
            }
            else if (at.InnerException is { } inner)
            {
                open.Push(inner);
            }
        }

        return obstacle;
    }

    /// <summary>Returns the trace with a last line that names this process. Frames that are added later follow that line.</summary>
    public static string? RemoteTrace(Exception exception)
    {
        string? obstacle = null;
        return TryTrace(exception, ref obstacle) is { Length: > 0 } trace && obstacle is null ? AsRemoteTrace(trace, Environment.ProcessId) : null;
    }

    public static string AsRemoteTrace(string trace, int processId)
    {
        // A trace that already ends with such a line was not thrown again here: this process only passed it on.
        var end = trace.TrimEnd();
        var isPassedOn =
            end.EndsWith("---", StringComparison.Ordinal)
                && end.LastIndexOf("--- End of stack trace from process ", StringComparison.Ordinal) > end.LastIndexOf('\n');
        return isPassedOn
            ? end + Environment.NewLine
            : $"{end}{Environment.NewLine}--- End of stack trace from process {processId} ---{Environment.NewLine}";
    }

    /// <summary>Until the result is disposed, this thread keeps the first trace that it reads.</summary>
    public static TraceMemory RememberTrace()
    {
        _remembers = true;
        return default;
    }

    /// <summary>Returns the text of an exception that a member threw. The message of a user's exception is not read: it may throw as well.</summary>
    private static string Said(Exception error)
    {
        var cause = error is TypeInitializationException { InnerException: { } inner } ? inner : error;
        return Framework.Owns(cause.GetType()) && cause is not AggregateException ? $"{cause.GetType()}: {cause.Message}" : $"{cause.GetType()}";
    }

    [UnconditionalSuppressMessage(
        "Trimming", "IL2070", Justification = "If a ToString was not kept for reflection, it is not called to see whether it throws.")]
    private static bool IsOwn(Type type)
    {
        var method = type.GetMethod(nameof(ToString), Type.EmptyTypes);
        return method is not null && !Framework.Owns(method.DeclaringType!);
    }

    public readonly ref struct TraceMemory
    {
        public void Dispose()
        {
            _remembers = false;
            _traced = null;
            _trace = null;
        }
    }
}
