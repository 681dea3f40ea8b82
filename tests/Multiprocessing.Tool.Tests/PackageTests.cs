using System.Diagnostics;
using Multiprocessing.Tests;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary>The package, installed as a tool.</summary>
public class PackageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task The_package_installs_as_a_tool_that_starts_children()
    {
        using var directory = new TemporaryDirectory();
        var project = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..", "src", "Multiprocessing.Tool"));
        await DotnetAsync(directory, "pack", project, "--no-build", "-c", ProgramShape.Configuration, "-o", directory.File("packages"), "-nologo");
        await DotnetAsync(directory, "tool", "install", "Multiprocessing.Tool", "--tool-path", directory.File("tools"), "--source", directory.File("packages"));

        // The trial starts a child of the installed tool: the library and its host lie where the package put them.
        var run = await RunAsync(directory, directory.File("tools/mp"), ["doctor", "--json"]);
        run.Output.ShouldContain("a child started and answered");
        new DirectoryInfo(directory.File("packages")).EnumerateFiles("*.nupkg").Single().Length.ShouldBeLessThan(5_000_000, "libraries of Windows that it does not need");
    }

    private static async Task DotnetAsync(TemporaryDirectory directory, params string[] arguments)
    {
        var run = await RunAsync(directory, "dotnet", arguments);
        run.ExitCode.ShouldBe(0, run.Output + run.Error);
    }

    private static async Task<Mp> RunAsync(TemporaryDirectory directory, string program, string[] arguments)
    {
        // Not the packages of the user: this version of the tool changes with each build.
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NUGET_PACKAGES"] = directory.File("cache");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return new Mp(process.ExitCode, await output, await error);
    }
}
