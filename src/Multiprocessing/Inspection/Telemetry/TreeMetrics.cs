using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// The instruments that the root of a program reports for its whole tree. All of them are read when a listener asks, out of the shared memory that is
/// there anyway: nothing is recorded where items are put and taken and where locks are entered.
/// </summary>
internal static class TreeMetrics
{
#pragma warning disable CA2255 // The session, a low room, starts the metrics; this room is the only one that can create them.
    [ModuleInitializer]
    internal static void Register() => TelemetryStart.CreateTreeInstruments = Create;
#pragma warning restore CA2255

    private static void Create()
    {
        Instruments.ProcessCount.Observe(Of<long>(static tree => [new Measurement<long>(tree.Program.Processes.Count)]));
        Instruments.ProcessStarted.Observe(Of<long>(static tree => [new Measurement<long>(tree.Program.StartedProcesses)]));
        Instruments.ProcessEnded.Observe(Of(static tree => tree.Ended));
        Instruments.ProcessCpu.Observe(OfProcesses(static process => process.CpuTime.TotalSeconds));
        Instruments.ProcessMemory.Observe(OfProcesses(static process => process.WorkingSetBytes));
        Instruments.ProcessThreads.Observe(OfProcesses(static process => (long)process.ThreadCount));
        Instruments.SharedMemory.Observe(Of<long>(static tree => [new Measurement<long>(tree.Program.SharedMemoryBytes)]));
        QueueMeasurements.Create();
        LockMeasurements.Create();
        PoolMeasurements.Create();
        ServiceMeasurements.Create();
    }

    /// <summary>Returns a callback that fails no listener: without a session there are no measurements.</summary>
    public static Func<IEnumerable<Measurement<T>>> Of<T>(Func<TreeReading, IEnumerable<Measurement<T>>> read)
        where T : struct => () => TreeReading.Current() is { } tree ? read(tree) : [];

    private static Func<IEnumerable<Measurement<T>>> OfProcesses<T>(Func<ProcessSnapshot, T> value)
        where T : struct =>
        Of(tree => tree.Program.Processes.Select(process =>
            new Measurement<T>(value(process), new KeyValuePair<string, object?>(TelemetryTags.ProcessId, process.Id))));
}
