using Multiprocessing.Tests;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary><c>mp gc</c>.</summary>
public class GcTests
{
    [Fact]
    public async Task What_a_killed_program_left_is_listed_and_then_removed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Stops processes.");
        using var program = new WatchedProgram();
        await program.InitializeAsync();
        var before = Directory.GetDirectories("/dev/shm", "mp-*");
        ProcessEntry.KillTree(program.Id);

        string? path = null;
        for (var watch = System.Diagnostics.Stopwatch.StartNew(); path is null && watch.Elapsed < TimeSpan.FromSeconds(30);)
        {
            path = (await Mp.RunAsync("gc", "--dry-run", "--json")).Json.GetProperty("leftovers").EnumerateArray()
                .Where(leftover => leftover.GetProperty("rootProcessId").ToString() == $"{program.Id}")
                .Select(static leftover => leftover.GetProperty("path").GetString()).FirstOrDefault();
        }

        before.ShouldContain(path!);
        (await Mp.RunAsync("gc", "-n")).Output.ShouldContain("to remove");
        Directory.Exists(path).ShouldBeTrue();

        var run = await Mp.RunProgramAsync("gc");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldContain(path!);
        run.Output.ShouldContain("removed.");
        Directory.Exists(path).ShouldBeFalse();
    }

    [Fact]
    public async Task A_machine_without_leftovers_exits_with_0()
    {
        await Mp.RunAsync("gc");
        var run = await Mp.RunAsync("gc", "--json");
        run.ExitCode.ShouldBe(0);
        run.Json.GetProperty("leftovers").GetArrayLength().ShouldBe(0);
    }
}
