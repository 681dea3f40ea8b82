using System.Diagnostics.Metrics;

namespace Multiprocessing;

/// <summary>The measurements of all locks and other synchronization objects of the tree.</summary>
internal static class LockMeasurements
{
    public static void Create()
    {
        Instruments.LockContentions.Observe(TreeMetrics.Of(static tree => Totals(tree.Contentions)));
        Instruments.LockAbandonments.Observe(TreeMetrics.Of(static tree => Totals(tree.Abandonments)));
        Instruments.LockWaiters.Observe(TreeMetrics.Of(static tree => tree.Program.Locks.GroupBy(static item => item.Kind)
            .Select(static kind => new Measurement<long>(kind.Sum(static item => item.WaiterCount), TagOf(kind.Key)))));
    }

    private static IEnumerable<Measurement<long>> Totals(IReadOnlyDictionary<LockKind, long> totals) =>
        totals.Select(static kind => new Measurement<long>(kind.Value, TagOf(kind.Key)));

    private static KeyValuePair<string, object?> TagOf(LockKind kind) => new(TelemetryTags.LockKind, TelemetryTags.Value(kind));
}
