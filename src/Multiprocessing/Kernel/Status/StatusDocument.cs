using System.Buffers;
using System.Text.Json;

namespace Multiprocessing;

/// <summary>Writes the JSON document of a status file. Keeps its memory from one to the next. Not thread-safe.</summary>
internal sealed class StatusDocument
{
    /// <summary>What does not fit is left out and counted: a document is read several times a second.</summary>
    private const int MaxBytes = 1 << 20;

    /// <summary>More than an entry needs besides its value, and the end of the document.</summary>
    private const int Rest = 256;

    private readonly ArrayBufferWriter<byte> _buffer = new(16 << 10);
    private readonly ArrayBufferWriter<byte> _value = new(4 << 10);

    /// <param name="sources">What is written.</param>
    /// <param name="remove">Is called for a source that has thrown: it is not asked again.</param>
    /// <param name="hasTime">Whether the document contains the time. Without it, equal values give equal bytes.</param>
    /// <returns>The document, until the next call.</returns>
    public ReadOnlySpan<byte> Write(IReadOnlyList<IStatusSource> sources, Action<IStatusSource> remove, bool hasTime)
    {
        _buffer.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_buffer);
        writer.WriteStartObject();
        writer.WriteNumber("version"u8, StatusFile.Version);
        if (hasTime)
        {
            writer.WriteNumber("time"u8, Environment.TickCount64);
        }

        writer.WriteStartArray("entries"u8);
        var omitted = 0;
        foreach (var source in sources)
        {
            if (ValueOf(source, remove) is { } value)
            {
                if (writer.BytesCommitted + writer.BytesPending + value.Length > MaxBytes - Rest)
                {
                    omitted++;
                    continue;
                }

                writer.WriteStartObject();
                writer.WriteNumber("kind"u8, (int)source.Kind);
                writer.WritePropertyName("value"u8);
                writer.WriteRawValue(value.Span, skipInputValidation: true);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
        writer.WriteNumber("omitted"u8, omitted);
        writer.WriteEndObject();
        writer.Flush();
        return _buffer.WrittenSpan;
    }

    /// <returns>Null if the source has thrown.</returns>
    private ReadOnlyMemory<byte>? ValueOf(IStatusSource source, Action<IStatusSource> remove)
    {
        try
        {
            _value.ResetWrittenCount();
            using var writer = new Utf8JsonWriter(_value);
            source.WriteStatus(writer);
            writer.Flush();
            return _value.WrittenMemory;
        }
        catch (Exception exception)
        {
            remove(source);
            MultiprocessingLogging.EntryPointFailed(exception, EntryPoint.StatusPublication);
            return null;
        }
    }
}
