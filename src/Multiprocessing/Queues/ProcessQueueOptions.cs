namespace Multiprocessing;

/// <summary>Options of a <see cref="ProcessQueue{T}"/>; read once, when the queue is created.</summary>
/// <example>
/// <code>
/// var options = new ProcessQueueOptions
/// {
///     Capacity = 1_000,      // a put waits while there are that many items
///     MaxBytes = 64L &lt;&lt; 20,  // or while the items take 64 MiB
///     DisplayName = "pages", // in messages and in the debugger
/// };
/// using var queue = new ProcessQueue&lt;byte[]>(options);
/// </code>
/// </example>
public sealed class ProcessQueueOptions
{
    /// <summary>
    /// Gets or sets the maximum number of items in the queue; a put waits while there are that many. The default is <see langword="null"/>: as many
    /// as <see cref="MaxBytes"/> allows. The value must be positive.
    /// </summary>
    public int? Capacity { get; set; }

    /// <summary>
    /// Gets or sets the maximum number of bytes of shared memory for the items in the queue, including their 8-byte headers; a put waits while its
    /// item would exceed it. A larger item is accepted when the queue is empty. The default is 1 GiB. The value must be positive.
    /// </summary>
    public long MaxBytes { get; set; } = 1L << 30;

    /// <summary>
    /// Gets or sets how long a call continues to wait after the last other process has released the queue normally; then it throws
    /// <see cref="QueueAbandonedException"/>. If that process was killed or crashed, the call throws at once. The default is 2 seconds;
    /// <see cref="Timeout.InfiniteTimeSpan"/> never throws. Other negative values are not allowed.
    /// </summary>
    public TimeSpan OrphanGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Gets or sets a name for messages and debuggers, without other effect; its first 48 characters are kept. The default is <see langword="null"/>.
    /// </summary>
    public string? DisplayName { get; set; }
}
