using System.Text;

namespace Multiprocessing;

/// <summary>
/// An exception and its inner exceptions as text, from which a <see cref="RemoteException"/> is made if the object cannot be rebuilt. Virtual members
/// of exceptions are user code: each is called once, and an exception from it becomes part of the text.
/// </summary>
internal sealed class ExceptionDescription
{
    /// <summary>
    /// Deeper inner exceptions are left out. Rebuilding them would not help: <see cref="Exception.ToString"/> is recursive and would overflow the
    /// stack.
    /// </summary>
    private const int MaxDepth = 200;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    private readonly List<ExceptionDescription> _inner = [];
    private string? _obstacle;

    private ExceptionDescription()
    {
    }

    /// <summary>Gets the exception itself, in the process that writes it.</summary>
    public Exception? Exception { get; private init; }

    public required string TypeName { get; init; }

    public required string Message { get; init; }

    /// <summary>Gets the message of an aggregate without the messages of its parts.</summary>
    public string OwnMessage { get; private init; } = "";

    public required string? Trace { get; init; }

    /// <summary>Gets the process that threw it.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Gets whether it is exactly an <see cref="AggregateException"/>, which can be rebuilt from its parts.</summary>
    public bool IsPlainAggregate { get; private init; }

    /// <summary>Gets or sets why the original cannot be rebuilt, as part of a sentence; <see langword="null"/> if no reason is known.</summary>
    public string? WhyNotRebuilt { get; set; }

    /// <summary>Gets or sets the graph of an inner exception by itself.</summary>
    public byte[]? Graph { get; set; }

    public IReadOnlyList<ExceptionDescription> Inner => _inner;

    public static ExceptionDescription Of(Exception exception, TextLimits limits) => new Describer(limits).Describe(exception);

    /// <summary>Returns all inner exceptions, outer ones first.</summary>
    public IEnumerable<ExceptionDescription> AllInner() => _inner.SelectMany(static inner => inner.AllInner().Prepend(inner));

    /// <summary>
    /// Returns why the original would be of no use to the reader: a text that cannot be read, or inner exceptions without end. <see langword="null"/>
    /// if there is no such reason.
    /// </summary>
    public string? FindObstacle() =>
        _obstacle ?? AllInner().Select(static inner => inner._obstacle).FirstOrDefault(static obstacle => obstacle is not null);

    /// <summary>Returns the text in the form of <see cref="Exception.ToString"/>.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        AppendTo(text);
        return text.ToString();
    }

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Utf8, leaveOpen: true))
        {
            WriteTo(writer);
        }

        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="IOException">The bytes are no description.</exception>
    public static unsafe ExceptionDescription Read(byte* data, int length)
    {
        using var stream = new UnmanagedMemoryStream(data, length);
        using var reader = new BinaryReader(stream, Utf8);
        return Read(reader, 0);
    }

    private static ExceptionDescription Read(BinaryReader reader, int depth)
    {
        var read = new ExceptionDescription
        {
            TypeName = reader.ReadString(),
            Message = reader.ReadString(),
            Trace = ReadText(reader),
            ProcessId = reader.ReadInt32(),
            IsPlainAggregate = reader.ReadBoolean(),
            OwnMessage = reader.ReadString(),
            WhyNotRebuilt = ReadText(reader),
        };
        var graph = reader.ReadInt32();
        var left = reader.BaseStream.Length - reader.BaseStream.Position;
        read.Graph = graph < 0 ? null : graph <= left ? reader.ReadBytes(graph) : throw new EndOfStreamException();
        var count = reader.ReadInt32();
        if (count < 0 || depth > MaxDepth)
        {
            throw new InvalidDataException("The description of an exception in a message is torn.");
        }

        for (var i = 0; i < count; i++)
        {
            read._inner.Add(Read(reader, depth + 1));
        }

        return read;
    }

    private static string? ReadText(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;

    private static void WriteText(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        if (text is not null)
        {
            writer.Write(text);
        }
    }

    private void WriteTo(BinaryWriter writer)
    {
        writer.Write(TypeName);
        writer.Write(Message);
        WriteText(writer, Trace);
        writer.Write(ProcessId);
        writer.Write(IsPlainAggregate);
        writer.Write(OwnMessage);
        WriteText(writer, WhyNotRebuilt);
        writer.Write(Graph?.Length ?? -1);
        writer.Write(Graph ?? []);
        writer.Write(_inner.Count);
        foreach (var inner in _inner)
        {
            inner.WriteTo(writer);
        }
    }

    private void AppendTo(StringBuilder text)
    {
        text.Append(TypeName).Append(": ").Append(Message);
        foreach (var inner in _inner)
        {
            text.AppendLine().Append(" ---> ");
            inner.AppendTo(text);
            text.AppendLine().Append("   --- End of inner exception stack trace ---");
        }

        if (Trace is not null)
        {
            text.AppendLine().Append(Trace);
        }
    }

    /// <summary>Describes an exception and its inner exceptions, within limits.</summary>
    private sealed class Describer(TextLimits limits)
    {
        private readonly List<Exception> _path = [];
        private int _room = limits.All;
        private int _left = limits.Exceptions;

        public ExceptionDescription Describe(Exception exception)
        {
            _left--;
            if (exception is RemoteException remote)
            {
                return Passed(remote);
            }

            string? obstacle = null;
            var trace = ExceptionText.TryTrace(exception, ref obstacle);
            var message = ExceptionText.TryMessage(exception, ref obstacle);
            ExceptionText.TryToText(exception, ref obstacle);
            var isPlainAggregate = exception.GetType() == typeof(AggregateException);
            var description = new ExceptionDescription
            {
                Exception = exception,
                TypeName = TextLimits.Cut(exception.GetType().FullName ?? exception.GetType().Name, 1024),
                Message = Take(message, limits.Message),
                Trace = trace is null ? null : Take(trace, limits.Trace),
                ProcessId = Environment.ProcessId,
                IsPlainAggregate = isPlainAggregate,
                OwnMessage = isPlainAggregate ? TextLimits.Cut(OwnMessageOf(message), TextLimits.Rest * 8) : "",
            };
            description._obstacle = obstacle;
            DescribeInner(
                description, exception is AggregateException aggregate
                    ? aggregate.InnerExceptions
                    : exception.InnerException is { } inner ? [inner] : []);
            return description;
        }

        private void DescribeInner(ExceptionDescription description, IReadOnlyList<Exception> inner)
        {
            _path.Add(description.Exception!);
            foreach (var exception in inner)
            {
                if (_path.Exists(open => ReferenceEquals(open, exception)))
                {
                    description._inner.Add(Remark(exception, "(the same exception as an outer one: it contains itself)"));
                    description._obstacle ??= "its inner exceptions contain themselves, and showing it would never end.";
                }
                else if (_path.Count >= MaxDepth)
                {
                    description._inner.Add(Remark(exception, "(its inner exceptions are deeper than the limit, and are left out)"));
                    description._obstacle ??= $"its inner exceptions are more than {MaxDepth} deep.";
                    break;
                }
                else if (_left <= 0)
                {
                    description._inner.Add(Remark(exception, $"(this and {inner.Count - description._inner.Count - 1} more beside it are left out)"));
                    break;
                }
                else
                {
                    description._inner.Add(Describe(exception));
                }
            }

            _path.RemoveAt(_path.Count - 1);
        }

        /// <summary>Describes an exception that is text already: unchanged.</summary>
        private ExceptionDescription Passed(RemoteException remote)
        {
            var description = new ExceptionDescription
            {
                Exception = remote,
                TypeName = remote.TypeName,
                Message = Take(remote.RemoteMessage, limits.Message),
                Trace = remote.RemoteStackTrace is null ? null : Take(remote.RemoteStackTrace, limits.Trace),
                ProcessId = remote.ProcessId,
                WhyNotRebuilt = null,
            };
            DescribeInner(description, remote.InnerExceptions);
            return description;
        }

        private static ExceptionDescription Remark(Exception exception, string remark) => new()
        {
            TypeName = exception.GetType().FullName ?? exception.GetType().Name,
            Message = remark,
            Trace = null,
            ProcessId = Environment.ProcessId,
            WhyNotRebuilt = "it was left out.",
        };

        private string Take(string text, int most)
        {
            var taken = TextLimits.Cut(text, Math.Clamp(_room, TextLimits.Rest, most));
            _room -= taken.Length;
            return taken;
        }

        private static string OwnMessageOf(string message)
        {
            var parts = message.IndexOf(" (", StringComparison.Ordinal);
            return parts > 0 ? message[..parts] : message;
        }
    }
}
