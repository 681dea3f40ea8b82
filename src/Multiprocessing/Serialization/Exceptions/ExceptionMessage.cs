using System.Buffers.Binary;

namespace Multiprocessing;

/// <summary>
/// How an exception crosses: its object graph, behind that its description in words, and last the length of the description. What fails while the graph is written or read (a type that the
/// reader does not have, code of the exception's own that throws, a field that cannot cross) costs the original object only: the reader gets a <see cref="RemoteException"/> made of the words.
/// <para>
/// An exception is the last thing in its message: the reader finds the description from the end, whatever the graph's bytes are.
/// </para>
/// </summary>
internal static class ExceptionMessage
{
    private const int TrailerBytes = sizeof(int);

    /// <summary>More than a description takes.</summary>
    private const int MostWords = 2 << 20;

    /// <summary>Inner exceptions have a graph of their own too, in case that the outer one cannot be rebuilt: as many as this, and together no more bytes than that.</summary>
    private const int MostInnerGraphs = 16;
    private const int MostInnerBytes = 128 << 10;

    /// <summary>Appends an exception. Does not throw for what is in it.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="exception">Which.</param>
    /// <param name="most">The most bytes that the way to the reader takes.</param>
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
            if (buffer.Length - mark.Length > most - MostWords)
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
            // No memory for it, most likely: what is left of it is short.
            buffer.RollBack(mark);
            WriteText(buffer, exception, $"writing it threw {ExceptionText.OneLine(error)}");
        }
    }

    /// <summary>Appends the words only, shortened to a few kilobytes: for an exception that found no room as a whole.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="exception">Which.</param>
    /// <param name="why">Why the reader does not get the original, as a part of a sentence.</param>
    public static void WriteText(MessageBuffer buffer, Exception exception, string why)
    {
        var description = ExceptionDescription.Of(exception, TextLimits.Short);
        description.WhyNotRebuilt = why;
        WriteDescription(buffer, description);
    }

    /// <summary>Reads an exception, which ends at <paramref name="end"/>. Never throws: what cannot be read is told by what is returned.</summary>
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

    /// <summary>Null if the graph was written; else why not, and nothing was.</summary>
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
            // A refusal, or code of the exception's own that threw. What was written before it threw may be there still.
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
            if (graphs == MostInnerGraphs || bytes > MostInnerBytes)
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
        if (buffer.References.Count > 0 || buffer.Length > MostInnerBytes)
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
            description.WhyNotRebuilt = ExceptionText.Message(error is System.Runtime.Serialization.SerializationException { InnerException: { } cause } ? cause : error);
            return null;
        }
    }

    /// <summary>From the words, and its inner exceptions as what they are where that works.</summary>
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
            // It is as good as the original: what could not be rebuilt is a part, and says so.
            var whole = new AggregateException(description.OwnMessage, inner);
            if (description.Trace is { } trace)
            {
                ExceptionCodec.SetRemoteTrace(whole, ExceptionText.AsRemoteTrace(trace, description.ProcessId));
            }

            return whole;
        }

        return new RemoteException(
            description.TypeName, description.Message, description.Trace, description.ProcessId, inner, description.WhyNotRebuilt ?? "it crossed as text only.");
    }
}
