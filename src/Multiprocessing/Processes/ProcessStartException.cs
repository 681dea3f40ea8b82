namespace Multiprocessing;

/// <summary>A child process could not be started, or ended before it reached its body.</summary>
/// <example>
/// <code>
/// try
/// {
///     using var child = ChildProcess.Run(() => { }, new ChildProcessOptions { WorkingDirectory = "/no/such/directory" });
///     child.Wait();
/// }
/// catch (ProcessStartException exception)
/// {
///     Console.WriteLine(exception.Message); // names the directory that does not exist
/// }
/// </code>
/// </example>
public sealed class ProcessStartException : InvalidOperationException
{
    /// <summary>Initializes a new instance of the <see cref="ProcessStartException"/> class.</summary>
    /// <param name="message">A message that states what happened, to which process, and the way out.</param>
    /// <param name="innerException">The error of the system or of the child, or <see langword="null"/>.</param>
    public ProcessStartException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>No later attempt can succeed, because the reason is the program and not a temporary condition.</summary>
    internal bool IsFinal { get; init; }
}
