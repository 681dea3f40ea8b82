using System.Diagnostics.Metrics;
using System.Globalization;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

[Collection(AloneCollection.Name)]
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

    [Fact]
    public void Startup()
    {
        var directory = Directory.CreateTempSubdirectory();
        var before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = directory.FullName;
        try
        {
            Registered();
            Directory.GetFiles(directory.FullName, "trace-*.log").Length.ShouldBe(1);
        }
        finally
        {
            Environment.CurrentDirectory = before;
            directory.Delete(recursive: true);
        }
    }

    private static void Registered()
    {
        #region ChildStartup
        using var registration = ChildStartup.Add(static () =>
        {
            CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
            return new FileStream($"trace-{CurrentProcess.Id}.log", FileMode.Create); // closed when the child ends
        });
        #endregion
        using var child = ChildProcess.Run(static () => { });
        child.Wait();
        child.Join();
    }
}
