using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Shouldly;

namespace Multiprocessing.Tests.Telemetry;

/// <summary>Listens to the library's meter as a tool does.</summary>
internal sealed class RecordedMetrics : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Measured> _all = new();

    public RecordedMetrics()
    {
        _ = Session.Current; // a program without one has nothing to report
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == MultiprocessingTelemetry.MeterName)
            {
                Published[instrument.Name] = instrument;
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
        Eventually.Is(() => Published.ContainsKey("multiprocessing.pool.workers"), "the root's instruments are created");
    }

    public ConcurrentDictionary<string, Instrument> Published { get; } = new();

    /// <summary>Everything that was recorded and observed until now.</summary>
    public IReadOnlyCollection<Measured> All => _all;

    /// <summary>Returns what the observable instruments say now.</summary>
    public List<Measured> Observe()
    {
        Thread.Sleep(250); // a reading serves all instruments for a moment
        var before = _all.Count;
        _listener.RecordObservableInstruments();
        return [.. _all.Skip(before)];
    }

    /// <summary>Returns the sum of one instrument now, of the measurements with these attributes.</summary>
    public double Sum(string name, params (string Name, object Value)[] tags) =>
        Observe().Where(measured => measured.Name == name && tags.All(tag => tag.Value.Equals(measured.Tags.GetValueOrDefault(tag.Name))))
            .Sum(static measured => measured.Value);

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _all.Enqueue(new Measured(instrument.Name, value, tags.ToArray().ToDictionary(static tag => tag.Key, static tag => tag.Value)));
}

internal sealed record Measured(string Name, double Value, IReadOnlyDictionary<string, object?> Tags);
