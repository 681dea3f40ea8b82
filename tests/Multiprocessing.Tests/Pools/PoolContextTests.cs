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
}
