using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Tasks without a name have that of their method; two methods never share one, nor a pace.</summary>
public class TaskNamesTests : ProcessTest
{
    [Fact]
    public Task Two_lambdas_of_a_method_have_two_names_and_say_where_they_stand() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var captured = 3;
        await pool.RunAsync(static () => 1);
        await pool.RunAsync(static () => 2);
        await pool.RunAsync(() => captured);
        await pool.RunAsync(async () => await Task.FromResult(captured));
        await Task.WhenAll(pool.RunAsync(static () => 4), pool.RunAsync(static () => 5));
        await pool.MapAsync([1], static item => item);
        await pool.RunAsync(Named);
        await pool.RunAsync(LocalHere);
        await pool.RunAsync(Named, new() { Name = "mine" });
        var names = pool.GetInsights().Tasks.Select(static task => task.Name).ToArray();
        names.Length.ShouldBe(10);
        names.ShouldBeUnique();
        names.ShouldContain("mine");
        names.ShouldContain("Named");
        names.ShouldContain("LocalHere");
        var lambdas = names.Where(static name => name.StartsWith("lambda in Two_lambdas", StringComparison.Ordinal)).ToArray();
        lambdas.Length.ShouldBe(7);
        lambdas.ShouldAllBe(name => name.Contains("(TaskNamesTests.cs:"));
        static int LocalHere() => 6;
    });

    [Fact]
    public Task A_lambda_that_is_given_again_and_again_has_one_row() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        for (var i = 0; i < 10; i++)
        {
            var number = i;
            (await pool.RunAsync(() => number)).ShouldBe(i);
        }

        pool.GetInsights().Tasks.ShouldHaveSingleItem().Succeeded.ShouldBe(10);
    });

    [Fact]
    public Task What_another_pool_has_run_changes_no_name_and_one_pool_has_no_name_twice() => Watchdog.Run(async () =>
    {
        await using (var other = new ProcessPool(new() { Workers = 1 }))
        {
            await other.RunAsync(Elsewhere.Named);
        }

        await using var pool = new ProcessPool(new() { Workers = 1 });
        await pool.RunAsync(Named);
        pool.GetInsights().Tasks.ShouldHaveSingleItem().Name.ShouldBe("Named");
        await pool.RunAsync(Elsewhere.Named);
        pool.GetInsights().Tasks.Select(static task => task.Name).ShouldBe(["Named", "Elsewhere.Named"], ignoreOrder: true);
    });

    [Fact]
    public Task The_names_stand_in_errors() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        var died = await Should.ThrowAsync<WorkerDiedException>(() => pool.RunAsync(static () => Environment.FailFast("meant")));
        died.Message.ShouldContain("lambda in The_names_stand_in_errors (TaskNamesTests.cs:");
    });

    [Fact]
    public void Each_method_has_a_pace_of_its_own_whatever_its_tasks_are_called()
    {
        Func<int> quick = static () => 1;
        Func<int> slow = static () => 2;
        var records = new TaskStatisticsTable();
        var (quickRecord, quickPace) = records.Of("same", quick.Method);
        var (slowRecord, slowPace) = records.Of("same", slow.Method);
        slowRecord.ShouldBeSameAs(quickRecord);
        slowPace.ShouldNotBeSameAs(quickPace);
        records.Of(null, quick.Method).Pace.ShouldBeSameAs(quickPace);
        records.Of(null, quick.Method).Statistics.ShouldNotBeSameAs(records.Of(null, slow.Method).Statistics);
        records.Of(null, quick.Method).Statistics.ShouldBeSameAs(records.Of(null, quick.Method).Statistics);
    }

    private static int Named() => 7;

    private static class Elsewhere
    {
        public static int Named() => 1;
    }
}
