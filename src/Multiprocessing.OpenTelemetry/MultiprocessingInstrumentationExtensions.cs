using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Multiprocessing;

/// <summary>Adds the library's spans, metrics and log attributes to the providers of OpenTelemetry.</summary>
/// <remarks>
/// The providers of the root export its metrics, which are those of the whole tree. A child has providers of its own if
/// <see cref="ChildTelemetry.Configure"/> sets them up.
/// </remarks>
/// <example>
/// <code>
/// using var metrics = Sdk.CreateMeterProviderBuilder()
///     .AddMultiprocessingInstrumentation()
///     .AddOtlpExporter()
///     .Build();
/// </code>
/// </example>
public static class MultiprocessingInstrumentationExtensions
{
    /// <summary>Adds the spans of tasks and of calls of services that run in this process.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static TracerProviderBuilder AddMultiprocessingInstrumentation(this TracerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddSource(MultiprocessingTelemetry.ActivitySourceName);
    }

    /// <summary>Adds the metrics of the library: in the root those of the whole tree.</summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static MeterProviderBuilder AddMultiprocessingInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddMeter(MultiprocessingTelemetry.MeterName);
    }

    /// <summary>
    /// Adds to the log records of a worker the name of the pool, the number of the worker and the attempt of the task. Call it before an exporter
    /// is added: processors run in this order.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <returns>The builder.</returns>
    public static LoggerProviderBuilder AddMultiprocessingInstrumentation(this LoggerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddProcessor(new WorkerLogProcessor());
    }
}
