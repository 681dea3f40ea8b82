namespace Multiprocessing;

/// <summary>
/// Describes a crash that has no managed exception: a stack overflow, <see cref="Environment.FailFast(string)"/>, a segmentation fault. The message
/// is what the process wrote to standard error.
/// </summary>
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
    /// <summary>Initializes a new instance of the <see cref="ProcessCrashedException"/> class.</summary>
    /// <param name="message">What the process wrote to standard error when it crashed.</param>
    public ProcessCrashedException(string message)
        : base(message)
    {
    }
}
