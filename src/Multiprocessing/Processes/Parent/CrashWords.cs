namespace Multiprocessing;

/// <summary>What the runtime says on standard error when it ends a process; both end in SIGABRT, which alone tells nothing.</summary>
internal enum CrashWords
{
    StackOverflow,
    FailFast,
}

/// <summary>Recognizes the runtime's words (dotnet/runtime: eepolicy.cpp, excep.cpp).</summary>
internal static class CrashWordsFinder
{
    /// <summary>Bytes of the longest of the words.</summary>
    public const int Longest = 20;

    /// <summary>Where the first of the words begins with which the runtime announces the end of a process, or -1.</summary>
    public static int Find(ReadOnlySpan<byte> text)
    {
        var first = int.MaxValue;
        Look(text, "Stack overflow."u8, ref first);
        Look(text, "Process terminated."u8, ref first);
        Look(text, "Unhandled exception."u8, ref first);
        Look(text, "Fatal error."u8, ref first);
        return first == int.MaxValue ? -1 : first;
    }

    /// <summary>What the words in the text mean, for those of which the exit status does not tell it.</summary>
    public static CrashWords? Meaning(ReadOnlySpan<byte> text) =>
        text.IndexOf("Stack overflow."u8) >= 0 ? CrashWords.StackOverflow
        : text.IndexOf("Process terminated."u8) >= 0 ? CrashWords.FailFast
        : null;

    private static void Look(ReadOnlySpan<byte> text, ReadOnlySpan<byte> words, ref int first)
    {
        if (text.IndexOf(words) is >= 0 and var found && found < first)
        {
            first = found;
        }
    }
}
