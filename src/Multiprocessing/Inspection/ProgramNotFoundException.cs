namespace Multiprocessing;

/// <summary>
/// The process belongs to no running program of this library that this user may look at: it does not exist, has ended, is another user's, has not yet
/// used the library, or uses a version of it whose shared memory has another layout.
/// </summary>
/// <example>
/// <code>
/// try
/// {
///     using var monitor = ProgramMonitor.Open(1);
/// }
/// catch (ProgramNotFoundException exception)
/// {
///     Console.WriteLine(exception.Message);
/// }
/// </code>
/// </example>
public sealed class ProgramNotFoundException : InvalidOperationException
{
    /// <summary>Initializes a new instance of the <see cref="ProgramNotFoundException"/> class.</summary>
    /// <param name="message">The message.</param>
    /// <param name="processId">The process that was looked for.</param>
    public ProgramNotFoundException(string message, int processId = 0)
        : base(message) => ProcessId = processId;

    /// <summary>Gets the process that was looked for.</summary>
    public int ProcessId { get; }
}
