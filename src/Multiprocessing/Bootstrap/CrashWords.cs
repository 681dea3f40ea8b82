namespace Multiprocessing;

/// <summary>What the runtime says on standard error when it ends a process; both end in SIGABRT, which alone tells nothing.</summary>
internal enum CrashWords
{
    StackOverflow,
    FailFast,
}

/// <summary>Recognizes the runtime's words (dotnet/runtime: eepolicy.cpp).</summary>
internal static class CrashWordsFinder
{
    public static CrashWords? Find(ReadOnlySpan<byte> text) =>
        text.IndexOf("Stack overflow."u8) >= 0 ? CrashWords.StackOverflow
        : text.IndexOf("Process terminated."u8) >= 0 ? CrashWords.FailFast
        : null;
}
