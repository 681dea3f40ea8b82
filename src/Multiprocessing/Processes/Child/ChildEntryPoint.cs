using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The entry point of a child. Called by the host assembly, or by the startup hook before the program's Main.</summary>
internal static class ChildEntryPoint
{
    private const int UsageError = 64; // EX_USAGE of sysexits.h

    /// <summary>
    /// Called by the host's Main: runs the child. Returns when the body has ended in order: the runtime then waits for foreground threads of the body
    /// before the process ends. Otherwise does not return.
    /// </summary>
    public static void Run()
    {
        if (TryTakeControl() is not { } control)
        {
            Console.Error.WriteLine(
                "This is the entry point of Multiprocessing's child processes. ChildProcess starts it; it cannot be started directly.");
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
    /// Called by the startup hook: runs the child to its end and does not return. Returns <see langword="false"/> if this process was not started as
    /// a child. Does not wait for foreground threads of the body: after the hook the runtime would run the program's Main, and it waits nowhere else.
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
            // The variable is removed later, together with the others that only the start needs, when the greeting has named them.
            ChildWarmUp.Begin();
        }

        return control;
    }
}
