using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Where a child begins: called by the host assembly, or by the startup hook before the program's Main.</summary>
internal static class ChildEntryPoint
{
    private const int UsageError = 64; // EX_USAGE of sysexits.h

    /// <summary>
    /// Called by the host's Main: runs the child. Returns when its body has ended in order, so that the runtime waits for the foreground threads that it started before the process ends;
    /// else does not return.
    /// </summary>
    public static void Run()
    {
        if (TryTakeControl() is not { } control)
        {
            Console.Error.WriteLine("This is the entry point of Multiprocessing's child processes. It is started by ChildProcess, not by hand.");
            Environment.Exit(UsageError);
            return;
        }

        var runtime = new ChildRuntime(control);
        var code = runtime.Run();
        if (!runtime.HasEndedInOrder)
        {
            Environment.Exit(code);
        }
    }

    /// <summary>
    /// Called by the startup hook: runs the child to its end and does not return, or returns <see langword="false"/> when this process was not started as one.
    /// Foreground threads of the body are not waited for: behind the hook comes the program's Main, and the runtime waits nowhere else.
    /// </summary>
    public static bool TryRun()
    {
        if (TryTakeControl() is not { } control)
        {
            return false;
        }

        Environment.Exit(new ChildRuntime(control).Run());
        return true;
    }

    private static PipeEnd? TryTakeControl()
    {
        var control = PipeEnd.Inherited(Environment.GetEnvironmentVariable(ControlChannel.Variable));
        if (control is not null)
        {
            // The variable itself goes with the others that only the start needed, when the greeting says which.
            ChildWarmUp.Begin();
        }

        return control;
    }
}
