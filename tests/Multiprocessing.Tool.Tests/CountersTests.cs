using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Multiprocessing.Tests;
using Multiprocessing.Tool.Stacks;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary>
/// The meter of a running program, read by the pid of its root through the diagnostics port, as dotnet-counters does: the program has not been prepared
/// for it.
/// </summary>
public class CountersTests(WatchedProgram program) : IClassFixture<WatchedProgram>
{
    // Keywords of the event source System.Diagnostics.Metrics: the values of time series.
    private const long TimeSeriesValues = 2;

    [Fact]
    public async Task The_root_reports_the_processes_queues_locks_and_pools_of_the_whole_program()
    {
        var values = new ConcurrentDictionary<string, string>();
        await using var port = await DiagnosticsPort.ConnectAsync(program.Id, TestContext.Current.CancellationToken);
        using var session = await port.Client.StartEventPipeSessionAsync([Provider()], requestRundown: false, token: TestContext.Current.CancellationToken);
        using var source = new EventPipeEventSource(session.EventStream);
        source.Dynamic.All += data =>
        {
            // A counter's value is its rate, an up-down counter's the sum that is true now.
            if (data.ProviderName == "System.Diagnostics.Metrics" && data.EventName.EndsWith("ValuePublished", StringComparison.Ordinal))
            {
                values[$"{data.PayloadByName("instrumentName")}"] = $"{data.PayloadByName("value") ?? data.PayloadByName("rate") ?? data.PayloadByName("quantiles")}";
            }
        };
        var reading = Task.Run(source.Process, TestContext.Current.CancellationToken);
        string[] expected =
        [
            "multiprocessing.process.count", "process.cpu.time", "multiprocessing.queue.depth", "messaging.client.sent.messages",
            "multiprocessing.lock.contentions", "multiprocessing.pool.tasks", "multiprocessing.pool.workers", "multiprocessing.pool.task.run.duration",
        ];
        Eventually.Is(() => expected.All(values.ContainsKey), "each of the instruments is reported", TimeSpan.FromSeconds(60));
        await session.StopAsync(TestContext.Current.CancellationToken);
        await reading.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        // The root, its three children and the three workers of its pool, at least; spares may be among them.
        int.Parse(values["multiprocessing.process.count"], CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(7);
    }

    private static EventPipeProvider Provider() => new("System.Diagnostics.Metrics", EventLevel.Informational, TimeSeriesValues, new Dictionary<string, string>
    {
        ["SessionId"] = Guid.NewGuid().ToString(),
        ["Metrics"] = MultiprocessingTelemetry.MeterName,
        ["RefreshInterval"] = "0.5",
        ["MaxTimeSeries"] = "1000",
        ["MaxHistograms"] = "20",
    });
}
