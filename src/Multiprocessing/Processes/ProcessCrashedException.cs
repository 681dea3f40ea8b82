namespace Multiprocessing;

/// <summary>What a crash (a stack overflow, <see cref="Environment.FailFast(string)"/>, a segmentation fault) left on standard error; no managed exception exists then.</summary>
/// <example>
/// <code>
/// using var child = ChildProcess.Run(() => Environment.FailFast("The native library is broken."));
/// child.Join();
/// if (child.ExitStatus!.Error is ProcessCrashedException crash)
/// {
///     Console.WriteLine(crash.Message); // what the runtime wrote to standard error
/// }
/// </code>
/// </example>
public sealed class ProcessCrashedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What the process wrote to standard error when it crashed.</param>
    public ProcessCrashedException(string message)
        : base(message)
    {
    }
}
