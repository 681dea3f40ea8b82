using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Tasks that are taken out of a pool if no worker has started them: what a node of a cluster does that gives tasks back.</summary>
[Collection(ProcessCollection.Name)]
public class TaskWithdrawalTests
{
    [Fact]
    public Task What_no_worker_has_started_ends_and_the_rest_runs() => Watchdog.Run(static async () =>
    {
        using var started = new ProcessEvent();
        using var release = new ProcessEvent();
        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        TaskWithdrawal[] withdrawals = [.. Enumerable.Range(0, 6).Select(static _ => new TaskWithdrawal())];
        var running = pool.RunAsync(
            (given, until) =>
            {
                given.Set();
                until.Wait();
                return -1;
            },
            started,
            release,
            new TaskOptions { Withdrawal = withdrawals[0] });
        started.Wait();
        var waiting = Enumerable.Range(1, 5)
            .Select(number => pool.RunAsync(static given => given, number, new TaskOptions { Withdrawal = withdrawals[number] })).ToArray();
        withdrawals[0].Want(); // it runs: it is not affected
        withdrawals[2].Want();
        withdrawals[5].Want();
        pool.WithdrawUnstarted();
        await Should.ThrowAsync<OperationCanceledException>(waiting[1]);
        await Should.ThrowAsync<OperationCanceledException>(waiting[4]);
        release.Set();
        (await running).ShouldBe(-1);
        (await Task.WhenAll(waiting[0], waiting[2], waiting[3])).ShouldBe([1, 3, 4]);
        withdrawals.Select(static withdrawal => withdrawal.HasHappened).ShouldBe([false, false, true, false, false, true]);
        pool.WithdrawUnstarted(); // late: nothing is left to withdraw
        (await pool.RunAsync(static () => 7)).ShouldBe(7);
    });
}
