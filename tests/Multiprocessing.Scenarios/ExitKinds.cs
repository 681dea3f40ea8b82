using System.Runtime.InteropServices;

namespace Multiprocessing.Scenarios;

/// <summary>All the ways in which a child can end by itself.</summary>
internal static partial class ExitKinds
{
    /// <summary>Runs a child that ends in the way given and says what its parent saw.</summary>
    public static int Child(string kind)
    {
        using var child = ChildProcess.Run(End, kind, new ChildProcessOptions { StandardError = ProcessOutput.Discard });
        child.Join();
        var status = child.ExitStatus!;
        Report.Line("reason", status.Reason);
        Report.Line("code", status.Code);
        Report.Line("signal", status.Signal);
        Report.Line("error", status.Error?.GetType().Name);
        return 0;
    }

    private static void End(string kind)
    {
        switch (kind)
        {
            case "return":
                return;
            case "exit":
                Environment.Exit(7);
                return;
            case "exception":
                throw new InvalidOperationException("unhandled");
            case "thread-exception":
                new Thread(() => throw new InvalidOperationException("unhandled in a thread")).Start();
                Thread.Sleep(Timeout.Infinite);
                return;
            case "fail-fast":
                Environment.FailFast("failed fast");
                return;
            case "stack-overflow":
                Console.WriteLine(Deeper(0));
                return;
            case "abort":
                Abort();
                return;
            default:
                throw new ArgumentException($"No end '{kind}'.", nameof(kind));
        }
    }

    private static int Deeper(int depth) => depth < 0 ? 0 : Deeper(depth + 1) + Deeper(depth + 2);

    [LibraryImport("libc", EntryPoint = "abort")]
    private static partial void Abort();
}
