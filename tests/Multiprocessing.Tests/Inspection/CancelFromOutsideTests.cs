using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Inspection;

/// <summary>An observer cancels the task that a worker runs.</summary>
public sealed class CancelFromOutsideTests : ProcessTest
{
    private const string Long = "long task";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public Task A_task_that_observes_its_token_ends_and_its_worker_goes_on() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Name = "observes", Workers = 1, MaxAttempts = 3, CancellationGrace = Patience });
        var before = await pool.RunAsync(static () => Environment.ProcessId);
        var task = pool.RunAsync(static token => { token.WaitHandle.WaitOne(); token.ThrowIfCancellationRequested(); }, new TaskOptions { Name = Long });
        using var monitor = ProgramMonitor.OpenCurrent();
        var (seen, worker) = Running(monitor, "observes");
        Cancel(monitor, seen, worker);
        await Should.ThrowAsync<OperationCanceledException>(task);
        (await pool.RunAsync(static () => Environment.ProcessId)).ShouldBe(before);
    });

    [Fact]
    public Task A_task_that_does_not_is_killed_after_the_grace_and_not_tried_again() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Name = "ignores", Workers = 1, MaxAttempts = 3, CancellationGrace = TimeSpan.FromMilliseconds(200) });
        var before = await pool.RunAsync(static () => Environment.ProcessId);
        var task = pool.RunAsync(static () => Thread.Sleep(Timeout.Infinite), new TaskOptions { Name = Long });
        using var monitor = ProgramMonitor.OpenCurrent();
        var (seen, worker) = Running(monitor, "ignores");
        Cancel(monitor, seen, worker);
        await Should.ThrowAsync<OperationCanceledException>(task);
        (await pool.RunAsync(static () => Environment.ProcessId)).ShouldNotBe(before);
    });

    [Fact]
    public Task A_request_for_a_task_that_has_ended_does_nothing_to_the_next_one() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Name = "ended", Workers = 1, CancellationGrace = TimeSpan.FromMilliseconds(100) });
        using var go = new ProcessEvent(EventResetMode.ManualReset);
        var first = pool.RunAsync(static go => go.Wait(), go, new TaskOptions { Name = Long });
        using var monitor = ProgramMonitor.OpenCurrent();
        var (seen, worker) = Running(monitor, "ended");
        go.Set();
        await first;
        var next = pool.RunAsync(static token => token.WaitHandle.WaitOne(TimeSpan.FromSeconds(2)), new TaskOptions { Name = "next" });
        Cancel(monitor, seen, worker); // the request is taken, and refers to no task any more
        (await next).ShouldBeFalse("its token was not canceled");
    });

    [Fact]
    public Task A_stopped_process_does_not_take_the_request_and_does_not_find_it_later() => Watchdog.Run(() =>
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal that stops a process.");
        using var owner = ChildProcess.Run(OwnPool);
        using var monitor = ProgramMonitor.OpenCurrent();
        var (seen, worker) = Running(monitor, "stopped");
        Posix.Signal(owner.Id, Posix.SigStop);
        monitor.CancelTask(seen, worker).ShouldBeFalse();
        Posix.Signal(owner.Id, Posix.SigContinue);
        Thread.Sleep(2000); // some of its ticks
        Running(monitor, "stopped").Worker.ProcessId.ShouldBe(worker.ProcessId);
        owner.Kill();
        Eventually.IsGone(owner.Id);

        static void OwnPool()
        {
            using var pool = new ProcessPool(new() { Name = "stopped", Workers = 1, CancellationGrace = TimeSpan.FromMilliseconds(100) });
            pool.RunAsync(static () => Thread.Sleep(Timeout.Infinite), new TaskOptions { Name = Long }).Wait();
        }
    });

    [Fact]
    public Task A_worker_without_a_task_is_refused_and_a_process_that_has_ended_as_well() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Name = "idle", Workers = 1, CancellationGrace = Patience });
        await pool.RunAsync(static () => { });
        var task = pool.RunAsync(static token => token.WaitHandle.WaitOne(), new TaskOptions { Name = Long });
        using var monitor = ProgramMonitor.OpenCurrent();
        var (seen, worker) = Running(monitor, "idle");
        Should.Throw<ArgumentException>(() => monitor.CancelTask(seen, worker with { TaskName = null })).Message.ShouldContain("runs no task");
        Should.Throw<ProgramNotFoundException>(() => monitor.CancelTask(seen with { OwnerProcessId = int.MaxValue }, worker));
        Cancel(monitor, seen, worker);
        await task;
    });

    /// <summary>Requests the cancellation until the request is taken. One that is not taken in time has no effect.</summary>
    private static void Cancel(ProgramMonitor monitor, PoolSnapshot pool, WorkerSnapshot worker) =>
        Eventually.Is(() => monitor.CancelTask(pool, worker), "the request is taken");

    private static (PoolSnapshot Pool, WorkerSnapshot Worker) Running(ProgramMonitor monitor, string name)
    {
        PoolSnapshot? pool = null;
        Eventually.Is(
            () => (pool = monitor.Read().Pools.FirstOrDefault(pool => pool.Name == name && pool.Workers.Any(static worker => worker.TaskName == Long))) is not null,
            "the task is seen");
        return (pool!, pool!.Workers.Single(static worker => worker.TaskName == Long));
    }
}
