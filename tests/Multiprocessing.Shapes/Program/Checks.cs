namespace Multiprocessing.Shapes;

/// <summary>What must work in every shape of program.</summary>
public static class Checks
{
    private static readonly ChildProcessOptions Quiet = new() { StandardError = ProcessOutput.Discard };

    /// <summary>The names of all checks, in their order.</summary>
    public static IReadOnlyList<string> Names => [.. All.Select(check => check.Name)];

    private static (string Name, Func<string> Act, string Expected)[] All =>
    [
        ("closure", Closure, "6 and three"),
        ("static method with arguments", () => Take(ChildProcess.Run(Describe, 7, "seven")), "7 is seven"),
        ("generic body", () => Take(Generic([1, 2, 3])), "3 x Int32"),
        ("asynchronous continuations", Continuations, "10"),
        ("nested child", Nested, "depth 2, value 42"),
        ("exception", Failure, "InvalidOperationException: from the child"),
        ("exception of this program", OwnFailure, "OrderRefusedException 17: no stock"),
        ("crash", Crash, "FailFast by signal 6"),
        ("exit code", ExitCode, "7"),
        ("killed child", Killed, "signal 9"),
        ("queue", ThroughQueue, "Item { Id = 1, Name = one } Item { Id = 2, Name = two }"),
        ("queue of two producers", TwoProducers, "200 items, sum 9900"),
        ("entry assembly", EntryAssembly, typeof(Checks).Assembly.GetName().Name!),
        ("values", () => Values.Check(), "all of them"),
        ("spare", Spare, "older than the start, 6 and three"),
        ("service", Services.Check, "9, sold 3, item 0 item 1, 1 in the cart, 1 ink, 5 five"),
        ("refusal", Refusal, "captured variable 'stream'"),
    ];

    public static int Run()
    {
        var failures = 0;
        foreach (var (name, act, expected) in All)
        {
            failures += Report.Check(name, act, expected) ? 0 : 1;
        }

        Report.Line("session", Tree.SessionDirectory());
        return failures;
    }

    private static T Take<T>(ChildProcess<T> child)
    {
        using (child)
        {
            return child.Result.GetAwaiter().GetResult();
        }
    }

    private static string Closure()
    {
        var numbers = new List<int> { 1, 2, 3 };
        var word = "three";
        return Take(ChildProcess.Run(() => $"{numbers.Sum()} and {word}"));
    }

    private static string Spare()
    {
        SpareProcesses.WarmUpAsync(SpareProcesses.MaxCount).Wait(TimeSpan.FromSeconds(30));
        var start = DateTime.Now;
        var numbers = new List<int> { 1, 2, 3 };
        var word = "three";
        return Take(ChildProcess.Run(() =>
        {
            using var self = System.Diagnostics.Process.GetCurrentProcess();
            return $"{(self.StartTime < start ? "older" : "younger")} than the start, {numbers.Sum()} and {word}";
        }));
    }

    private static string Describe(int number, string word) => $"{number} is {word}";

    private static ChildProcess<string> Generic<T>(List<T> items) => ChildProcess.Run(() => $"{items.Count} x {typeof(T).Name}");

    private static string Continuations() => Take(ChildProcess.Run(async () =>
    {
        var sum = 0;
        for (var i = 0; i < 5; i++)
        {
            await Task.Yield();
            await Task.Delay(1);
            sum += await Task.Run(() => i);
        }

        return sum;
    })).ToString();

    private static string Nested()
    {
        var value = 42;
        return Take(ChildProcess.Run(() => Take(ChildProcess.Run(() => $"depth {CurrentProcess.Depth}, value {value}"))));
    }

    private static string Failure()
    {
        using var child = ChildProcess.Run(() => throw new InvalidOperationException("from the child"), Quiet);
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

    private static string OwnFailure()
    {
        using var child = ChildProcess.Run(() => throw new OrderRefusedException(17, "no stock"), Quiet);
        try
        {
            child.Completion.GetAwaiter().GetResult();
            return "no exception";
        }
        catch (OrderRefusedException exception)
        {
            return $"{exception.GetType().Name} {exception.Order}: {exception.Message}";
        }
    }

    private static string Crash()
    {
        using var child = ChildProcess.Run(() => Environment.FailFast("on purpose"), Quiet);
        child.Join();
        return $"{child.ExitStatus!.Reason} by signal {child.ExitStatus.Signal}";
    }

    private static string ExitCode()
    {
        using var child = ChildProcess.Run(() => Environment.Exit(7));
        child.Join();
        return $"{child.ExitStatus!.Code}";
    }

    private static string Killed()
    {
        using var child = ChildProcess.Run(() => Thread.Sleep(Timeout.Infinite));
        child.Kill();
        child.Join();
        return $"signal {child.ExitStatus!.Signal}";
    }

    private static string ThroughQueue()
    {
        using var queue = new ProcessQueue<Item>();
        using var child = ChildProcess.Run(
            items =>
            {
                items.Put(new Item(1, "one"));
                items.Put(new Item(2, "two"));
                items.Complete();
            },
            queue);
        var received = string.Join(' ', queue.ReadAll());
        child.Join();
        return received;
    }

    private static string TwoProducers()
    {
        using var queue = new ProcessQueue<int>(capacity: 8);
        using var first = ChildProcess.Run(() => PutMany(queue));
        using var second = ChildProcess.Run(() => PutMany(queue));
        var items = Enumerable.Range(0, 200).Select(_ => queue.Get(TimeSpan.FromSeconds(30))).ToList();
        first.Join();
        second.Join();
        return $"{items.Count} items, sum {items.Sum()}";

        static void PutMany(ProcessQueue<int> queue)
        {
            for (var i = 0; i < 100; i++)
            {
                queue.Put(i);
            }
        }
    }

    private static string EntryAssembly() => Take(ChildProcess.Run(() => System.Reflection.Assembly.GetEntryAssembly()!.GetName().Name!));

    private static string Refusal()
    {
        using var stream = new FileStream("/dev/null", FileMode.Open);
        try
        {
            using var child = ChildProcess.Run(() => stream.ReadByte());
            return "not refused";
        }
        catch (Exception exception) when (exception.Message.StartsWith("captured variable 'stream'", StringComparison.Ordinal))
        {
            return "captured variable 'stream'";
        }
    }
}
