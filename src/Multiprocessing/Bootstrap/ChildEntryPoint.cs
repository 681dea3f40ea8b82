using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Where a child begins: called by the host assembly, or by the startup hook before the program's Main.</summary>
internal static class ChildEntryPoint
{
    private const int UsageError = 64; // EX_USAGE of sysexits.h

    /// <summary>Runs the child to its end; does not return.</summary>
    public static void Run()
    {
        if (!TryRun())
        {
            Console.Error.WriteLine("This is the entry point of Multiprocessing's child processes. It is started by ChildProcess, not by hand.");
            Environment.Exit(UsageError);
        }
    }

    /// <summary>Runs the child to its end and does not return, or returns <see langword="false"/> when this process was not started as one.</summary>
    public static bool TryRun()
    {
        if (PipeEnd.Inherited(Environment.GetEnvironmentVariable(ChildLauncher.ControlVariable)) is not { } control)
        {
            return false;
        }

        // The variable itself goes with the others that only the start needed, when the greeting says which.
        ChildWarmUp.Begin();
        Environment.Exit(new ChildRuntime(control).Run());
        return true;
    }
}
