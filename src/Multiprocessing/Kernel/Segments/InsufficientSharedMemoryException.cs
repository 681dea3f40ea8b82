namespace Multiprocessing;

/// <summary>There was no room for a piece of shared memory, neither in /dev/shm nor in the temp directory; or this process has mapped as many pieces as the system lets it.</summary>
public sealed class InsufficientSharedMemoryException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file that could not be made.</param>
    /// <param name="requestedBytes">How many bytes it was to have.</param>
    /// <param name="availableBytes">How many bytes were free on that file system.</param>
    public InsufficientSharedMemoryException(string path, long requestedBytes, long availableBytes)
        : this(
            path,
            requestedBytes,
            availableBytes,
            $"There is no room for {requestedBytes} bytes of shared memory at '{path}' ({availableBytes} bytes are free there). "
            + "Make room, give the container a larger /dev/shm (docker run --shm-size), point TMPDIR to a larger file system, or bound the queues (ProcessQueueOptions.MaxBytes).")
    {
    }

    internal InsufficientSharedMemoryException(string path, long requestedBytes, long availableBytes, string message)
        : base(message)
    {
        Path = path;
        RequestedBytes = requestedBytes;
        AvailableBytes = availableBytes;
    }

    /// <summary>The file that could not be made.</summary>
    public string Path { get; }

    /// <summary>How many bytes it was to have.</summary>
    public long RequestedBytes { get; }

    /// <summary>How many bytes were free on that file system right after the failure.</summary>
    public long AvailableBytes { get; }
}
