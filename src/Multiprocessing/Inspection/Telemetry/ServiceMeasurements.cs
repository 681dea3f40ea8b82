using System.Diagnostics.Metrics;

namespace Multiprocessing;

/// <summary>The measurements of all services of the tree. Services of one name are one series.</summary>
internal static class ServiceMeasurements
{
    public static void Create()
    {
        Instruments.ServiceCalls.Observe(TreeMetrics.Of(Calls));
        Instruments.ServicePending.Observe(TreeMetrics.Of(static tree => Sums(tree, static service => service.Pending)));
        Instruments.ServicesRunning.Observe(TreeMetrics.Of(static tree => Sums(tree, static service => service.Running)));
        Instruments.ServiceRestarts.Observe(TreeMetrics.Of(static tree => Sums(tree, static service => service.Restarts)));
    }

    private static IEnumerable<Measurement<long>> Sums(TreeReading tree, Func<ServiceFigures, long> value) =>
        tree.Services.GroupBy(static service => service.Service).Select(series => new Measurement<long>(
            series.Sum(value), new KeyValuePair<string, object?>(TelemetryTags.Service, series.Key)));

    private static IEnumerable<Measurement<long>> Calls(TreeReading tree) =>
        from series in tree.Services.GroupBy(static service => service.Service)
        from outcome in Enum.GetValues<CallOutcome>()
        select new Measurement<long>(
            series.Sum(service => service.Calls.ElementAtOrDefault((int)outcome)),
            TagListBuilder.Of(TelemetryTags.Service, series.Key).And(TelemetryTags.CallOutcome, TelemetryTags.Value(outcome)).ToArray());
}
