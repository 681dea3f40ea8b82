namespace Multiprocessing;

/// <summary>Texts of exceptions, whose virtual members are user code and may throw themselves.</summary>
internal static class ExceptionText
{
    public static string Message(Exception exception) =>
        Ask(exception, static exception => exception.Message) ?? "(its message could not be read)";

    public static string? Source(Exception exception) => Ask(exception, static exception => exception.Source);

    public static string? Trace(Exception exception) => Ask(exception, static exception => exception.StackTrace);

    /// <summary>The trace with a line that tells where it comes from, to stand above the frames that are added later.</summary>
    public static string? RemoteTrace(Exception exception)
    {
        if (Trace(exception) is not { Length: > 0 } trace)
        {
            return null;
        }

        // A trace that already ends with that line was not thrown again here: this process only passed it on.
        var end = trace.TrimEnd();
        var isPassedOn = end.EndsWith("---", StringComparison.Ordinal) && end.LastIndexOf("--- End of stack trace from process ", StringComparison.Ordinal) > end.LastIndexOf('\n');
        return isPassedOn
            ? end + Environment.NewLine
            : $"{end}{Environment.NewLine}--- End of stack trace from process {Environment.ProcessId} ---{Environment.NewLine}";
    }

    private static string? Ask(Exception exception, Func<Exception, string?> question)
    {
        try
        {
            return question(exception);
        }
        catch (Exception)
        {
            // The question was put to an exception that is being reported; its own failure to answer must not hide it.
            return null;
        }
    }
}
