using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Multiprocessing.OpenTelemetryTests;

/// <summary>A program that sends its three signals to a collector, from its root and from its workers, one of which is killed.</summary>
internal static class TracedProgram
{
    public const string Service = "shop";

    /// <summary>The time that a worker has to send the rest at its end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly ActivitySource Shop = new(Service);

    /// <param name="collector">The address of the collector.</param>
    /// <param name="firstHasArrived">Waits until the span and the log record of "first" have arrived: the worker is killed afterwards, and would take them along.</param>
    /// <returns>The trace of the request, and the worker that was killed.</returns>
    public static async Task<(string Trace, int Killed)> RunAsync(string collector, Func<Task> firstHasArrived)
    {
        using var here = OpenTelemetrySdk.Create(telemetry => Configure(telemetry, collector));
        using var children = ChildTelemetry.Configure(telemetry => Configure(telemetry, collector), Patience);
        await using ProcessPool pool = new(new() { Name = "thumbnails", Workers = 1, MaxAttempts = 2, ShutdownGrace = Patience });
        using var request = Shop.StartActivity("request")!;
        var killed = await pool.RunAsync(
            static () =>
            {
                MultiprocessingLogging.Factory.CreateLogger("Shop").LogWarning("made {Count}", 12);
                return Environment.ProcessId;
            },
            new TaskOptions { Name = "first" });
        await firstHasArrived();
        await pool.RunAsync(
            static () =>
            {
                if (CurrentTask.Attempt == 1)
                {
                    using var self = Process.GetCurrentProcess();
                    self.Kill();
                }
            },
            new TaskOptions { Name = "resize" });
        return (request.TraceId.ToString(), killed);
    }

    private static void Configure(IOpenTelemetryBuilder telemetry, string collector) => telemetry
        .ConfigureResource(static resource => resource.AddService(Service, serviceInstanceId: $"{Environment.ProcessId}"))
        .WithTracing(tracing => tracing.AddMultiprocessingInstrumentation().AddSource(Service).AddOtlpExporter(options =>
        {
            Send(options, collector, "traces");
            options.BatchExportProcessorOptions.ScheduledDelayMilliseconds = 50;
        }))
        .WithMetrics(metrics => metrics.AddMultiprocessingInstrumentation().AddOtlpExporter((options, reader) =>
        {
            Send(options, collector, "metrics");
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 500;
        }))
        .WithLogging(logging => logging.AddMultiprocessingInstrumentation().AddOtlpExporter((options, processor) =>
        {
            Send(options, collector, "logs");
            processor.BatchExportProcessorOptions.ScheduledDelayMilliseconds = 50;
        }));

    private static void Send(OtlpExporterOptions options, string collector, string signal)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new($"{collector}/v1/{signal}");
    }
}
