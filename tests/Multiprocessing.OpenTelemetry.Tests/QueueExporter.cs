using System.Diagnostics;
using OpenTelemetry;

namespace Multiprocessing.OpenTelemetryTests;

/// <summary>Sends each span to the test's process, as an exporter sends it to a collector.</summary>
internal sealed class QueueExporter(ProcessQueue<ExportedSpan> queue) : BaseExporter<Activity>
{
    public override ExportResult Export(in Batch<Activity> batch)
    {
        foreach (var span in batch)
        {
            queue.Put(ExportedSpan.Of(span));
        }

        return ExportResult.Success;
    }
}

internal sealed record ExportedSpan(
    string Name, string Trace, string Id, string Parent, ActivityKind Kind, ActivityStatusCode Status, Dictionary<string, string?> Tags)
{
    public static ExportedSpan Of(Activity span) => new(
        span.DisplayName, span.TraceId.ToString(), span.SpanId.ToString(), span.ParentSpanId.ToString(), span.Kind, span.Status,
        span.TagObjects.ToDictionary(static tag => tag.Key, static tag => tag.Value?.ToString()));
}
