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
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened, to which process, and the way out.</param>
    /// <param name="innerException">The system's or the child's own error, if there is one.</param>
    public ProcessStartException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>No later try can succeed: it is the program and not the moment.</summary>
    internal bool IsFinal { get; init; }
}
