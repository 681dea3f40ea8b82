using System.Reflection;
using System.Runtime.InteropServices;

namespace Multiprocessing.Tool.Doctor;

/// <summary>The runtime and the variables that change what it and the library do.</summary>
internal static class RuntimeChecks
{
    public static IEnumerable<Finding> Run(Machine machine)
    {
        yield return Finding.Ok("runtime", "runtime", $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
        yield return Finding.Ok("library", "library", $"Multiprocessing {VersionOf(typeof(ChildProcess).Assembly)}");
        var isOff = Array.Find(
            ["DOTNET_EnableDiagnostics", "DOTNET_EnableDiagnostics_IPC", "COMPlus_EnableDiagnostics"], name => machine.Variable(name) is "0");
        yield return isOff is null
            ? Finding.Ok("diagnostics-port", "diagnostics port", "on: 'mp stack' can read the stacks of programs that are started here")
            : Finding.Warning(
                "diagnostics-port", "diagnostics port", $"{isOff}=0: programs that are started here have no diagnostics port, and 'mp stack' "
                    + "cannot read their stacks.",
                $"Remove {isOff} from the environment.");
        if (machine.Variable("MULTIPROCESSING_FORCE_PORTABLE") is "1")
        {
            yield return Finding.Warning(
                "portable", "facilities", "MULTIPROCESSING_FORCE_PORTABLE=1: the library does without the fast facilities of this system.",
                "Remove the variable, unless the system refuses these facilities.");
        }

        if (machine.Variable("DOTNET_gcServer") is "1")
        {
            yield return Finding.Note(
                "server-gc", "garbage collector", "DOTNET_gcServer=1: each process has a heap and a thread for each processor. Children use the "
                    + "workstation collector unless ChildProcessOptions.ServerGarbageCollection is set.");
        }

        if (machine.Variable("MULTIPROCESSING_NAMES") is { Length: > 0 } names)
        {
            yield return System.IO.Directory.Exists(names)
                ? Finding.Note("names", "objects by name", $"MULTIPROCESSING_NAMES={names}: programs with another value do not meet those of this "
                    + "environment.")
                : Finding.Problem("names", "objects by name", $"MULTIPROCESSING_NAMES={names}: there is no such directory.", "Create it, or "
                    + "remove the variable.");
        }
    }

    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version!.ToString();
}
