namespace Multiprocessing;

/// <summary>How a <see cref="ProcessQueue{T}"/> behaves; read once, when the queue is created.</summary>
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
    /// How many items the queue holds at most; a put waits while there are that many. The default is <see langword="null"/>: as many as
    /// <see cref="MaxBytes"/> allows. Zero and less are refused.
    /// </summary>
    public int? Capacity { get; set; }

    /// <summary>
    /// How many bytes of shared memory the items in the queue take at most, their 8-byte headers included; a put waits while the item would go beyond.
    /// An item larger than that is let in when the queue is empty. The default is 1 GiB. Zero and less are refused.
    /// </summary>
    public long MaxBytes { get; set; } = 1L << 30;

    /// <summary>
    /// How long a waiting call goes on waiting once the last other process has let go of the queue in good order; then it throws
    /// <see cref="QueueAbandonedException"/>. When that process was killed or crashed there is no grace. The default is 2 seconds;
    /// <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Other negative values are refused.
    /// </summary>
    public TimeSpan OrphanGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A name for messages and debuggers, no semantics; its first 48 characters are kept. The default is <see langword="null"/>.</summary>
    public string? DisplayName { get; set; }
}
