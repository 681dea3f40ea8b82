using Microsoft.Extensions.Logging;
using Multiprocessing;

namespace Tour.Lessons;

/// <summary>The first example of the README as a lesson, and two kinds of options.</summary>
internal static class ReadmeExample
{
    public static async Task Run(Check check)
    {
        await TenLines(check);
        await Options(check);
        await ConsoleByPolicy(check);
    }

    private static async Task TenLines(Check check)
    {
        using var queue = new ProcessQueue<string>();
        using var child = ChildProcess.Run(() =>
        {
            queue.Put($"Hello from process {CurrentProcess.Id}, child of {CurrentProcess.Parent}.");
            queue.Complete();
            return Enumerable.Range(1, 20).Aggregate(1L, (product, factor) => product * factor);
        });
        foreach (var line in queue.ReadAll()) { Console.WriteLine(line); }
        var factorial = await child.Result;
        await child.Completion;
        Console.WriteLine($"20! = {factorial}, and the child ended with {child.ExitStatus}.");

        check.Equal("the result arrived", 2_432_902_008_176_640_000, await child.Result);
        check.That("the child succeeded", child.ExitStatus is { IsSuccess: true });
    }

    private static async Task Options(Check check)
    {
        var lines = new List<string>();
        using var child = ChildProcess.Run(Work, new ChildProcessOptions
        {
            Name = "worker",                                                 // in errors and logs
            Environment = { ["GREETING"] = "hello", ["HTTP_PROXY"] = null }, // changes to the parent's; null removes
            WorkingDirectory = Path.GetTempPath(),
            StandardOutput = ProcessOutput.ToLines(line => lines.Add(line)), // or Inherit (the default), or Discard
            HeapLimit = 256 << 20,                                           // bytes of garbage-collected heap
            Nice = 5,                                                        // gives way to other processes
            TerminationGrace = TimeSpan.FromSeconds(2),                      // between the request to stop and the kill
        });

        await child.Completion;
        check.Sequence("options reach the child, and the callback receives its lines", ["hello from worker"], lines);
    }

    private static async Task ConsoleByPolicy(Check check)
    {
        using var teller = ChildProcess.Run(Work, new ChildProcessOptions
        {
            Name = "teller",
            StandardOutput = ProcessOutput.Prefix(),                    // whole lines: [teller 4711] hello
            StandardError = ProcessOutput.Log(level: LogLevel.Warning), // records with ProcessName, ProcessId, Line
        });

        await teller.Completion;
        check.That("the teller told", teller.ExitStatus is { IsSuccess: true });
    }

    private static void Work() => Console.WriteLine($"{Environment.GetEnvironmentVariable("GREETING")} from {CurrentProcess.Name}");
}
