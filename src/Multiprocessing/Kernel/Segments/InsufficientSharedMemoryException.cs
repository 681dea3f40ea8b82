namespace Multiprocessing;

/// <summary>
/// Shared memory could not be created: there is no room in /dev/shm and in the temp directory, or this process has as many mappings as the system
/// allows.
/// </summary>
/// <example>
/// <code>
/// try
/// {
///     using var memory = new SharedMemory(1L &lt;&lt; 50);
/// }
/// catch (InsufficientSharedMemoryException exception)
/// {
///     Console.WriteLine($"{exception.Path} has {exception.AvailableBytes} bytes left of the {exception.RequestedBytes} that are needed.");
/// }
/// </code>
/// </example>
public sealed class InsufficientSharedMemoryException : IOException
{
    /// <summary>Initializes a new instance of the <see cref="InsufficientSharedMemoryException"/> class.</summary>
    /// <param name="path">The file that could not be created.</param>
    /// <param name="requestedBytes">The requested size in bytes.</param>
    /// <param name="availableBytes">The number of free bytes on that file system.</param>
    public InsufficientSharedMemoryException(string path, long requestedBytes, long availableBytes)
        : this(
            path,
            requestedBytes,
            availableBytes,
            $"There is no room for {requestedBytes} bytes of shared memory at '{path}' ({availableBytes} bytes are free there). "
            + "Make room, give the container a larger /dev/shm (docker run --shm-size), point TMPDIR to a larger file system, or bound the queues "
            + "(ProcessQueueOptions.MaxBytes).")
    {
    }

    internal InsufficientSharedMemoryException(string path, long requestedBytes, long availableBytes, string message)
        : base(message)
    {
        Path = path;
        RequestedBytes = requestedBytes;
        AvailableBytes = availableBytes;
    }

    /// <summary>Gets the path of the file that could not be created.</summary>
    public string Path { get; }

    /// <summary>Gets the requested size in bytes.</summary>
    public long RequestedBytes { get; }

    /// <summary>Gets the number of free bytes on that file system right after the failure.</summary>
    public long AvailableBytes { get; }
}
