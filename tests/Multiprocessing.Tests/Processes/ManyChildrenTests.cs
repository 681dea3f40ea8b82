using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

public class ManyChildrenTests : ProcessTest
{
    [Fact]
    public Task Fifty_children_at_once_leave_nothing_behind() => Watchdog.Run(
        () =>
        {
            var children = Enumerable.Range(0, 50).Select(i => ChildProcess.Run(value => value * value, i)).ToList();
            children.Select(child => child.Take()).ShouldBe(Enumerable.Range(0, 50).Select(i => i * i));
            ChildProcess.Active.ShouldBeEmpty();
        },
        TimeSpan.FromSeconds(120));

    [Fact]
    public Task Sixteen_threads_may_start_children_at_the_same_time() => Watchdog.Run(
        () =>
        {
            var results = new int[48];
            var failures = new List<Exception>();
            var threads = Enumerable.Range(0, 16).Select(thread => new Thread(() =>
            {
                try
                {
                    for (var i = thread * 3; i < (thread * 3) + 3; i++)
                    {
                        results[i] = ChildProcess.Run(value => value + 1, i).Take();
                    }
                }
                catch (Exception exception)
                {
                    lock (failures)
                    {
                        failures.Add(exception);
                    }
                }
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            failures.ShouldBeEmpty();
            results.ShouldBe(Enumerable.Range(1, 48));
        },
        TimeSpan.FromSeconds(120));

    [Fact]
    public Task A_child_outlives_the_thread_that_started_it() => Watchdog.Run(() =>
    {
        using var go = new ProcessQueue<bool>().Watch();
        ChildProcess<string>? child = null;
        var starter = new Thread(() => child = ChildProcess.Run(() =>
        {
            go.Get();
            return "still here";
        }));
        starter.Start();
        starter.Join();
        Thread.Sleep(200);
        go.Put(true);
        child!.Take().ShouldBe("still here");
    });

    [Fact]
    public Task Children_and_foreign_processes_do_not_take_each_others_exit_codes() => Watchdog.Run(() =>
    {
        var children = Enumerable.Range(0, 10).Select(_ => ChildProcess.Run(Environment.Exit, 7)).ToList();
        for (var i = 0; i < 20; i++)
        {
            using var stranger = Stranger.StartEnding(3);
            stranger.WaitForExit();
            stranger.ExitCode.ShouldBe(3);
        }

        foreach (var child in children)
        {
            child.Join();
            (child.ExitStatus!.Reason, child.ExitStatus.Code).ShouldBe((ExitReason.Exited, 7));
            child.Dispose();
        }
    });

    [Fact]
    public Task A_crowd_that_ends_at_once_ends_in_good_order() => Watchdog.Run(
        () =>
        {
            var many = LongRuns.Crowd(40);
            using var go = new ProcessEvent();
            var children = Enumerable.Range(0, many).Select(_ => ChildProcess.Run(() => go.Wait())).ToList();
            Eventually.Is(() => children.All(static child => child.State == ProcessState.Running), "all bodies run", TimeSpan.FromMinutes(8));
            var watch = System.Diagnostics.Stopwatch.StartNew();
            go.Set();
            foreach (var child in children)
            {
                child.Join();
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"{many} ended in {watch.Elapsed.TotalSeconds:0.0} s");
            children.Select(static child => child.ExitStatus!.ToString()).Distinct().ShouldBe(["exit code 0"]);
        },
        TimeSpan.FromMinutes(10));
}
