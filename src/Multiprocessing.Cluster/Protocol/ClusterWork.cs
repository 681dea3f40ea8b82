using System.Buffers.Binary;
using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A call as bytes, and its reply as bytes. The caller writes the call and reads the reply, a worker of the node does the reverse; the node's own
/// process passes the bytes on and loads no type of the task.
/// </summary>
internal static unsafe class ClusterWork
{
    private const byte Succeeded = 0;
    private const byte Failed = 1;

    /// <summary>A reply begins with its kind, and the time that the body took in ticks of 100 ns.</summary>
    private const int Header = 1 + sizeof(long);

    [ThreadStatic]
    private static PoolBody? _body;

    /// <summary>Writes a call.</summary>
    /// <returns>The bytes, and the objects of this process that the task can call.</returns>
    /// <exception cref="NotSerializableException">It cannot leave the machine.</exception>
    public static (byte[] Bytes, TaskLink[] Links) ToBytes(ChildCall call, CancellationToken cancellationToken)
    {
        using var message = MessageBuffer.Rent();
        ValueSerializer.Serialize(message, call, "body", new WriteContext(ClusterLinkPolicy.Instance, cancellationToken));
        var references = message.TakeReferences();
        if (references.Length == 0)
        {
            return (Copy(message, "arguments"), []);
        }

        // A task names a link by its number, and its caller finds it in the task: no worker of this machine needs it.
        TaskLink[] links = [.. references.OfType<TaskLink>()];
        Array.ForEach(links, static link => link.Cancel());
        return (Copy(message, "arguments"), links);
    }

    /// <summary>Writes a body for all tasks of a map, if it is so large that it is better not a part of each of them.</summary>
    /// <returns>
    /// <see langword="null"/> if it is not, or if it has captured what each task has of its own (its token, or an object that reports), or something
    /// that cannot leave the machine, which the first task then reports with its path.
    /// </returns>
    public static CarriedBody? Carry(PoolBody body)
    {
        using var message = MessageBuffer.Rent();
        try
        {
            ValueSerializer.Serialize(message, body, "body", new WriteContext(ClusterLinkPolicy.Instance));
        }
        catch (NotSerializableException)
        {
            return null;
        }

        return message.Length < CarriedBody.MinSize || message.References.Count > 0 ? null : new CarriedBody(Copy(message, "body"));
    }

    /// <summary>Gets the body of the task that this thread of a worker runs.</summary>
    public static PoolBody CurrentBody => _body ?? throw new InvalidOperationException("This thread runs no task with a body of its own.");

    /// <summary>
    /// As <see cref="RunReporting"/>, for a call without its body (<see cref="CarriedBodyCall{TItem}"/>), which the worker reads once.
    /// </summary>
    public static byte[] RunWithBody(SharedInput<PoolBody> body, byte[] call, int attempt, IProgress<byte[]>? reports)
    {
        _body = body.Value;
        try
        {
            return RunReporting(call, attempt, reports);
        }
        finally
        {
            _body = null;
        }
    }

    /// <summary>Runs a call: the body of a task of the node's pool.</summary>
    /// <param name="call">The call.</param>
    /// <param name="attempt">Which start of the task this is.</param>
    /// <returns>The reply: the result or the exception of the body.</returns>
    public static byte[] Run(byte[] call, int attempt) => RunReporting(call, attempt, null);

    /// <summary>Runs a call that may report to its caller.</summary>
    /// <param name="call">The call.</param>
    /// <param name="attempt">Which start of the task this is.</param>
    /// <param name="reports">Passes reports on to the caller.</param>
    /// <returns>The reply: the result or the exception of the body.</returns>
    public static byte[] RunReporting(byte[] call, int attempt, IProgress<byte[]>? reports)
    {
        PoolWorker.Current?.Signals.CountAttempt(attempt);
        using var message = MessageBuffer.Rent();
        message.Write(Succeeded);
        message.Write(0L);
        var mark = message.Mark();
        var began = Stopwatch.GetTimestamp();
        try
        {
            ChildCall read;
            fixed (byte* begin = call)
            {
                var data = begin;
                using var nothing = PluginLoader.LoadNothing();
                read = ValueSerializer.Deserialize<ChildCall>(ref data, begin + call.Length, ClusterReadContext.Of(reports));
            }

            message.Links = ClusterResultPolicy.Instance;
            read.Run(message);
            return Timed(Copy(message, "result"), began);
        }
        catch (Exception exception)
        {
            // Not lost: the caller gets it as the error of its task.
            message.RollBack(mark);
            return Timed(OfError(exception), began);
        }
    }

    /// <summary>Returns how long the body took, in ticks of 100 ns.</summary>
    public static long TicksOf(byte[] reply) => reply.Length < Header ? 0 : BinaryPrimitives.ReadInt64LittleEndian(reply.AsSpan(1));

    private static byte[] Timed(byte[] reply, long began)
    {
        BinaryPrimitives.WriteInt64LittleEndian(reply.AsSpan(1), Math.Max(1, Stopwatch.GetElapsedTime(began).Ticks));
        return reply;
    }

    /// <summary>Writes the reply of a task that has failed.</summary>
    public static byte[] OfError(Exception exception)
    {
        using var message = MessageBuffer.Rent();
        message.Write(Failed);
        message.Write(0L);
        message.Links = ClusterResultPolicy.Instance;
        ExceptionMessage.Write(message, exception);
        return Copy(message, "error");
    }

    /// <summary>Reads a reply.</summary>
    /// <param name="reply">The bytes that <see cref="Run"/> or <see cref="OfError"/> returned.</param>
    /// <param name="hasResult">Whether the body returns a value.</param>
    /// <param name="result">The result.</param>
    /// <returns>The exception of the body, or <see langword="null"/>.</returns>
    public static Exception? Read<TResult>(byte[] reply, bool hasResult, out TResult result)
    {
        result = default!;
        fixed (byte* begin = reply)
        {
            var data = begin + Header;
            if (reply.Length < Header || reply[0] > Failed)
            {
                return new InvalidDataException("The reply of a node is damaged.");
            }

            if (reply[0] == Failed)
            {
                return ExceptionMessage.Read(ref data, begin + reply.Length);
            }

            if (hasResult)
            {
                try
                {
                    using var nothing = PluginLoader.LoadNothing();
                    result = ValueSerializer.Deserialize<TResult>(ref data, begin + reply.Length);
                }
                catch (Exception exception)
                {
                    return exception; // code of the result's type has thrown
                }
            }

            return null;
        }
    }

    private static byte[] Copy(MessageBuffer message, string what)
    {
        if (message.Length > Array.MaxLength)
        {
            throw new ClusterException(
                $"The {what} of a task: {message.Length} bytes, and at most {Array.MaxLength} can cross between members. Pass parts, or the name of "
                + "a file or object that both machines can read.");
        }

        var bytes = GC.AllocateUninitializedArray<byte>((int)message.Length);
        message.CopyTo(0, bytes);
        return bytes;
    }
}
