using System.Diagnostics.Metrics;

namespace Multiprocessing;

/// <summary>
/// The measurements of all queues of the tree. A queue without a <see cref="ProcessQueueOptions.DisplayName"/> has no series of its own.
/// </summary>
internal static class QueueMeasurements
{
    public static void Create()
    {
        Instruments.QueueDepth.Observe(TreeMetrics.Of(static tree => Sums(tree, static queue => queue.Count)));
        Instruments.QueueBytes.Observe(TreeMetrics.Of(static tree => Sums(tree, static queue => queue.Bytes)));
        Instruments.QueueSent.Observe(TreeMetrics.Of(static tree => Totals(tree.Sent, TelemetryTags.MessagingOperation, "put")));
        Instruments.QueueConsumed.Observe(TreeMetrics.Of(static tree => Totals(tree.Consumed, TelemetryTags.MessagingOperation, "get")));
        Instruments.QueueWaits.Observe(TreeMetrics.Of(static tree =>
            Totals(tree.WaitsForItem, TelemetryTags.WaitsFor, "item").Concat(Totals(tree.WaitsForRoom, TelemetryTags.WaitsFor, "room"))));
        Instruments.QueueWaiters.Observe(TreeMetrics.Of(static tree =>
            Sums(tree, static queue => queue.WaitingGetters, "item").Concat(Sums(tree, static queue => queue.WaitingPutters, "room"))));
    }

    private static IEnumerable<Measurement<long>> Sums(TreeReading tree, Func<QueueSnapshot, long> value, string? waitsFor = null) =>
        tree.Program.Queues.GroupBy(static queue => new QueueSeries(queue.Name)).Select(series => new Measurement<long>(
            series.Sum(value), series.Key.Tags.AndIf(waitsFor is not null, TelemetryTags.WaitsFor, waitsFor).ToArray()));

    private static IEnumerable<Measurement<long>> Totals(IReadOnlyDictionary<QueueSeries, long> totals, string tag, string value) =>
        totals.Select(series => new Measurement<long>(
            series.Value, series.Key.Tags.And(tag, value).ToArray()));
}
