namespace Multiprocessing;

/// <summary>The process that the code runs in.</summary>
public static class CurrentProcess
{
    private const string RootName = "MainProcess";

    private static readonly CancellationTokenSource StoppingSource = new();
    private static Hello? s_hello;
    private static int s_childCount;
    private static volatile bool s_isStoppingObserved;

    /// <summary>The operating system's number of this process.</summary>
    public static int Id => Environment.ProcessId;

    /// <summary>The name that <see cref="ChildProcessOptions.Name"/> gave, or <c>MainProcess</c> in a process that this library did not start.</summary>
    public static string Name => s_hello?.Name ?? RootName;

    /// <summary>This process was started by this library.</summary>
    public static bool IsChild => s_hello is not null;

    /// <summary>How many processes of this library stand above: 0 in the program itself, 1 in its children.</summary>
    public static int Depth => s_hello?.Depth ?? 0;

    /// <summary>The process that started this one, or <see langword="null"/> in the program itself.</summary>
    public static ParentProcess? Parent { get; private set; }

    /// <summary>
    /// Cancelled when this process was asked to stop: by the parent's <see cref="ChildProcess.Terminate()"/>, by <see cref="ChildProcess.Interrupt"/> or by SIGTERM.
    /// Whoever reads it gets the grace of <see cref="ChildProcessOptions.TerminationGrace"/> to end the body; where nobody ever did, the process goes at once.
    /// Never cancelled in a process that this library did not start.
    /// </summary>
    public static CancellationToken Stopping
    {
        get
        {
            s_isStoppingObserved = true;
            return StoppingSource.Token;
        }
    }

    internal static bool IsStoppingObserved => s_isStoppingObserved;

    internal static bool IsStopping => StoppingSource.IsCancellationRequested;

    internal static void Become(Hello hello)
    {
        s_hello = hello;
        Parent = new ParentProcess(hello.ParentId, hello.ParentName);
    }

    internal static void RequestStop() => StoppingSource.Cancel();

    internal static string NextChildName()
    {
        var number = Interlocked.Increment(ref s_childCount);
        return IsChild ? $"{Name}:{number}" : $"Process-{number}";
    }
}
