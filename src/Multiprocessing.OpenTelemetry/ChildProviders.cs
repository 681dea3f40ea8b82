using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Multiprocessing;

/// <summary>The providers of this child, from its start to its end.</summary>
internal sealed class ChildProviders : IDisposable
{
    private readonly OpenTelemetrySdk _sdk;
    private readonly TimeSpan _flushTimeout;

    public ChildProviders(Action<IOpenTelemetryBuilder> configure, TimeSpan flushTimeout)
    {
        _flushTimeout = flushTimeout;
        _sdk = OpenTelemetrySdk.Create(builder =>
        {
            configure(builder);
            _ = builder.ConfigureResource(static resource => resource.AddAttributes(
            [
                new("process.pid", (long)Environment.ProcessId),
                new("multiprocessing.process.name", CurrentProcess.Name),
            ]));
        });
        var loggers = _sdk.GetLoggerFactory();
        if (loggers is not NullLoggerFactory)
        {
            MultiprocessingLogging.Factory = loggers;
        }
    }

    /// <summary>Sends what the exporters have, all signals within one time limit.</summary>
    public void Dispose()
    {
        var time = Stopwatch.StartNew();
        _ = _sdk.TracerProvider.ForceFlush(Left());
        _ = _sdk.LoggerProvider.ForceFlush(Left());
        _ = _sdk.MeterProvider.ForceFlush(Left());
        _ = _sdk.TracerProvider.Shutdown(Left());
        _ = _sdk.LoggerProvider.Shutdown(Left());
        _ = _sdk.MeterProvider.Shutdown(Left());
        _sdk.Dispose();

        int Left() => (int)Math.Max(0, (_flushTimeout - time.Elapsed).TotalMilliseconds);
    }
}
