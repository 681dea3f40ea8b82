namespace Multiprocessing.Scenarios;

/// <summary>Programs whose children write to their console, each with the policies that the test looks at from outside.</summary>
internal static class Consoles
{
    private const int Lines = 300;

    /// <summary>The content of a line follows from its first number, so that its reader can check that it is complete.</summary>
    public static string Payload(string who, int number) => $"{who} {number} {new string((char)('a' + (number % 26)), number * 7 % 900)} ü漢😀 .";

    /// <summary>Two children and this process write at the same time, to both streams.</summary>
    public static int Together()
    {
        var options = new ChildProcessOptions { StandardOutput = ProcessOutput.Prefix(), StandardError = ProcessOutput.Prefix("{Name}/{Id}! ") };
        using var together = new ProcessBarrier(3);
        using var first = ChildProcess.Run(Write, together, "first", Named(options, "first"));
        using var second = ChildProcess.Run(Write, together, "second", Named(options, "second"));
        WriteLines(together, "parent");
        first.Join();
        second.Join();
        Console.WriteLine("after");
        return 0;
    }

    /// <summary>Two tasks that cannot but run in two workers write at the same time.</summary>
    public static async Task<int> Pool()
    {
        using var together = new ProcessBarrier(2);
        await using var pool = new ProcessPool(new()
        {
            Name = "crew",
            Workers = 2,
            Process = new() { StandardOutput = ProcessOutput.Prefix() },
        });
        await Task.WhenAll(pool.RunAsync(WriteLines, together, "one"), pool.RunAsync(WriteLines, together, "two"));
        return 0;
    }

    /// <summary>A child is killed in the middle of a line, and this process writes on after it.</summary>
    public static int Killed()
    {
        using var ready = new ProcessEvent(EventResetMode.ManualReset);
        using var child = ChildProcess.Run(
            () =>
            {
                Console.Write("whole\nhalf of a li");
                Console.Out.Flush();
                ready.Set();
                Thread.Sleep(Timeout.Infinite);
            },
            new ChildProcessOptions { Name = "victim", StandardOutput = ProcessOutput.Prefix() });
        _ = ready.Wait(TimeSpan.FromSeconds(60));
        child.Kill();
        child.Join();
        Console.WriteLine("after");
        return 0;
    }

    /// <summary>The reader of standard output exits while a child writes to it without end; this process and the child continue.</summary>
    public static int NoReader()
    {
        var log = new CountingLoggerFactory();
        MultiprocessingLogging.Factory = log;
        using var child = ChildProcess.Run(
            () =>
            {
                for (var i = 0; i < 20_000; i++)
                {
                    Console.WriteLine($"line {i} {new string('x', 100)}");
                }

                return 7;
            },
            new ChildProcessOptions { Name = "talker", StandardOutput = ProcessOutput.Prefix() });
        child.Join();
        using var next = ChildProcess.Run(() => Console.WriteLine("nobody hears me"), new ChildProcessOptions { StandardOutput = ProcessOutput.Prefix() });
        next.Join();
        Console.Error.WriteLine($"result {child.Result.Result}, next {next.ExitStatus!.IsSuccess}, warnings {log.Warnings}");
        return 0;
    }

    public static int LogWithoutFactory()
    {
        for (var i = 0; i < 2; i++)
        {
            using var child = ChildProcess.Run(
                () =>
                {
                    Console.WriteLine("said");
                    Console.Error.WriteLine("complained");
                },
                new ChildProcessOptions { Name = "talker", StandardOutput = ProcessOutput.Log(), StandardError = ProcessOutput.Log() });
            child.Join();
        }

        return 0;
    }

    private static ChildProcessOptions Named(ChildProcessOptions options, string name) =>
        new() { Name = name, StandardOutput = options.StandardOutput, StandardError = options.StandardError };

    private static void Write(ProcessBarrier together, string who)
    {
        WriteLines(together, who);
        Console.Error.Write("complained");
        Console.Write("no end");
    }

    private static void WriteLines(ProcessBarrier together, string who)
    {
        together.SignalAndWait(TimeSpan.FromSeconds(60));
        for (var i = 0; i < Lines; i++)
        {
            Console.WriteLine(Payload(who, i));
        }
    }
}
