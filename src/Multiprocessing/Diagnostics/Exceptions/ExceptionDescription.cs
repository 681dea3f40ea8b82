using System.Text;

namespace Multiprocessing;

/// <summary>
/// An exception in words, with its inner ones: what is left of it where its object cannot be rebuilt. Its virtual members are user code: each is asked once, and what it throws becomes
/// a part of the text.
/// </summary>
internal sealed class ExceptionDescription
{
    /// <summary>Deeper ones are only counted. Rebuilding them would be no favour: the runtime's own <see cref="Exception.ToString"/> calls itself once for each.</summary>
    private const int MostDepth = 200;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    private readonly List<ExceptionDescription> _inner = [];
    private string? _obstacle;

    private ExceptionDescription()
    {
    }

    /// <summary>The exception itself, where it is written.</summary>
    public Exception? Exception { get; private init; }

    public required string TypeName { get; init; }

    public required string Message { get; init; }

    /// <summary>The message without those of the parts, which an aggregate adds to it.</summary>
    public string OwnMessage { get; private init; } = "";

    public required string? Trace { get; init; }

    /// <summary>Which process threw it.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Exactly an <see cref="AggregateException"/>: one can be made of its parts.</summary>
    public bool IsPlainAggregate { get; private init; }

    /// <summary>Why the original does not come out of the message, as a part of a sentence; null if it does, as far as is known.</summary>
    public string? WhyNotRebuilt { get; set; }

    /// <summary>An inner exception's own graph.</summary>
    public byte[]? Graph { get; set; }

    public IReadOnlyList<ExceptionDescription> Inner => _inner;

    public static ExceptionDescription Of(Exception exception, TextLimits limits) => new Describer(limits).Describe(exception);

    /// <summary>All below it, outer ones first.</summary>
    public IEnumerable<ExceptionDescription> AllInner() => _inner.SelectMany(static inner => inner.AllInner().Prepend(inner));

    /// <summary>What makes the original useless to the reader, in it or below it: a text that cannot be read, or inner exceptions without end.</summary>
    public string? FindObstacle() => _obstacle ?? AllInner().Select(static inner => inner._obstacle).FirstOrDefault(static obstacle => obstacle is not null);

    /// <summary>As <see cref="Exception.ToString"/> shows one, of the words alone.</summary>
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
    /// <exception cref="IOException">The bytes make no sense.</exception>
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
        if (count < 0 || depth > MostDepth)
        {
            throw new InvalidDataException("The description of an exception is torn.");
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

    /// <summary>One walk through an exception and its inner ones, within limits.</summary>
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
            DescribeInner(description, exception is AggregateException aggregate ? aggregate.InnerExceptions : exception.InnerException is { } inner ? [inner] : []);
            return description;
        }

        private void DescribeInner(ExceptionDescription description, IReadOnlyList<Exception> inner)
        {
            _path.Add(description.Exception!);
            foreach (var exception in inner)
            {
                if (_path.Exists(open => ReferenceEquals(open, exception)))
                {
                    description._inner.Add(Remark(exception, "(the same exception as further out: it contains itself)"));
                    description._obstacle ??= "its inner exceptions contain themselves, and who shows it would never come to an end.";
                }
                else if (_path.Count >= MostDepth)
                {
                    description._inner.Add(Remark(exception, "(its inner exceptions go deeper than this, and are left out)"));
                    description._obstacle ??= $"its inner exceptions are more than {MostDepth} deep.";
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

        /// <summary>Something that was text already: as the first writer put it.</summary>
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
