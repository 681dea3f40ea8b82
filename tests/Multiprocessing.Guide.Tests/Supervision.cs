using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The second half of the code of docs/guide/services-and-supervision.md.</summary>
public class Supervision
{
    [Fact]
    public async Task A_child_that_crashes_is_started_again()
    {
        var restarts = 0;
        #region supervision-first
        using var work = new ProcessQueue<string>();
        using var done = new ProcessQueue<string>();
        await using (var supervisor = new ProcessSupervisor())
        {
            SupervisedChild reader = supervisor.AddBody("reader", async () =>
            {
                await foreach (var item in work.ReadAllAsync(CurrentProcess.Stopping))
                {
                    if (item == "bad input")
                    {
                        Environment.FailFast("The native library crashed.");
                    }

                    done.Put(item);
                }
            });
            work.PutMany(["one", "bad input", "two"]);
            Console.WriteLine(done.Get()); // one
            Console.WriteLine(done.Get()); // two, from the process that was started after the crash
            restarts = reader.RestartCount;
        }
        #endregion
        restarts.ShouldBe(1);
    }

    [Fact]
    public async Task Too_many_deaths_are_an_exception()
    {
        SupervisorEscalatedException? caught = null;
        #region supervision-escalation
        try
        {
            await using var supervisor = new ProcessSupervisor(new() { MaxRestarts = 3, Period = TimeSpan.FromMinutes(1) });
            supervisor.AddBody("importer", () => throw new FormatException("bad settings"));
            await supervisor.Completion; // or other work: DisposeAsync throws too
        }
        catch (SupervisorEscalatedException exception)
        {
            Console.WriteLine(exception.Message); // which child, how it ended, when it was started again
            caught = exception;
        }
        #endregion
        caught!.LastDeath.ShouldBeOfType<FormatException>();
    }

    [Fact]
    public async Task Supervisors_form_a_tree()
    {
        #region supervision-tree
        await using var root = new ProcessSupervisor(new() { Name = "shop" });
        root.AddBody("web", Serve);
        ProcessSupervisor reports = root.AddSupervisor("reports", new() { Strategy = RestartStrategy.RestForOne, MaxRestarts = 10 });
        reports.AddBody("collect", Serve);
        reports.AddBody("render", Serve); // is restarted with collect, on which it depends
        await root.WaitStartedAsync();
        Console.WriteLine(root); // the whole tree with process ids

        static async Task Serve()
        {
            try
            {
                await Task.Delay(Timeout.Infinite, CurrentProcess.Stopping);
            }
            catch (OperationCanceledException)
            {
                // asked to stop
            }
        }
        #endregion
        root.ToString().ShouldContain("render");
    }

    [Fact]
    public async Task A_child_that_hangs_is_found_by_a_probe()
    {
        #region supervision-probe
        using var lastItem = new SharedValue<long>(Environment.TickCount64);
        await using var supervisor = new ProcessSupervisor();
        SupervisedChild reader = supervisor.AddBody(
            "reader",
            () =>
            {
                while (!CurrentProcess.Stopping.IsCancellationRequested)
                {
                    lastItem.Value = Environment.TickCount64; // after each item of its work
                    Thread.Sleep(100);
                }
            },
            new()
            {
                HealthProbe = _ => new(Environment.TickCount64 - lastItem.Value < 30_000),
                ProbeInterval = TimeSpan.FromSeconds(5),
            });
        #endregion
        await reader.WaitRunningAsync();
    }

    [Fact]
    public async Task A_pool_that_gives_up_is_replaced()
    {
        #region supervision-pool
        await using var supervisor = new ProcessSupervisor();
        SupervisedPool pools = supervisor.AddPool("images", () => new ProcessPool(new() { Workers = 2, MaxDeathsPerMinute = 100 }));
        ProcessPool pool = await pools.GetAsync();
        int length = await pool.RunAsync(text => text.Length, "an image");
        #endregion
        length.ShouldBe(8);
    }
}
