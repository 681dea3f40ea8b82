namespace Multiprocessing;

/// <summary>The crashes that the runtime announces on standard error. Both end in SIGABRT, which alone does not distinguish them.</summary>
internal enum RuntimeCrash
{
    StackOverflow,
    FailFast,
}

/// <summary>Recognizes the texts that the runtime writes when it ends a process (dotnet/runtime: eepolicy.cpp, excep.cpp).</summary>
internal static class RuntimeCrashText
{
    /// <summary>Length of the longest of the texts, in bytes.</summary>
    public const int Longest = 20;

    /// <summary>Returns the position of the first such text, or -1.</summary>
    public static int Find(ReadOnlySpan<byte> text)
    {
        var first = int.MaxValue;
        Find(text, "Stack overflow."u8, ref first);
        Find(text, "Process terminated."u8, ref first);
        Find(text, "Unhandled exception."u8, ref first);
        Find(text, "Fatal error."u8, ref first);
        return first == int.MaxValue ? -1 : first;
    }

    /// <summary>Returns the crash that the text announces, if the exit status alone does not identify it.</summary>
    public static RuntimeCrash? Meaning(ReadOnlySpan<byte> text) =>
        text.IndexOf("Stack overflow."u8) >= 0 ? RuntimeCrash.StackOverflow
        : text.IndexOf("Process terminated."u8) >= 0 ? RuntimeCrash.FailFast
        : null;

    private static void Find(ReadOnlySpan<byte> text, ReadOnlySpan<byte> announcement, ref int first)
    {
        if (text.IndexOf(announcement) is >= 0 and var found && found < first)
        {
            first = found;
        }
    }
}
