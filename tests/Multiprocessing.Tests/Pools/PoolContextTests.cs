using System.Diagnostics;
using System.Globalization;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>What surrounds a task where it is given to the pool, and is found around its body in the worker.</summary>
public class PoolContextTests : ProcessTest
{
    private static (string? Trace, string? Parent, string? Name, string? State, string? Baggage) Here() =>
        (Activity.Current?.TraceId.ToString(), Activity.Current?.ParentSpanId.ToString(), Activity.Current?.OperationName, Activity.Current?.TraceStateString, Activity.Current?.GetBaggageItem("tenant"));

    [Fact]
    public Task A_task_belongs_to_the_trace_of_its_caller() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        (await pool.RunAsync(static () => Activity.Current is null)).ShouldBeTrue();
        using (var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start())
        {
            activity.TraceStateString = "vendor=1";
            activity.AddBaggage("tenant", "blue");
            var expected = (activity.TraceId.ToString(), activity.SpanId.ToString(), "work", "vendor=1", "blue");
            (await pool.RunAsync(Here, new() { Name = "work" })).ShouldBe(expected);
            (await pool.MapAsync([1, 2], static _ => Here(), new() { Name = "work" })).ShouldBe([expected, expected]);
            await foreach (var seen in pool.StreamAsync([1], static _ => Here(), new() { Name = "work" }))
            {
                seen.ShouldBe(expected);
            }

            (await pool.RunAsync(
                static async () =>
                {
                    await Task.Delay(1).ConfigureAwait(false);
                    return Here();
                },
                new() { Name = "work" })).ShouldBe(expected);
        }

        (await pool.RunAsync(static () => Activity.Current is null)).ShouldBeTrue();
    });

    [Fact]
    public Task A_task_has_the_culture_of_its_caller() => Watchdog.Run(async () =>
    {
        static string Number(int _) => 1234.5.ToString("N1");
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        var own = await pool.RunAsync(Number, 0);
        try
        {
            // The machine may know no culture but the invariant one: changed formats show as well that it is the caller's.
            var changed = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            changed.NumberFormat.NumberDecimalSeparator = ",";
            changed.NumberFormat.NumberGroupSeparator = ".";
            CultureInfo.CurrentCulture = changed;
            CultureInfo.CurrentUICulture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (await pool.RunAsync(Number, 0)).ShouldBe(Number(0));
            Number(0).ShouldBe("1.234,5");
            (await pool.MapAsync([0], Number)).ShouldBe(["1.234,5"]);
            (await pool.RunAsync(static () => CultureInfo.CurrentUICulture.IsReadOnly)).ShouldBeFalse();
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before;
        }

        (await pool.RunAsync(Number, 0)).ShouldBe(own);
        own.ShouldNotBe("1.234,5");
    });

    private static readonly ActivitySource App = new("Multiprocessing.Tests.App");

    private static readonly List<Activity> Exported = [];

    /// <summary>As a tracing library does in a worker's initializer.</summary>
    private static void ListenTo(params string[] sources)
    {
        ActivitySource.AddActivityListener(new ActivityListener
        {
            ShouldListenTo = source => sources.Contains(source.Name),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (Exported)
                {
                    Exported.Add(activity);
                }
            },
        });
    }

    private static (string Trace, string Parent) Span()
    {
        using var span = App.StartActivity("inner")!;
        return (span.TraceId.ToString(), span.ParentSpanId.ToString());
    }

    private static string[] Export()
    {
        lock (Exported)
        {
            return [.. Exported.Select(static activity => $"{activity.OperationName} {activity.SpanId} < {activity.ParentSpanId}")];
        }
    }

    [Fact]
    public Task Spans_of_a_body_are_children_of_the_callers() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1, Initializer = static () => ListenTo("Multiprocessing.Tests.App") });
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C);
        activity.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        activity.Start();
        var expected = (activity.TraceId.ToString(), activity.SpanId.ToString());
        (await pool.RunAsync(Span)).ShouldBe(expected);
        (await pool.MapAsync([1, 2, 3], static _ => Span())).ShouldBe([expected, expected, expected]);
        (await pool.MapOutcomesAsync([1], static _ => Span()))[0].Result.ShouldBe(expected);
        await foreach (var span in pool.StreamAsync([1], static _ => Span()))
        {
            span.ShouldBe(expected);
        }

        (await pool.RunAsync(static async () =>
        {
            await Task.Delay(1).ConfigureAwait(false);
            return Span();
        })).ShouldBe(expected);
        (await pool.RunAsync(static () => Activity.Current!.Recorded && Activity.Current.Context.TraceFlags == ActivityTraceFlags.Recorded)).ShouldBeTrue();
        (await pool.RunAsync(static () => Activity.Current!.Id)).ShouldBe(activity.Id);

        // What is exported hangs under the caller's and under nothing else.
        var exported = await pool.RunAsync(Export);
        exported.Length.ShouldBe(7);
        exported.ShouldAllBe(span => span.StartsWith("inner ") && span.EndsWith($" < {activity.SpanId}"));
    });

    [Fact]
    public Task A_task_is_a_span_of_its_own_for_a_listener_to_the_library() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1, Initializer = static () => ListenTo("Multiprocessing.Tests.App", "Multiprocessing") });
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        activity.TraceStateString = "vendor=1";
        activity.AddBaggage("tenant", "blue");
        var (trace, parent) = await pool.RunAsync(Span, new() { Name = "work" });
        trace.ShouldBe(activity.TraceId.ToString());
        (await pool.RunAsync(Here, new() { Name = "again" })).ShouldBe((trace, activity.SpanId.ToString(), "again", "vendor=1", "blue"));
        var exported = await pool.RunAsync(Export);
        exported[0].ShouldEndWith($" < {parent}");
        exported[1].ShouldBe($"work {parent} < {activity.SpanId}");
    });
}
