using Multiprocessing.Tests;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary><c>mp gc</c>.</summary>
public class GcTests
{
    // A program of the same user that starts elsewhere on the machine removes what it finds: then the test begins with another leftover.
    private const int MostAttempts = 10;

    [Fact]
    public async Task What_a_killed_program_left_is_listed_and_then_removed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Stops processes.");
        for (var attempt = 0; !await IsListedAndRemovedAsync(); attempt++)
        {
            attempt.ShouldBeLessThan(MostAttempts, "what a killed program left is listed and then removed");
        }
    }

    [Fact]
    public async Task A_machine_without_leftovers_exits_with_0()
    {
        // Each run removes what is there; other tests kill programs meanwhile.
        var run = await Mp.RunUntilAsync(static run => run.Json.GetProperty("leftovers").GetArrayLength() == 0, "gc", "--json");
        run.ExitCode.ShouldBe(0);
        run.Json.GetProperty("leftovers").GetArrayLength().ShouldBe(0);
    }

    /// <summary>Returns whether what a killed program left was listed, kept and named as removed; if not, another program was faster.</summary>
    private static async Task<bool> IsListedAndRemovedAsync()
    {
        using var program = new WatchedProgram();
        await program.InitializeAsync();
        var before = Directory.GetDirectories("/dev/shm", "mp-*");
        ProcessEntry.KillTree(program.Id);

        string? path = null;
        for (var watch = System.Diagnostics.Stopwatch.StartNew(); path is null && watch.Elapsed < TimeSpan.FromSeconds(10);)
        {
            path = (await Mp.RunAsync("gc", "--dry-run", "--json")).Json.GetProperty("leftovers").EnumerateArray()
                .Where(leftover => leftover.GetProperty("rootProcessId").ToString() == $"{program.Id}")
                .Select(static leftover => leftover.GetProperty("path").GetString()).FirstOrDefault();
        }

        // A process of the program that had begun to remove the directory has renamed it, and was killed, too.
        if (path is null || !before.Contains(path))
        {
            return false;
        }

        var dryRun = await Mp.RunAsync("gc", "-n");
        var isKept = Directory.Exists(path);
        var run = await Mp.RunProgramAsync("gc");
        Directory.Exists(path).ShouldBeFalse();
        if (!isKept || !run.Output.Contains(path, StringComparison.Ordinal))
        {
            return false;
        }

        dryRun.Output.ShouldContain("to remove");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldContain("removed.");
        return true;
    }
}
