using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Inspection;

/// <summary>The attempts of a task, as an observer sees them.</summary>
public sealed class RecordedAttemptTests : ProcessTest
{
    [Fact]
    public Task Each_attempt_of_a_task_is_recorded_with_its_number() => Watchdog.Run(async () =>
    {
        using var monitor = ProgramMonitor.OpenCurrent();
        await using var pool = new ProcessPool(new() { Name = "attempts", Workers = 1, MaxAttempts = 3 });
        await pool.RunAsync(static () => { });
        Eventually.Is(() => monitor.ReadTasks(out _) is { } && monitor.Read().Pools.Any(static pool => pool.Name == "attempts"), "the pool is published");

        // Not awaited yet: a task is recorded only while an observer looks, and a look lasts five seconds.
        var run = pool.RunAsync(
            static () =>
            {
                if (CurrentTask.Attempt < 3)
                {
                    using var self = Process.GetCurrentProcess();
                    self.Kill();
                }
            },
            new TaskOptions { Name = "third" });
        var records = new List<TaskRecord>();
        Eventually.Is(
            () =>
            {
                records.AddRange(monitor.ReadTasks(out _).Where(static task => task.Name == "third"));
                return records.Count >= 3;
            },
            "all attempts are recorded");
        await run;
        records.Select(static task => (task.Attempt, task.Outcome)).ShouldBe([(1, TaskOutcome.WorkerDied), (2, TaskOutcome.WorkerDied), (3, TaskOutcome.Succeeded)]);
    });
}
