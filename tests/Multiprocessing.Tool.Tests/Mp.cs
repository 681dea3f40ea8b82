using System.Diagnostics;
using System.Text.Json;
using Multiprocessing.Tests;
using Multiprocessing.Tool.Commands;

namespace Multiprocessing.Tool.Tests;

/// <summary>One run of <c>mp</c>.</summary>
internal sealed record Mp(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The program, where the test project's build put it: an executable without the file of the test's dependencies.</summary>
    public static string Path { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(
        AppContext.BaseDirectory, "..", "..", "..", "..", "..", "src", "Multiprocessing.Tool", "bin", ProgramShape.Configuration, "net10.0", "mp"));

    /// <summary>Gets what was written to standard output as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Runs a command in this process.</summary>
    public static async Task<Mp> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await MpCommand.RunAsync(arguments, output, error).WaitAsync(Patience);
        return new Mp(code, output.ToString(), error.ToString());
    }

    /// <summary>
    /// Runs a command in this process until it prints all that is expected: a busy program does not publish what it knows of itself in the time that
    /// the first look at it waits.
    /// </summary>
    /// <returns>The last run.</returns>
    public static async Task<Mp> RunUntilAsync(Func<Mp, bool> isComplete, params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var run = await RunAsync(arguments);
            if (isComplete(run) || watch.Elapsed > Patience)
            {
                return run;
            }

            await Task.Delay(100);
        }
    }

    /// <summary>Runs a command as a shell does.</summary>
    public static Task<Mp> RunProgramAsync(params string[] arguments) => RunProgramAsync([], arguments);

    public static async Task<Mp> RunProgramAsync(Dictionary<string, string?> environment, string[] arguments)
    {
        var start = new ProcessStartInfo(Path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new Mp(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
