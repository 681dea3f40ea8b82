using Multiprocessing.Platform.Linux;

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
        if (ParseDescriptor(Environment.GetEnvironmentVariable(ChildLauncher.ControlVariable)) is not { } descriptor)
        {
            return false;
        }

        // The variable itself goes with the others that only the start needed, when the greeting says which.
        ChildWarmUp.Begin();
        var control = new FileDescriptor(descriptor);
        control.SetCloseOnExec();
        Environment.Exit(new ChildRuntime(control).Run());
        return true;
    }

    // Not int.Parse: it asks for a culture, and the first culture of a process loads ICU, which costs more than the rest of the way to the body.
    private static int? ParseDescriptor(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > 9)
        {
            return null;
        }

        var number = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return null;
            }

            number = (number * 10) + (digit - '0');
        }

        return number;
    }
}
