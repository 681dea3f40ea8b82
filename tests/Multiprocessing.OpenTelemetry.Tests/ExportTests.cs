using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Shouldly;
using Xunit;

// What a test configures for children is configured for all children of this process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Multiprocessing.OpenTelemetryTests;

/// <summary>What exporters receive from the root and from its children.</summary>
public sealed class ExportTests
{
    private static readonly ActivitySource App = new("App");

    /// <summary>Longer than a test: what arrives was flushed.</summary>
    private const int Never = 600_000;

    /// <summary>The time that a worker has to send the rest at its end; the default, 5 seconds, is what a busy machine exceeds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static IDisposable ExportFromChildren(ProcessQueue<ExportedSpan> queue, int delay = Never) => ChildTelemetry.Configure(
        telemetry => telemetry.WithTracing(tracing => tracing.AddMultiprocessingInstrumentation().AddSource("App")
            .AddProcessor(new BatchActivityExportProcessor(new QueueExporter(queue), scheduledDelayMilliseconds: delay))),
        Patience);

    private static List<ExportedSpan> All(ProcessQueue<ExportedSpan> queue)
    {
        var all = new List<ExportedSpan>();
        while (queue.TryGet(out var span))
        {
            all.Add(span);
        }

        return all;
    }

    [Fact]
    public async Task A_task_is_a_span_of_the_worker_and_a_child_of_the_callers()
    {
        using var queue = new ProcessQueue<ExportedSpan>();
        using var children = ExportFromChildren(queue);
        var exported = new List<Activity>();
        using var here = Sdk.CreateTracerProviderBuilder().AddSource("App").AddInMemoryExporter(exported).Build();
        ActivityContext caller;
        await using (var pool = new ProcessPool(new() { Workers = 1, Name = "pool", ShutdownGrace = Patience }))
        {
            using (var request = App.StartActivity("request")!)
            {
                caller = request.Context;
                await pool.RunAsync(
                    static () =>
                    {
                        using var inner = App.StartActivity("inner");
                    },
                    new() { Name = "work" });
                await Should.ThrowAsync<InvalidOperationException>(
                    pool.RunAsync(static () => throw new InvalidOperationException("no"), new TaskOptions { Name = "fail" }));
            }
        }

        var spans = All(queue);
        spans.Select(static span => span.Name).ShouldBe(["inner", "work", "fail"]);
        spans.ShouldAllBe(span => span.Trace == caller.TraceId.ToString());
        var (inner, work, fail) = (spans[0], spans[1], spans[2]);
        work.Parent.ShouldBe(caller.SpanId.ToString());
        inner.Parent.ShouldBe(work.Id);
        work.Kind.ShouldBe(ActivityKind.Consumer);
        work.Status.ShouldBe(ActivityStatusCode.Unset);
        work.Tags["multiprocessing.pool.name"].ShouldBe("pool");
        work.Tags["multiprocessing.worker.number"].ShouldBe("1");
        work.Tags["multiprocessing.task.attempt"].ShouldBe("1");
        int.Parse(work.Tags["process.pid"]!).ShouldNotBe(Environment.ProcessId);
        fail.Status.ShouldBe(ActivityStatusCode.Error);
        fail.Tags["error.type"].ShouldBe("System.InvalidOperationException");
        exported.Select(static span => span.DisplayName).ShouldBe(["request"]);
    }

    [Fact]
    public async Task Spans_without_a_caller_are_roots_only_where_the_program_traces()
    {
        using var queue = new ProcessQueue<ExportedSpan>();
        using var children = ExportFromChildren(queue);
        using var here = Sdk.CreateTracerProviderBuilder().AddMultiprocessingInstrumentation().AddInMemoryExporter(new List<Activity>()).Build();
        await using (var pool = new ProcessPool(new() { Workers = 1, ShutdownGrace = Patience }))
        {
            await pool.MapAsync([1, 2, 3], static item => item, new() { Name = "item" });
        }

        var spans = All(queue);
        spans.Count.ShouldBe(3);
        spans.ShouldAllBe(static span => span.Name == "item" && span.Parent == "0000000000000000");
    }

    [Fact]
    public async Task A_killed_worker_has_lost_one_batch_at_most()
    {
        using var queue = new ProcessQueue<ExportedSpan>();
        using var children = ExportFromChildren(queue, delay: 50);
        using var request = new Activity("request").SetIdFormat(ActivityIdFormat.W3C);
        request.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        request.Start();
        await using var pool = new ProcessPool(new() { Workers = 1 });
        await pool.RunAsync(static () => { }, new TaskOptions { Name = "before" });
        queue.Get(TimeSpan.FromSeconds(60)).Name.ShouldBe("before"); // its batch was sent
        await Should.ThrowAsync<WorkerDiedException>(
            pool.RunAsync(static () => Process.GetCurrentProcess().Kill(), new TaskOptions { Name = "dies", MaxAttempts = 1 }));
        await pool.RunAsync(static () => { }, new TaskOptions { Name = "after" });
        queue.Get(TimeSpan.FromSeconds(60)).Name.ShouldBe("after");
    }

    [Fact]
    public async Task The_root_exports_the_metrics_of_the_tree()
    {
        var exported = new List<Metric>();
        using var provider = Sdk.CreateMeterProviderBuilder().AddMultiprocessingInstrumentation().AddInMemoryExporter(exported).Build();
        using var queue = new ProcessQueue<int>(new() { DisplayName = "exported" });
        queue.Put(7);
        await using var pool = new ProcessPool(new() { Workers = 1, Name = "measured" });
        await pool.RunAsync(static () => { });
        string[] expected =
        [
            "multiprocessing.pool.tasks", "multiprocessing.process.count", "multiprocessing.pool.task.run.duration", "process.memory.usage",
        ];
        var names = new HashSet<string>();
        for (var i = 0; i < 600 && !expected.All(names.Contains); i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            exported.Clear();
            provider.ForceFlush();
            names.UnionWith(exported.Select(static metric => metric.Name));
        }

        expected.Except(names).ShouldBeEmpty();
        var sent = exported.Single(static metric => metric.Name == "messaging.client.sent.messages");
        sent.Unit.ShouldBe("{message}");
    }

    [Fact]
    public async Task Log_records_of_a_worker_have_its_attributes()
    {
        using var queue = new ProcessQueue<string>();
        using var children = ChildTelemetry.Configure(
            telemetry => telemetry.WithLogging(logging => logging.AddMultiprocessingInstrumentation().AddProcessor(
                new BatchLogRecordExportProcessor(new QueueLogExporter(queue), scheduledDelayMilliseconds: Never))),
            Patience);
        await using (var pool = new ProcessPool(new() { Workers = 1, Name = "logs", ShutdownGrace = Patience }))
        {
            await pool.RunAsync(static () => MultiprocessingLogging.Factory.CreateLogger("app").LogWarning("hot {Degrees}", 99));
        }

        queue.Get(TimeSpan.FromSeconds(60)).ShouldBe("hot 99: Degrees=99 multiprocessing.pool.name=logs multiprocessing.worker.number=1 multiprocessing.task.attempt=1");
    }
}
