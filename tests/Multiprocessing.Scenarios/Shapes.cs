using System.Runtime;

namespace Multiprocessing.Scenarios;

/// <summary>What must work in every shape of program.</summary>
internal static class Shapes
{
    public static int Run()
    {
        bool[] checks =
        [
            Report.Check("closure", Closure, "6 and three"),
            Report.Check("asynchronous continuations", Continuations, "10"),
            Report.Check("nested child", Nested, "depth 2, value 42"),
            Report.Check("exception", Failure, "InvalidOperationException: from the child"),
            Report.Check("queue", ThroughQueue, "0,1,2,3,4"),
            Report.Check("entry assembly", EntryAssembly, typeof(Shapes).Assembly.GetName().Name!),
            Report.Check("type of this program", () => ChildProcess.Run(() => new Point(1, 2)).Result.GetAwaiter().GetResult().ToString(), new Point(1, 2).ToString()),
        ];
        return checks.All(isOk => isOk) ? 0 : 1;
    }

    public static int OneChild()
    {
        try
        {
            using var child = ChildProcess.Run(() => 1);
            Report.Line("result", child.Result.GetAwaiter().GetResult());
            return 0;
        }
        catch (Exception exception)
        {
            Report.Line("error", $"{exception.GetType().Name}: {exception.Message}");
            return 1;
        }
    }

    public static int GarbageCollector()
    {
        Report.Line("parent-server", GCSettings.IsServerGC);
        using var child = ChildProcess.Run(() => (GCSettings.IsServerGC, Environment.GetEnvironmentVariable("DOTNET_gcServer")));
        var (isServer, variable) = child.Result.GetAwaiter().GetResult();
        Report.Line("child-server", isServer);
        Report.Line("child-variable", variable);
        return 0;
    }

    private static string Closure()
    {
        var numbers = new List<int> { 1, 2, 3 };
        var word = "three";
        using var child = ChildProcess.Run(() => $"{numbers.Sum()} and {word}");
        return child.Result.GetAwaiter().GetResult();
    }

    private static string Continuations()
    {
        using var child = ChildProcess.Run(async () =>
        {
            var sum = 0;
            for (var i = 0; i < 5; i++)
            {
                await Task.Yield();
                await Task.Delay(1);
                sum += await Task.Run(() => i);
            }

            return sum;
        });
        return child.Result.GetAwaiter().GetResult().ToString();
    }

    private static string Nested()
    {
        var value = 42;
        using var child = ChildProcess.Run(() =>
        {
            using var grandchild = ChildProcess.Run(() => $"depth {CurrentProcess.Depth}, value {value}");
            return grandchild.Result.GetAwaiter().GetResult();
        });
        return child.Result.GetAwaiter().GetResult();
    }

    private static string Failure()
    {
        using var child = ChildProcess.Run(() => throw new InvalidOperationException("from the child"), new ChildProcessOptions { StandardError = ProcessOutput.Discard });
        try
        {
            child.Completion.GetAwaiter().GetResult();
            return "no exception";
        }
        catch (InvalidOperationException exception)
        {
            return $"{exception.GetType().Name}: {exception.Message}";
        }
    }

    private static string ThroughQueue()
    {
        using var queue = new ProcessQueue<int>();
        using var child = ChildProcess.Run(
            numbers =>
            {
                for (var i = 0; i < 5; i++)
                {
                    numbers.Put(i);
                }

                numbers.Complete();
            },
            queue);
        var received = string.Join(',', queue.ReadAll());
        child.Join();
        return received;
    }

    private static string EntryAssembly()
    {
        using var child = ChildProcess.Run(() => System.Reflection.Assembly.GetEntryAssembly()!.GetName().Name!);
        return child.Result.GetAwaiter().GetResult();
    }

    private sealed record Point(int X, int Y);
}
