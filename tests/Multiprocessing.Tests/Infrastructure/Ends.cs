using System.Runtime.InteropServices;

namespace Multiprocessing.Tests;

/// <summary>Bodies that end in a particular way, or run until they are killed.</summary>
internal static partial class Ends
{
    public static readonly ChildProcessOptions Quiet = new() { StandardError = ProcessOutput.Discard };

    /// <summary>A child that has said that its body runs and then waits for its end, deaf to requests.</summary>
    public static ChildProcess StartWaiting(ChildProcessOptions? options = null)
    {
        var child = ChildProcess.Run(Forever, options);
        Eventually.Is(() => child.State == ProcessState.Running, $"{child} runs");
        return child;
    }

    public static void Forever() => Thread.Sleep(Timeout.Infinite);

    public static void ByReturn()
    {
    }

    public static void ByExit7() => Environment.Exit(7);

    public static void ByExitCodeProperty() => Environment.ExitCode = 9;

    public static void ByException() => throw new InvalidOperationException("left the body");

    public static void ByExceptionInThread()
    {
        new Thread(() => throw new InvalidOperationException("left a thread")).Start();
        Forever();
    }

    public static void ByFailFast() => Environment.FailFast("the failing fast");

    public static void ByStackOverflow() => Console.WriteLine(Deeper(0));

    [LibraryImport("libc", EntryPoint = "abort")]
    public static partial void ByAbort();

    // The runtime turns a fault in its own code into NullReferenceException and swallows a first SIGSEGV from outside; a native library's is neither.
    public static void BySegmentationFault() => Console.WriteLine(LengthOfString(8));

    private static nint LengthOfString(nint address) => OperatingSystem.IsWindows() ? LengthOnWindows(address) : LengthOnPosix(address);

    [LibraryImport("libc", EntryPoint = "strlen")]
    private static partial nint LengthOnPosix(nint address);

    [LibraryImport("msvcrt", EntryPoint = "strlen")]
    private static partial nint LengthOnWindows(nint address);

    private static int Deeper(int depth) => depth < 0 ? 0 : Deeper(depth + 1) + Deeper(depth + 2);
}
