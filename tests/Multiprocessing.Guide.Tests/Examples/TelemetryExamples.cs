using System.Diagnostics.Metrics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

public class TelemetryExamples
{
    [Fact]
    public void Names()
    {
        #region MultiprocessingTelemetry
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, self) =>
        {
            if (instrument.Meter.Name == MultiprocessingTelemetry.MeterName)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(static (instrument, value, _, _) => Console.WriteLine($"{instrument.Name}: {value}"));
        listener.Start();
        listener.RecordObservableInstruments();
        #endregion
        MultiprocessingTelemetry.ActivitySourceName.ShouldBe("Multiprocessing");
    }
}
