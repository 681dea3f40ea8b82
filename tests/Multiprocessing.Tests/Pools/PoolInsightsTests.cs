using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class PoolInsightsTests : ProcessTest
{
    [Fact]
    public Task Every_task_is_counted_by_name_with_what_became_of_it() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 2, Name = "counted", MaxAttempts = 2 });
        await pool.MapAsync(Enumerable.Range(0, 1000), item => item + 1, new() { Name = "add" });
        await pool.MapOutcomesAsync(Enumerable.Range(0, 50), item => item % 5 == 0 ? throw new InvalidOperationException("fifth") : item, new() { Name = "throw" });
        await Should.ThrowAsync<WorkerDiedException>(() => pool.RunAsync(() => Environment.FailFast("no more"), new() { Name = "die" }));
        await Should.ThrowAsync<TimeoutException>(() => pool.RunAsync(() => Thread.Sleep(Timeout.Infinite), new() { Name = "hang", Timeout = TimeSpan.FromMilliseconds(50) }));
        var insights = pool.GetInsights();
        insights.Name.ShouldBe("counted");
        insights.Tasks.Select(static task => task.Name).ShouldBe(["add", "throw", "die", "hang"], ignoreOrder: true);
        var add = insights.Tasks.Single(static task => task.Name == "add");
        (add.Submitted, add.Succeeded, add.Failed, add.Pending).ShouldBe((1000, 1000, 0, 0));
        add.ArgumentBytes.ShouldBeGreaterThanOrEqualTo(4000);
        add.ResultBytes.ShouldBe(4000);
        add.WorkingTime.Count.ShouldBeInRange(900, 1000); // of very short tasks every eighth is measured, and each worker's last ones speak for none
        var thrown = insights.Tasks.Single(static task => task.Name == "throw");
        (thrown.Succeeded, thrown.Failed).ShouldBe((40, 10));
        var died = insights.Tasks.Single(static task => task.Name == "die");
        (died.Failed, died.WorkerDeaths, died.Retries).ShouldBe((1, 2, 1));
        var hung = insights.Tasks.Single(static task => task.Name == "hang");
        (hung.Failed, hung.TimedOut, hung.WorkerDeaths).ShouldBe((1, 1, 0));
        insights.WorkersDied.ShouldBe(3);
        insights.Workers.Count(static worker => worker.Activity == WorkerActivity.Died && worker.ExitStatus is { Signal: not null } or { Reason: ExitReason.FailFast }).ShouldBe(3);
        insights.Conclusions.ShouldContain(static said => said == "2 workers died while they ran 'die'; 1 retry.");
        insights.Conclusions.ShouldContain(static said => said.StartsWith("20 % of 'throw' failed"));
        insights.Conclusions.ShouldContain(static said => said.StartsWith("1 of 'hang' did not end within"));
    });

    [Fact]
    public Task Times_are_divided_into_waiting_serializing_and_working() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        await pool.MapAsync(
            Enumerable.Range(0, 10),
            item =>
            {
                var until = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 50);
                while (Stopwatch.GetTimestamp() < until)
                {
                    Thread.SpinWait(50);
                }

                return item;
            },
            new() { Name = "spin" });
        var task = pool.GetInsights().Tasks.Single();
        task.WorkingTime.Count.ShouldBe(10);
        task.WorkingTime.Minimum.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(20));
        task.WaitingTime.Maximum.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(180)); // the last one waited for nine
        var worker = pool.GetInsights().Workers.Single();
        worker.TasksCompleted.ShouldBe(10);
        worker.WorkingTime.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(200));
        worker.StartUpTime.ShouldNotBeNull();
        worker.Utilization.ShouldBeInRange(0.01, 1);
    });

    [Fact]
    public Task Large_arguments_are_reported_with_their_cost_and_a_suggestion() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        for (var i = 0; i < 40; i++)
        {
            await pool.RunAsync((byte[] data) => data, new byte[8 << 20], new() { Name = "echo" });
        }

        var insights = pool.GetInsights();
        var echo = insights.Tasks.Single();
        echo.ArgumentBytes.ShouldBeGreaterThan(40L * (8 << 20));
        echo.SerializingTime.Total.ShouldBeGreaterThan(echo.WorkingTime.Total);
        insights.Conclusions.ShouldContain(static said => said.Contains("of the time of 'echo' was spent on serializing (16.0 MiB a task): pass large arrays as a SharedArray"));
        insights.ToString().ShouldContain("SharedArray");
    });

    [Fact]
    public Task A_running_task_is_named_and_the_table_shows_it() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1, Name = "shown", ShutdownGrace = TimeSpan.FromSeconds(60) });
        using var begun = new ProcessEvent();
        using var mayEnd = new ProcessEvent();
        var task = pool.RunAsync(
            () =>
            {
                begun.Set();
                mayEnd.Wait();
            },
            new() { Name = "long one" });
        begun.Wait();
        var worker = pool.GetInsights().Workers.Single();
        worker.Activity.ShouldBe(WorkerActivity.Busy);
        worker.CurrentTask.ShouldBe("long one");
        worker.ProcessId.ShouldBe(pool.ProcessIds.Single());
        var table = pool.GetInsights().ToString();
        table.ShouldStartWith("shown: 1 of 1 workers after ");
        table.ShouldContain("runs long one");
        mayEnd.Set();
        await task;
        await pool.ShutdownAsync();
        var after = pool.GetInsights();
        after.WorkersEnded.ShouldBe(1);
        after.Workers.Single().Activity.ShouldBe(WorkerActivity.Ended);
        after.Tasks.Single().Succeeded.ShouldBe(1);
    });

    [Fact]
    public Task A_name_for_every_task_does_not_make_the_pool_grow() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        await Task.WhenAll(Enumerable.Range(0, 400).Select(number => pool.RunAsync(static () => 1, new() { Name = $"task {number}" })));
        var tasks = pool.GetInsights().Tasks;
        tasks.Count.ShouldBe(257);
        tasks.Single(static task => task.Name == "(other names)").Succeeded.ShouldBe(400 - 256);
        pool.GetInsights().ToString().ShouldContain("... and 237 more");
    });

    [Fact]
    public void Percentiles_are_within_three_hundredths()
    {
        var histogram = new TimeHistogram();
        for (var i = 1; i <= 100_000; i++)
        {
            histogram.Add(i * 1000L, 1);
        }

        var distribution = histogram.ToDistribution();
        var tick = TimeDistribution.TimeOf(1_000_000) / 1000;
        foreach (var share in new[] { 0.001, 0.1, 0.5, 0.9, 0.99, 0.999 })
        {
            (distribution.Percentile(share) / (tick * 100_000 * share)).ShouldBeInRange(0.965, 1.035);
        }

        distribution.Percentile(1).ShouldBe(distribution.Maximum);
        distribution.Count.ShouldBe(100_000);
        (distribution.Mean / (tick * 50_000.5)).ShouldBeInRange(0.999, 1.001);
        Should.Throw<ArgumentOutOfRangeException>(() => distribution.Percentile(double.NaN));
        new TimeHistogram().ToDistribution().Percentile(0.5).ShouldBe(TimeSpan.Zero);
    }
}
