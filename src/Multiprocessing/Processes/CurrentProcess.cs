namespace Multiprocessing;

/// <summary>Provides information about the process in which the calling code runs. All members may be used by several threads at once.</summary>
/// <example>
/// <code>
/// using var child = ChildProcess.Run(() => $"{CurrentProcess.Name} (pid {CurrentProcess.Id}) is a child of {CurrentProcess.Parent}.");
/// Console.WriteLine(await child.Result); // Process-1 (pid 4712) is a child of MainProcess (pid 4711).
/// </code>
/// </example>
public static class CurrentProcess
{
    private const string RootName = "MainProcess";

    private static readonly CancellationTokenSource StoppingSource = new();
    private static Hello? _hello;
    private static string? _name;
    private static int _childCount;
    private static volatile bool _isStoppingObserved;

    /// <summary>Gets the operating system's number of this process.</summary>
    public static int Id => Environment.ProcessId;

    /// <summary>
    /// Gets the name from <see cref="ChildProcessOptions.Name"/>, or <c>MainProcess</c> in a process that this library did not start.
    /// </summary>
    public static string Name => _name ?? RootName;

    /// <summary>Gets whether this library started this process.</summary>
    public static bool IsChild => _hello is not null;

    /// <summary>Gets the number of ancestors of this process that use this library: 0 in the program itself, 1 in its children.</summary>
    public static int Depth => _hello?.Depth ?? 0;

    /// <summary>Gets the process that started this one, or <see langword="null"/> in the program itself.</summary>
    public static ParentProcess? Parent { get; private set; }

    /// <summary>
    /// Gets a token that is cancelled when this process is asked to stop: by the parent's <see cref="ChildProcess.Terminate()"/>, by
    /// <see cref="ChildProcess.Interrupt"/> or by SIGTERM. It is never cancelled in a process that this library did not start.
    /// </summary>
    /// <remarks>
    /// A process that has read the token has the time of <see cref="ChildProcessOptions.TerminationGrace"/> to end its body. A process that never
    /// read it exits at once, unless a handler of the program for the signal sets <c>Cancel</c>
    /// (<see cref="System.Runtime.InteropServices.PosixSignalRegistration"/>, <see cref="Console.CancelKeyPress"/>): then it has the same time.
    /// </remarks>
    public static CancellationToken Stopping
    {
        get
        {
            _isStoppingObserved = true;
            return StoppingSource.Token;
        }
    }

    internal static bool OutputIsRead => _hello is { OutputIsRead: true };

    internal static bool ErrorIsRead => _hello is { ErrorIsRead: true };

    internal static bool IsStoppingObserved => _isStoppingObserved;

    internal static bool IsStopping => StoppingSource.IsCancellationRequested;

    internal static void Become(Hello hello)
    {
        _hello = hello;
        Parent = new ParentProcess(hello.ParentId, hello.ParentName);
    }

    internal static void Become(Assignment assignment) => _name = assignment.Name;

    internal static void RequestStop() => StoppingSource.Cancel();

    internal static string NextChildName()
    {
        var number = Interlocked.Increment(ref _childCount);
        return IsChild ? $"{Name}:{number}" : $"Process-{number}";
    }
}
