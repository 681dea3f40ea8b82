namespace Multiprocessing;

/// <summary>What is to be said of the output of children.</summary>
internal static class OutputLog
{
    private static int _missingLoggerTold;

    /// <summary>Once: it may come with every line.</summary>
    public static void HasNoLogger()
    {
        if (Interlocked.Exchange(ref _missingLoggerTold, 1) == 0)
        {
            ParentStream.Error.WriteLine(
                $"Multiprocessing: {nameof(ProcessOutput)}.{nameof(ProcessOutput.Log)} has no logger to write to, so the lines of children are written here with a prefix. "
                + $"Set {nameof(MultiprocessingLogging)}.{nameof(MultiprocessingLogging.Factory)}, or pass a logger.");
        }
    }
}
