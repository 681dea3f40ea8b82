namespace Multiprocessing;

/// <summary>What a crash (a stack overflow, <see cref="Environment.FailFast(string)"/>, a segmentation fault) left on standard error; no managed exception exists then.</summary>
public sealed class ProcessCrashedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What the process wrote to standard error when it crashed.</param>
    public ProcessCrashedException(string message)
        : base(message)
    {
    }
}
