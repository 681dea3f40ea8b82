using System.Text.Json;
using Multiprocessing.Tests;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary><c>mp stack</c>.</summary>
public class StackTests(WatchedProgram program) : IClassFixture<WatchedProgram>
{
    [Fact]
    public async Task The_stack_of_a_hung_worker_shows_the_method_in_which_it_hangs()
    {
        var run = await Mp.RunProgramAsync("stack", $"{program.HungWorker}");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldContain("Watched.HangsHere(");
        run.Output.ShouldContain("Watched.cs:");
        run.Output.ShouldContain("ManualResetEventSlim.Wait");

        // What called the task is of no interest, unless it is asked for.
        run.Output.ShouldNotContain("PoolWorker");
        (await Mp.RunAsync("stack", $"{program.HungWorker}", "--all")).Output.ShouldContain("PoolWorker");
    }

    [Fact]
    public async Task Json_has_frames_with_file_and_line()
    {
        var run = await Mp.RunAsync("stack", $"{program.HungWorker}", "--json");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Json.GetProperty("processId").GetInt32().ShouldBe(program.HungWorker);
        var frames = run.Json.GetProperty("threads").EnumerateArray().SelectMany(static thread => thread.GetProperty("frames").EnumerateArray()).ToList();
        var frame = frames.Find(static frame => frame.GetProperty("method").GetString()!.Contains("HangsHere", StringComparison.Ordinal));
        frame.ValueKind.ShouldBe(JsonValueKind.Object);
        frame.GetProperty("isOfProgram").GetBoolean().ShouldBeTrue();
        frame.GetProperty("module").GetString().ShouldBe("Multiprocessing.Scenarios");
        Path.GetFileName(frame.GetProperty("file").GetString()).ShouldBe("Watched.cs");
        frame.GetProperty("line").GetInt32().ShouldBeGreaterThan(0);
        frames.ShouldContain(static frame => !frame.GetProperty("isOfProgram").GetBoolean());
    }

    [Fact]
    public async Task The_process_continues()
    {
        (await Mp.RunAsync("stack", $"{program.Downloader}")).Output.ShouldContain("Watched.Download(");
        ProcessEntry.IsGone(program.Downloader).ShouldBeFalse();
    }

    [Fact]
    public async Task A_missing_process_exits_with_3()
    {
        var run = await Mp.RunAsync("stack", "4194304");
        run.ExitCode.ShouldBe(3);
        run.Error.ShouldContain("4194304");
    }

    [Fact]
    public async Task A_program_without_a_runtime_exits_with_4()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Starts a program of POSIX.");
        using var sleep = System.Diagnostics.Process.Start("sleep", "60");
        try
        {
            var run = await Mp.RunAsync("stack", $"{sleep.Id}");
            run.ExitCode.ShouldBe(4);
            run.Error.ShouldContain("no diagnostics port");
        }
        finally
        {
            sleep.Kill();
            await sleep.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_stopped_process_exits_with_5_and_the_message_names_the_reason()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows cannot stop a process.");
        using var stopped = new WatchedProgram();
        await stopped.InitializeAsync();
        Posix.Signal(stopped.HungWorker, Posix.SigStop);
        try
        {
            var run = await Mp.RunAsync("stack", $"{stopped.HungWorker}", "--timeout", "1");
            run.ExitCode.ShouldBe(5);
            run.Error.ShouldContain("SIGSTOP");
        }
        finally
        {
            Posix.Signal(stopped.HungWorker, Posix.SigContinue);
        }
    }
}
