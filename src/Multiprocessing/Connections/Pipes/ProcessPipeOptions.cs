namespace Multiprocessing;

/// <summary>Options of a <see cref="ProcessPipe"/>; read once, when the pipe is created.</summary>
/// <example>
/// <code>
/// var options = new ProcessPipeOptions
/// {
///     MaxBytes = 64L &lt;&lt; 20,  // a send waits while 64 MiB were sent and not received
///     DisplayName = "pages", // in messages and in the debugger
/// };
/// var (receiver, sender) = ProcessPipe.CreateOneWay(options);
/// </code>
/// </example>
public sealed class ProcessPipeOptions
{
    /// <summary>
    /// Gets or sets the maximum number of bytes of shared memory for the messages in each direction that were sent and not received; a send waits
    /// while its message would exceed it. A larger message is accepted when no other message is in that direction of the pipe. The default is 4 MiB.
    /// The value must be positive.
    /// </summary>
    public long MaxBytes { get; set; } = 4L << 20;

    /// <summary>
    /// Gets or sets a name for messages and debuggers, without other effect; its first 48 characters are kept. The default is <see langword="null"/>.
    /// </summary>
    public string? DisplayName { get; set; }
}
