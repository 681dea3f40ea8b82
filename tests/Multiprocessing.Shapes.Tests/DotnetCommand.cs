using System.Diagnostics;
using Xunit;

namespace Multiprocessing.Shapes.Tests;

/// <summary>Runs the SDK as a user would, away from the build that runs these tests.</summary>
internal static class DotnetCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Runs to the end and gives the output. A package of the platform's own (runtime, linker, compiler) that no source offers, as without a network, skips
    /// the test; everything else fails it.
    /// </summary>
    public static string Run(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(variable); // what the build that runs these tests says to its own nodes
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"dotnet {string.Join(' ', arguments)} did not end within {Limit.TotalMinutes} minutes.");
        }

        var log = output.Result + error.Result;
        process.StandardOutput.Dispose();
        process.StandardError.Dispose();
        Assert.SkipWhen(
            process.ExitCode != 0 && log.Contains("error NU1", StringComparison.Ordinal) && (log.Contains("Microsoft.N", StringComparison.OrdinalIgnoreCase) || log.Contains("ILCompiler", StringComparison.Ordinal)),
            $"A package of the platform could not be restored: {log}");
        Assert.SkipWhen(process.ExitCode != 0 && log.Contains("Platform linker", StringComparison.Ordinal), $"Native code needs a linker: {log}");
        return process.ExitCode == 0 ? log : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:{Environment.NewLine}{log}");
    }
}
