namespace Multiprocessing;

/// <summary>What a crash (a stack overflow, <see cref="Environment.FailFast(string)"/>, a segmentation fault) left on standard error; no managed exception exists then.</summary>
public sealed class ProcessCrashedException : Exception
{
    internal ProcessCrashedException(string message)
        : base(message)
    {
    }
}
