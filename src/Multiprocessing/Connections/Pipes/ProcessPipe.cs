namespace Multiprocessing;

/// <summary>
/// Creates pipes: two connected ends for messages between processes, or between the threads of one. Each end is a <see cref="Connection"/>, which
/// crosses to another process when it is captured by a body, passed as an argument, or sent through a queue or another connection.
/// <para>
/// An end is closed when the last process that holds it has disposed it, has exited or was killed. The other end then receives the messages that were
/// sent before, and after them the end of the stream (<see cref="ConnectionClosedException"/>). A process that has passed an end on does not count as
/// a holder unless it sends, receives or polls with its own copy: the copy of a parent does not hide the death of its child.
/// </para>
/// </summary>
/// <example>
/// <code>
/// var (here, there) = ProcessPipe.Create();
/// using (here)
/// {
///     using var child = ChildProcess.Run(() =>
///     {
///         foreach (string question in there.ReadAll&lt;string>()) // ends when the parent disposes its end
///         {
///             there.Send(question.Length);
///         }
///     });
///     here.Send("How long is this?");
///     Console.WriteLine(here.Receive&lt;int>()); // 17
/// }
/// </code>
/// </example>
public static class ProcessPipe
{
    /// <summary>Creates a pipe whose ends both send and receive. Messages in one direction do not wait for those in the other.</summary>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <returns>The two ends, which are alike.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory (96 KiB).</exception>
    public static (Connection First, Connection Second) Create(ProcessPipeOptions? options = null) => Create(options, isDuplex: true);

    /// <summary>Creates a pipe for one direction.</summary>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <returns>The end that receives, and the end that sends to it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is not enough shared memory (56 KiB).</exception>
    public static (Connection Receiver, Connection Sender) CreateOneWay(ProcessPipeOptions? options = null) => Create(options, isDuplex: false);

    private static (Connection First, Connection Second) Create(ProcessPipeOptions? options, bool isDuplex)
    {
        var (first, second) = CreateTransports(options, isDuplex);
        return (new Connection(first), new Connection(second));
    }

    internal static (PipeTransport First, PipeTransport Second) CreateTransports(ProcessPipeOptions? options = null, bool isDuplex = true)
    {
        options ??= new ProcessPipeOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxBytes, nameof(options));
        var (first, second) = PipeSide.CreatePair(
            Session.Current, new ProcessQueueOptions { MaxBytes = options.MaxBytes, DisplayName = options.DisplayName }, isDuplex);
        return (new PipeTransport(first), new PipeTransport(second));
    }
}
