using Multiprocessing.Tests;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary><c>mp ps</c>, <c>mp show</c> and <c>mp kill</c> with a real program.</summary>
public class PsShowKillTests(WatchedProgram program) : IClassFixture<WatchedProgram>
{
    [Fact]
    public async Task Ps_lists_the_program()
    {
        var run = await Mp.RunProgramAsync("ps");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.TrimStart().ShouldStartWith("PID ");
        run.Output.ShouldMatch($@"(?m)^ *{program.Id} +Multiprocessing.Scenarios +\d+ ");
        (await Mp.RunAsync("ps", "-q")).Output.Split('\n').ShouldContain($"{program.Id}");
    }

    [Fact]
    public async Task Ps_has_json()
    {
        var run = await Mp.RunAsync("ps", "--tree", "--json");
        var found = run.Json.GetProperty("programs").EnumerateArray().Single(found => found.GetProperty("processId").GetInt32() == program.Id);
        found.GetProperty("processCount").GetInt32().ShouldBeGreaterThanOrEqualTo(7);
        found.GetProperty("memoryBytes").GetInt64().ShouldBeGreaterThan(50_000_000);
        found.GetProperty("commandLine").GetString()!.ShouldContain("watched");
        found.GetProperty("processes").EnumerateArray().Select(static process => process.GetProperty("id").GetInt32()).ShouldContain(program.Bookkeeper);
    }

    [Fact]
    public async Task Show_has_json()
    {
        var json = (await Mp.RunAsync("show", $"{program.Id}", "--json")).Json;
        json.GetProperty("rootProcessId").GetInt32().ShouldBe(program.Id);
        json.GetProperty("processes").GetArrayLength().ShouldBeGreaterThanOrEqualTo(7);
        json.GetProperty("queues").EnumerateArray().ShouldContain(static queue => queue.GetProperty("capacity").ToString() == "200");
        json.GetProperty("locks").GetArrayLength().ShouldBeGreaterThanOrEqualTo(1);
    }

    [Theory]
    [InlineData("show", "4194304")]
    [InlineData("show", "no-such-name")]
    [InlineData("top", "4194304", "--json")]
    [InlineData("kill", "4194304")]
    public async Task A_missing_program_exits_with_3(params string[] arguments)
    {
        var run = await Mp.RunAsync(arguments);
        run.ExitCode.ShouldBe(3);
        run.Error.ShouldStartWith("mp: ");
    }

    [Fact]
    public async Task Kill_ends_one_process_and_no_other()
    {
        using var own = new WatchedProgram();
        await own.InitializeAsync();
        var run = await Mp.RunProgramAsync("kill", $"{own.Downloader}");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldStartWith($"killed {own.Downloader} ");
        Eventually.IsGone(own.Downloader);
        ProcessEntry.IsGone(own.Id).ShouldBeFalse();
        ProcessEntry.IsGone(own.Saver).ShouldBeFalse();
        (await Mp.RunAsync("kill", $"{own.Downloader}")).ExitCode.ShouldBeOneOf(3, 4);
    }

    [Fact]
    public async Task Cancel_ends_the_task_of_a_worker_that_hangs_and_refuses_what_runs_none()
    {
        using var own = new WatchedProgram();
        await own.InitializeAsync();
        var run = await Mp.RunAsync("cancel", $"{own.HungWorker}", "--json");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("task").GetString().ShouldBe("HangsHere");
        Eventually.IsGone(own.HungWorker); // it does not observe its token
        var refused = await Mp.RunAsync("cancel", $"{own.Saver}");
        refused.ExitCode.ShouldBe(4);
        refused.Error.ShouldContain("is no worker of a pool");
    }

    [Fact]
    public async Task Kill_of_a_tree_ends_all_processes()
    {
        using var own = new WatchedProgram();
        await own.InitializeAsync();
        var all = ProcessEntry.Descendants(own.Id).Select(static entry => entry.Id).Prepend(own.Id).ToList();
        var run = await Mp.RunAsync("kill", $"{own.Id}", "--tree", "--json");
        run.ExitCode.ShouldBe(0, run.Error);
        var killed = run.Json.GetProperty("killed").EnumerateArray().Select(static killed => killed.GetProperty("id").GetInt32()).ToList();
        int[] known = [own.Id, own.Downloader, own.Saver, own.Bookkeeper, own.HungWorker];
        known.Except(killed).ShouldBeEmpty();
        killed.ForEach(static id => Eventually.IsGone(id)); // its first thread has ended, the others perhaps not yet
        all.ForEach(static id => Eventually.IsGone(id)); // a spare that has not yet begun to take part is not named, and ends with the root
    }

    [Fact]
    public async Task Kill_refuses_a_process_of_no_program()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Starts a program of POSIX.");
        using var sleep = System.Diagnostics.Process.Start("sleep", "60");
        try
        {
            var run = await Mp.RunProgramAsync("kill", $"{sleep.Id}", "--yes");
            run.ExitCode.ShouldBe(4);
            run.Error.ShouldContain("does not take part");
            ProcessEntry.IsGone(sleep.Id).ShouldBeFalse();
        }
        finally
        {
            sleep.Kill();
            await sleep.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Kill_asks_in_a_terminal()
    {
        Tmux.SkipIfMissing();
        using var own = new WatchedProgram();
        await own.InitializeAsync();
        using var terminal = new Tmux(80, 24, $"{Mp.Path} kill {own.Saver}");
        terminal.WaitFor(@"Kill this process .*\[y/N\]");
        terminal.Press("n", "Enter");
        terminal.WaitFor("exit code 4");
        ProcessEntry.IsGone(own.Saver).ShouldBeFalse();
        using var again = new Tmux(80, 24, $"{Mp.Path} kill {own.Saver}");
        again.WaitFor(@"\[y/N\]");
        again.Press("y", "Enter");
        again.WaitFor("exit code 0");
        Eventually.IsGone(own.Saver);
    }

    [Fact]
    public async Task Pids_are_completed()
    {
        var run = await Mp.RunAsync("[suggest:8]", "mp show ");
        run.Output.Split('\n').ShouldContain($"{program.Id}");
        (await Mp.RunAsync("[suggest:9]", "mp stack ")).Output.Split('\n').ShouldContain($"{program.HungWorker}");
    }
}
