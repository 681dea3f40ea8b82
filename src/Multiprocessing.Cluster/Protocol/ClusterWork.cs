namespace Multiprocessing;

/// <summary>
/// A call as bytes, and its reply as bytes. The caller writes the call and reads the reply, a worker of the node does the reverse; the node's own
/// process passes the bytes on and loads no type of the task.
/// </summary>
internal static unsafe class ClusterWork
{
    private const byte Succeeded = 0;
    private const byte Failed = 1;

    /// <summary>Writes a call.</summary>
    /// <exception cref="NotSerializableException">It cannot leave the machine.</exception>
    public static byte[] ToBytes(ChildCall call, CancellationToken cancellationToken)
    {
        using var message = MessageBuffer.Rent();
        ValueSerializer.Serialize(message, call, "body", new WriteContext(ClusterLinkPolicy.Instance, cancellationToken));
        return Copy(message);
    }

    /// <summary>Runs a call: the body of a task of the node's pool.</summary>
    /// <returns>The reply: the result or the exception of the body.</returns>
    public static byte[] Run(byte[] call)
    {
        using var message = MessageBuffer.Rent();
        message.Write(Succeeded);
        var mark = message.Mark();
        try
        {
            ChildCall read;
            fixed (byte* begin = call)
            {
                var data = begin;
                read = ValueSerializer.Deserialize<ChildCall>(ref data, begin + call.Length, TaskTokenContext.Instance);
            }

            read.Run(message);
            return Copy(message);
        }
        catch (Exception exception)
        {
            // Not lost: the caller gets it as the error of its task.
            message.RollBack(mark);
            return OfError(exception);
        }
    }

    /// <summary>Writes the reply of a task that has failed.</summary>
    public static byte[] OfError(Exception exception)
    {
        using var message = MessageBuffer.Rent();
        message.Write(Failed);
        ExceptionMessage.Write(message, exception);
        return Copy(message);
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
            var data = begin + 1;
            if (reply.Length == 0 || reply[0] > Failed)
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

    private static byte[] Copy(MessageBuffer message)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)message.Length));
        message.CopyTo(0, bytes);
        return bytes;
    }

    /// <summary>The caller's token, where it was captured, becomes the token of the task in the worker.</summary>
    private sealed class TaskTokenContext : ReadContext
    {
        public static TaskTokenContext Instance { get; } = new();

        public override CancellationToken TaskToken => CurrentTask.CancellationToken;
    }
}
