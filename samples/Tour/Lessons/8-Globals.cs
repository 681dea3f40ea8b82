using Multiprocessing;

namespace Tour.Lessons;

/// <summary>A static field is one variable for all threads of a process, and another variable in every process.</summary>
internal static class Globals
{
    private static int _a = 1;

    public static async Task Run(Check check)
    {
        Screen.Say("One static field, a = 1, and a method that increments it: run twice on threads, twice in processes.");
        var rows = new List<string[]> { new[] { "before", CurrentProcess.Name, $"{CurrentProcess.Id}", $"{_a}" } };

        var thread1 = new Thread(Increment);
        var thread2 = new Thread(Increment);
        thread1.Start();
        thread2.Start();
        thread1.Join();
        thread2.Join();
        rows.Add(["after two threads", CurrentProcess.Name, $"{CurrentProcess.Id}", $"{_a}"]);
        var afterThreads = _a;

        using var process1 = ChildProcess.Run(IncrementAndReport);
        using var process2 = ChildProcess.Run(IncrementAndReport);
        Report[] reports = [await process1.Result, await process2.Result];
        rows.AddRange(
            reports.Select(report => new[] { "in a process, from " + report.Before, report.Process, $"{report.ProcessId}", $"{report.After}" }));
        rows.Add(["after two processes", CurrentProcess.Name, $"{CurrentProcess.Id}", $"{_a}"]);
        Screen.Table(["a", "process", "pid", "value"], rows);

        check.Equal("two threads increment the same variable: 1 becomes 3", 3, afterThreads);
        check.Sequence(
            "a process has its own variable, which begins with the program's value, not with the parent's",
            [1, 1],
            reports.Select(report => report.Before));
        check.Sequence("... and increments its own", [2, 2], reports.Select(report => report.After));
        check.Equal("the parent's value does not change", 3, _a);

        // What to do instead: pass values as arguments, and return them as results or through a queue.
        using var adder1 = ChildProcess.Run(number => number + 1, 10);
        using var adder2 = ChildProcess.Run(number => number + 1, 20);
        check.Equal("pass arguments, return results, and add them in the parent", 32, await adder1.Result + await adder2.Result);
    }

    private static void Increment() => Interlocked.Increment(ref _a);

    private static Report IncrementAndReport()
    {
        var before = _a;
        Increment();
        return new Report(CurrentProcess.Name, CurrentProcess.Id, before, _a);
    }

    private sealed record Report(string Process, int ProcessId, int Before, int After);
}
