namespace Multiprocessing;

/// <summary>Messages about the output of children.</summary>
internal static class OutputLog
{
    private static int _missingLoggerTold;

    /// <summary>Written once: the reason may occur with every line.</summary>
    public static void HasNoLogger()
    {
        if (Interlocked.Exchange(ref _missingLoggerTold, 1) == 0)
        {
            ParentStream.Error.WriteLine(
                $"Multiprocessing: {nameof(ProcessOutput)}.{nameof(ProcessOutput.Log)} has no logger, so the lines of child processes are written "
                + "here with a "
                + $"prefix. Set {nameof(MultiprocessingLogging)}.{nameof(MultiprocessingLogging.Factory)}, or pass a logger.");
        }
    }
}
