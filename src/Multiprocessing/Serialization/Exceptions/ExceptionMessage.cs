using System.Buffers.Binary;

namespace Multiprocessing;

/// <summary>
/// An exception in a message: its object graph, then its description as text, then the length of the description. If the graph cannot be written or
/// read (the reader does not have a type, code of the exception throws, a field cannot cross), the reader gets a <see cref="RemoteException"/> that
/// is made from the text instead of the original object.
/// <para>
/// An exception is always the last part of its message, so that the reader finds the description from the end, whatever the bytes of the graph are.
/// </para>
/// </summary>
internal static class ExceptionMessage
{
    private const int TrailerBytes = sizeof(int);

    /// <summary>Upper limit of the size of a description.</summary>
    private const int MaxDescriptionBytes = 2 << 20;

    /// <summary>Inner exceptions also have graphs of their own, in case the outer one cannot be rebuilt: this many at most.</summary>
    private const int MaxInnerGraphs = 16;

    /// <summary>Upper limit of the size of all graphs of inner exceptions together.</summary>
    private const int MaxInnerBytes = 128 << 10;

    /// <summary>Appends an exception. Does not throw, whatever the exception contains.</summary>
    /// <param name="buffer">The message.</param>
    /// <param name="exception">The exception.</param>
    /// <param name="most">Maximum number of bytes of the message.</param>
    public static void Write(MessageBuffer buffer, Exception exception, long most = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var mark = buffer.Mark();
        ExceptionDescription description;
        try
        {
            using var traces = ExceptionText.RememberTrace();
            description = ExceptionDescription.Of(exception, TextLimits.Usual);
            description.WhyNotRebuilt = description.FindObstacle() ?? TryWriteGraph(buffer, exception);
            if (buffer.Length - mark.Length > most - MaxDescriptionBytes)
            {
                var length = buffer.Length - mark.Length;
                buffer.RollBack(mark);
                description.WhyNotRebuilt = $"it takes {length} bytes, and at most {most} fit into one message.";
            }

            WriteInnerGraphs(description);
            WriteDescription(buffer, description);
        }
        catch (Exception error)
        {
            // Most likely there is not enough memory. The short text needs little.
            buffer.RollBack(mark);
            WriteText(buffer, exception, $"writing it threw {ExceptionText.OneLine(error)}");
        }
    }

    /// <summary>Appends the text only, shortened to a few kilobytes, for an exception that does not fit into a message as a whole.</summary>
    /// <param name="buffer">The message.</param>
    /// <param name="exception">The exception.</param>
    /// <param name="why">Why the reader does not get the original, as a part of a sentence.</param>
    public static void WriteText(MessageBuffer buffer, Exception exception, string why)
    {
        var description = ExceptionDescription.Of(exception, TextLimits.Short);
        description.WhyNotRebuilt = why;
        WriteDescription(buffer, description);
    }

    /// <summary>
    /// Reads an exception, which ends at <paramref name="end"/>. Never throws: if it cannot be read, the exception that is returned contains the
    /// reason.
    /// </summary>
    public static unsafe Exception Read(ref byte* data, byte* end)
    {
        var start = data;
        data = end;
        try
        {
            if (end - start < TrailerBytes)
            {
                return Unreadable("its message is torn.");
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(end - TrailerBytes, TrailerBytes));
            if (length <= 0 || length > end - start - TrailerBytes)
            {
                return Unreadable("its message is torn.");
            }

            var words = end - TrailerBytes - length;
            var description = ExceptionDescription.Read(words, length);
            return description.WhyNotRebuilt is null
                ? TryReadGraph(start, words, description) ?? Rebuild(description)
                : Rebuild(description);
        }
        catch (Exception error)
        {
            return Unreadable($"reading it threw {ExceptionText.OneLine(error)}");
        }
    }

    private static RemoteException Unreadable(string why) => new(nameof(Exception), "(it could not be read)", null, 0, [], why);

    private static void WriteDescription(MessageBuffer buffer, ExceptionDescription description)
    {
        var words = description.ToBytes();
        buffer.WriteBytes(words);
        buffer.Write(words.Length);
    }

    /// <summary>Returns <see langword="null"/> if the graph was written; otherwise the reason, and nothing was written.</summary>
    private static string? TryWriteGraph(MessageBuffer buffer, Exception exception)
    {
        var mark = buffer.Mark();
        try
        {
            ValueSerializer.Serialize(buffer, exception, "exception");
            return null;
        }
        catch (Exception error)
        {
            // The exception cannot cross, or its own code threw. Bytes that were written before that are removed.
            buffer.RollBack(mark);
            return error is NotSerializableException ? ExceptionText.Message(error) : $"writing it threw {ExceptionText.OneLine(error)}";
        }
    }

    private static void WriteInnerGraphs(ExceptionDescription outer)
    {
        var graphs = 0;
        var bytes = 0L;
        foreach (var inner in outer.AllInner())
        {
            if (graphs == MaxInnerGraphs || bytes > MaxInnerBytes)
            {
                inner.WhyNotRebuilt ??= "it is one of many inner exceptions of one that could not be rebuilt.";
            }
            else if (inner.Exception is { } exception && (inner.WhyNotRebuilt ??= inner.FindObstacle()) is null)
            {
                (inner.Graph, inner.WhyNotRebuilt) = InnerGraph(exception);
                bytes += inner.Graph?.Length ?? 0;
                graphs++;
            }
        }
    }

    private static (byte[]? Graph, string? WhyNot) InnerGraph(Exception exception)
    {
        using var buffer = MessageBuffer.Rent();
        if (TryWriteGraph(buffer, exception) is { } refusal)
        {
            return (null, refusal);
        }

        // A handle would be in flight twice, with the whole and with this copy, of which one at most is read.
        if (buffer.References.Count > 0 || buffer.Length > MaxInnerBytes)
        {
            return (null, buffer.References.Count > 0
                ? "it carries a handle, and the exception around it could not be rebuilt."
                : "it is too large to cross beside the exception around it.");
        }

        var graph = new byte[buffer.Length];
        buffer.CopyTo(0, graph);
        return (graph, null);
    }

    private static unsafe Exception? TryReadGraph(byte* data, byte* end, ExceptionDescription description)
    {
        try
        {
            using var nothing = PluginLoader.LoadNothing();
            var exception = ValueSerializer.Deserialize<Exception>(ref data, end) ?? throw GraphReader.Torn();
            description.WhyNotRebuilt = ExceptionText.FindObstacle(exception);
            return description.WhyNotRebuilt is null ? exception : null;
        }
        catch (Exception error)
        {
            description.WhyNotRebuilt =
                ExceptionText.Message(error is System.Runtime.Serialization.SerializationException { InnerException: { } cause } ? cause : error);
            return null;
        }
    }

    /// <summary>Creates the exception from its text, with the original inner exceptions where they can be rebuilt.</summary>
    private static unsafe Exception Rebuild(ExceptionDescription description)
    {
        if (description.Graph is { } graph)
        {
            fixed (byte* start = graph)
            {
                if (TryReadGraph(start, start + graph.Length, description) is { } original)
                {
                    return original;
                }
            }
        }

        Exception[] inner = [.. description.Inner.Select(Rebuild)];
        if (description.IsPlainAggregate && Array.Exists(inner, static part => part is RemoteException))
        {
            // As good as the original: only a part could not be rebuilt, and that part contains the reason.
            var whole = new AggregateException(description.OwnMessage, inner);
            if (description.Trace is { } trace)
            {
                ExceptionCodec.SetRemoteTrace(whole, ExceptionText.AsRemoteTrace(trace, description.ProcessId));
            }

            return whole;
        }

        return new RemoteException(
            description.TypeName, description.Message, description.Trace, description.ProcessId, inner, description.WhyNotRebuilt
                ?? "it crossed as text only.");
    }
}
