using System.Diagnostics;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of docs/guide/telemetry.md.</summary>
[Collection(AloneCollection.Name)]
public class TelemetryPages
{
    [Fact]
    public async Task A_listener_in_every_process()
    {
        #region telemetry-startup
        static IDisposable Trace()
        {
            var listener = new ActivityListener
            {
                ShouldListenTo = static source => source.Name == MultiprocessingTelemetry.ActivitySourceName,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = static span => Console.WriteLine($"{span.DisplayName} took {span.Duration.TotalMilliseconds:0.0} ms"),
            };
            ActivitySource.AddActivityListener(listener);
            return listener;
        }

        using var here = Trace();
        using var children = ChildStartup.Add(Trace);
        await using var pool = new ProcessPool();
        await pool.RunAsync(static () => Thread.Sleep(10), new() { Name = "work" });
        #endregion
    }
}
