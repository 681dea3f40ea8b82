using System.Runtime.ExceptionServices;

namespace Multiprocessing;

/// <summary>
/// An exception between programs: its texts. The reader creates one of a fixed list of exceptions, whose constructor takes a message only, and a
/// <see cref="RemoteException"/> for any other. Both have the stack trace of the other program.
/// </summary>
internal static unsafe class RegisteredException
{
    private static readonly Dictionary<string, Func<string, Exception>> Known = new Func<string, Exception>[]
    {
        static message => new ArgumentException(message),
        static message => new ArgumentNullException(null, message),
        static message => new ArgumentOutOfRangeException(null, message),
        static message => new ArithmeticException(message),
        static message => new DivideByZeroException(message),
        static message => new OverflowException(message),
        static message => new FormatException(message),
        static message => new IndexOutOfRangeException(message),
        static message => new InvalidCastException(message),
        static message => new InvalidDataException(message),
        static message => new InvalidOperationException(message),
        static message => new KeyNotFoundException(message),
        static message => new NotImplementedException(message),
        static message => new NotSupportedException(message),
        static message => new NullReferenceException(message),
        static message => new ObjectDisposedException(null, message),
        static message => new OperationCanceledException(message),
        static message => new TaskCanceledException(message),
        static message => new TimeoutException(message),
        static message => new UnauthorizedAccessException(message),
        static message => new IOException(message),
        static message => new EndOfStreamException(message),
        static message => new FileNotFoundException(message),
        static message => new DirectoryNotFoundException(message),
        static message => new System.Runtime.Serialization.SerializationException(message),
        static message => new LockRecursionException(message),
        static message => new SemaphoreFullException(message),
        static message => new SynchronizationLockException(message),
        static message => new BrokenBarrierException(message),
        static message => new QueueCompletedException(message),
        static message => new QueueEmptyException(message),
        static message => new QueueFullException(message),
        static message => new ItemsLostException(message, 0, "", new ExitStatus(), ItemsOf(message)),
    }.ToDictionary(static create => create("").GetType().FullName!, static create => create);

    public static void Write(MessageBuffer buffer, Exception exception) =>
        buffer.WriteBytes(ExceptionDescription.Of(exception, TextLimits.Usual).ToBytes());

    public static Exception Read(byte* data, byte* end)
    {
        try
        {
            return Rebuild(ExceptionDescription.Read(data, checked((int)(end - data))));
        }
        catch (Exception error)
        {
            return new RemoteException(
                "an unknown exception", "", null, 0, [], $"its description in the message is torn: {ExceptionText.Message(error)}");
        }
    }

    private static Exception Rebuild(ExceptionDescription description)
    {
        Exception[] inner = [.. description.Inner.Select(Rebuild)];
        if (inner.Length == 0 && Known.TryGetValue(description.TypeName, out var create))
        {
            var rebuilt = create(description.Message);
            return description.Trace is { } trace ? ExceptionDispatchInfo.SetRemoteStackTrace(rebuilt, trace) : rebuilt;
        }

        if (description.IsPlainAggregate)
        {
            return new AggregateException(description.OwnMessage, inner);
        }

        return new RemoteException(
            description.TypeName, description.Message, description.Trace, description.ProcessId, inner,
            "between programs only the exceptions of a fixed list are rebuilt; this one is text.");
    }

    /// <summary>The message of <see cref="ItemsLostException"/> begins with the number.</summary>
    private static long ItemsOf(string message) =>
        long.TryParse(message.AsSpan(0, Math.Max(0, message.IndexOf(' '))), out var items) ? items : 0;
}
