using System.Diagnostics;
using Multiprocessing.Tests.Services;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Telemetry;

/// <summary>The spans of tasks and of calls, as a listener of the process receives them in which they run.</summary>
[Collection(ProcessCollection.Name)]
public sealed class SpanTests : ProcessTest
{
    private static readonly List<Span> Ended = [];

    private static ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == MultiprocessingTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = static activity =>
            {
                lock (Ended)
                {
                    Ended.Add(Span.Of(activity));
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static Span[] Seen(string trace)
    {
        lock (Ended)
        {
            return [.. Ended.Where(span => span.Trace == trace)];
        }
    }

    private static void DieOnce(int item)
    {
        if (item == 2 && CurrentTask.Attempt == 1)
        {
            Process.GetCurrentProcess().Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }

    private static Activity Request() => new Activity("request") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.SetIdFormat(ActivityIdFormat.W3C).Start();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_retry_has_a_link_to_the_span_of_the_attempt_that_died(bool isMap) => Watchdog.Run(async () =>
    {
        using var listener = Listen();
        await using var pool = new ProcessPool(new() { Name = "spans", Workers = 1, MaxAttempts = 2, Initializer = static () => Listen() });
        using var request = Request();
        var (trace, parent) = (request.TraceId.ToString(), request.SpanId.ToString());
        if (isMap)
        {
            await pool.ForEachAsync([1, 2, 3], DieOnce, new() { Name = "work" });
        }
        else
        {
            await pool.RunAsync(DieOnce, 2, new() { Name = "work" });
        }

        var second = (await pool.RunAsync(Seen, trace)).Single(span => span.Tags["multiprocessing.task.attempt"] == "2");
        Eventually.Is(() => Seen(trace).Length > 0, "the lost span is reported");
        var first = Seen(trace).ShouldHaveSingleItem();
        (first.Name, first.Parent, first.Kind, first.Error).ShouldBe(("work", parent, ActivityKind.Consumer, typeof(WorkerDiedException).FullName));
        (second.Name, second.Parent, second.Kind, second.Error).ShouldBe(("work", parent, ActivityKind.Consumer, null));
        first.Tags["multiprocessing.task.attempt"].ShouldBe("1");
        first.Tags["process.pid"].ShouldNotBe(second.Tags["process.pid"]);
        second.Link.ShouldBe(first.Id);
        second.Tags["multiprocessing.pool.name"].ShouldBe("spans");
        second.Tags["multiprocessing.worker.number"].ShouldBe("2");
        first.Status.ShouldBe(ActivityStatusCode.Error);
        second.Status.ShouldBe(ActivityStatusCode.Unset);
    });

    [Fact]
    public Task A_failed_task_is_a_failed_span_and_one_without_a_caller_begins_a_trace() => Watchdog.Run(async () =>
    {
        using var listener = Listen();
        await using var pool = new ProcessPool(new() { Workers = 1, Initializer = static () => Listen() });
        await Should.ThrowAsync<FormatException>(pool.RunAsync(static () => throw new FormatException("no"), new() { Name = "wrong" }));
        var span = (await pool.RunAsync(static () => Ended.ToArray())).ShouldHaveSingleItem();
        (span.Name, span.Error, span.Status, span.Parent).ShouldBe(("wrong", "System.FormatException", ActivityStatusCode.Error, default(ActivitySpanId).ToString()));
        span.Tags["messaging.system"].ShouldBe("multiprocessing");
    });

    [Fact]
    public Task A_call_of_a_service_is_one_span_in_its_process() => Watchdog.Run(async () =>
    {
        using var ended = new ProcessQueue<Span>();
        using var registration = ChildStartup.Add(() =>
        {
            _ = Listen();
            return new Report(ended);
        });
        using var request = Request();
        var options = new ProcessServiceOptions { ShutdownGrace = TimeSpan.FromSeconds(60) }; // a process that is killed reports nothing
        await using (var service = await ProcessService.StartAsync<PipelinedCallTests.ICounter>(
            static () => new PipelinedCallTests.Counter(), options))
        {
            service.Proxy.Next(1).ShouldBe(2);
            await Should.ThrowAsync<Exception>(async () => await service.Proxy.FailAsync("no"));
        }

        var spans = new List<Span>();
        while (ended.TryGet(out var span))
        {
            spans.Add(span);
        }

        spans.ShouldAllBe(span => span.Trace == request.TraceId.ToString() && span.Kind == ActivityKind.Server);
        var next = spans.Single(static span => span.Name.Contains("ICounter/Next", StringComparison.Ordinal));
        next.Parent.ShouldBe(request.SpanId.ToString());
        (next.Tags["rpc.system.name"], next.Tags["rpc.method"]).ShouldBe(("multiprocessing", next.Name));
        spans.Single(static span => span.Name.Contains("ICounter/FailAsync", StringComparison.Ordinal)).Error.ShouldNotBeNull();
    });

    private sealed class Report(ProcessQueue<Span> to) : IDisposable
    {
        public void Dispose()
        {
            foreach (var span in Ended)
            {
                to.Put(span);
            }
        }
    }

    private sealed record Span(
        string Name, string Trace, string Id, string Parent, ActivityKind Kind, ActivityStatusCode Status, string? Link, Dictionary<string, string> Tags)
    {
        public string? Error => Tags.GetValueOrDefault("error.type");

        public static Span Of(Activity activity) => new(
            activity.DisplayName, activity.TraceId.ToString(), activity.SpanId.ToString(), activity.ParentSpanId.ToString(), activity.Kind,
            activity.Status, activity.Links.Select(static link => link.Context.SpanId.ToString()).SingleOrDefault(),
            activity.TagObjects.ToDictionary(static tag => tag.Key, static tag => $"{tag.Value}"));
    }
}
