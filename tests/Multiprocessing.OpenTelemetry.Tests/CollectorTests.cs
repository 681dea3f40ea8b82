using System.Diagnostics;
using System.Globalization;
using Shouldly;
using Xunit;

namespace Multiprocessing.OpenTelemetryTests;

/// <summary>What a collector receives over OpenTelemetry's protocol from a program whose worker is killed.</summary>
public sealed class CollectorTests
{
    [Fact]
    public async Task Traces_metrics_and_logs_of_the_root_and_of_its_workers_arrive()
    {
        await using var collector = await OtlpCollector.StartAsync();
        var (trace, killed) = await TracedProgram.RunAsync(
            collector.Address, () => Until(() => collector.Spans.Any(static span => span.Name == "first") && collector.Logs.Any(static log => log.Text.Contains("made")), "the first span"));

        var spans = collector.Spans.Where(span => span.Trace == trace).ToList();
        spans.ShouldAllBe(static span => span.Resource["service.name"] == TracedProgram.Service);
        var request = spans.Single(static span => span.Name == "request");
        Pid(request.Resource).ShouldBe(Environment.ProcessId);
        var first = spans.Single(static span => span.Name == "first");
        first.Parent.ShouldBe(request.Id);
        Pid(first.Resource).ShouldBe(killed);
        first.Resource["multiprocessing.process.name"].ShouldBe("thumbnails:1");

        // The killed worker could not send the span of the task that it ran: the root has.
        var attempts = spans.Where(static span => span.Name == "resize").OrderBy(static span => span.Tags["multiprocessing.task.attempt"]).ToList();
        attempts.Select(static span => span.Tags["multiprocessing.task.attempt"]).ShouldBe(["1", "2"]);
        attempts.ShouldAllBe(span => span.Parent == request.Id);
        Pid(attempts[0].Resource).ShouldBe(Environment.ProcessId);
        attempts[0].Tags["error.type"].ShouldBe("Multiprocessing.WorkerDiedException");
        attempts[0].Status.ShouldBe(2, "an error");
        Pid(attempts[1].Resource).ShouldNotBe(killed);
        attempts[1].Links.ShouldBe([attempts[0].Id]);
        attempts[1].Status.ShouldBe(0);

        var metrics = collector.Metrics.Where(static metric => Pid(metric.Resource) == Environment.ProcessId).Select(static metric => metric.Name).ToHashSet();
        foreach (var name in new[] { "multiprocessing.process.count", "multiprocessing.pool.tasks", "multiprocessing.pool.worker.deaths", "multiprocessing.pool.task.run.duration" })
        {
            metrics.ShouldContain(name);
        }

        var log = collector.Logs.Single(static log => log.Text.Contains("made"));
        log.Trace.ShouldBe(trace);
        Pid(log.Resource).ShouldBe(killed);
        log.Tags["multiprocessing.pool.name"].ShouldBe("thumbnails");
        log.Tags["Count"].ShouldBe("12");
    }

    internal static async Task Until(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60), $"{what} did not arrive");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static int Pid(Attributes resource) => int.Parse(resource["service.instance.id"], CultureInfo.InvariantCulture);
}
