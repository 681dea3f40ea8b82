using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Multiprocessing.OpenTelemetryTests;

internal sealed class QueueLogExporter(ProcessQueue<string> queue) : BaseExporter<LogRecord>
{
    public override ExportResult Export(in Batch<LogRecord> batch)
    {
        foreach (var record in batch)
        {
            var attributes = record.Attributes!.Where(static attribute => attribute.Key != "{OriginalFormat}");
            queue.Put($"{record.FormattedMessage ?? record.Body?.Replace("{Degrees}", "99")}: {string.Join(' ', attributes.Select(static attribute => $"{attribute.Key}={attribute.Value}"))}");
        }

        return ExportResult.Success;
    }
}
