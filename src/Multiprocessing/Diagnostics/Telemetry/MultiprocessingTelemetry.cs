using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Multiprocessing;

/// <summary>
/// The names under which the library publishes metrics and traces, for <c>dotnet-counters</c>, OpenTelemetry, <see cref="MeterListener"/> and
/// <see cref="ActivityListener"/>. Without a listener nothing is recorded.
/// </summary>
/// <remarks>
/// The root of a program reports the processes, queues, locks and pools of its whole tree; a child reports only the durations of its own pools' tasks
/// and its own supervisors. The package <c>Multiprocessing.OpenTelemetry</c> sets up exporters in all processes. Thread-safe.
/// </remarks>
/// <example>
/// <code>
/// using var listener = new MeterListener();
/// listener.InstrumentPublished = static (instrument, self) =>
/// {
///     if (instrument.Meter.Name == MultiprocessingTelemetry.MeterName)
///     {
///         self.EnableMeasurementEvents(instrument);
///     }
/// };
/// listener.SetMeasurementEventCallback&lt;long>(static (instrument, value, _, _) => Console.WriteLine($"{instrument.Name}: {value}"));
/// listener.Start();
/// listener.RecordObservableInstruments();
/// </code>
/// </example>
public static class MultiprocessingTelemetry
{
    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "Multiprocessing";

    /// <summary>The name of the <see cref="ActivitySource"/>.</summary>
    public const string ActivitySourceName = "Multiprocessing";

    private static readonly string? Version = typeof(MultiprocessingTelemetry).Assembly.GetName().Version?.ToString(3);

    /// <summary>Gets the source of the spans of tasks and of calls of services.</summary>
    internal static ActivitySource Source { get; } = new(ActivitySourceName, Version);

    /// <summary>Gets the meter of all instruments.</summary>
    internal static Meter Meter => Instrumented.Meter;

    /// <summary>Created with the first instrument: a process that only traces has none.</summary>
    private static class Instrumented
    {
        public static readonly Meter Meter = new(MeterName, Version);
    }
}
