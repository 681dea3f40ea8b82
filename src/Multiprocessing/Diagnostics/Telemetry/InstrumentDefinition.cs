using System.Diagnostics.Metrics;

namespace Multiprocessing;

/// <summary>The kinds of instruments, as OpenTelemetry names them.</summary>
internal enum InstrumentKind
{
    Counter,
    UpDownCounter,
    Histogram,
}

/// <summary>One instrument of the meter <see cref="MultiprocessingTelemetry.MeterName"/>: what the reference of the documentation lists.</summary>
/// <param name="Name">The name.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Unit">The unit, in UCUM; what is counted, in braces.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Attributes">The attributes that a measurement may have.</param>
internal sealed record InstrumentDefinition(string Name, InstrumentKind Kind, string Unit, string Description, params string[] Attributes)
{
    /// <summary>
    /// Gets the limits of a histogram's buckets in seconds, from a microsecond to ten minutes, for tools that have none of their own.
    /// </summary>
    public static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.000001, 0.00001, 0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 600],
    };

    public Counter<long> Counter() => MultiprocessingTelemetry.Meter.CreateCounter<long>(Name, Unit, Description);

    public UpDownCounter<long> UpDownCounter() => MultiprocessingTelemetry.Meter.CreateUpDownCounter<long>(Name, Unit, Description);

    public Histogram<double> Histogram() => MultiprocessingTelemetry.Meter.CreateHistogram(Name, Unit, Description, tags: null, Seconds);

    /// <summary>Creates an instrument that is read when a listener asks.</summary>
    public void Observe<T>(Func<IEnumerable<Measurement<T>>> read)
        where T : struct
    {
        if (Kind == InstrumentKind.Counter)
        {
            _ = MultiprocessingTelemetry.Meter.CreateObservableCounter(Name, read, Unit, Description);
        }
        else
        {
            _ = MultiprocessingTelemetry.Meter.CreateObservableUpDownCounter(Name, read, Unit, Description);
        }
    }
}
