using Multiprocessing.Tool.Output;

namespace Multiprocessing.Tool.Doctor;

/// <summary>What earlier programs of this user left, and the directory in which programs meet by name.</summary>
internal static class StateChecks
{
    public static IEnumerable<Finding> Run(Machine machine) => [Leftovers(ProgramLeftovers.Find()), .. Names(machine)];

    internal static Finding Leftovers(IReadOnlyList<ProgramLeftover> leftovers) => leftovers.Count == 0
        ? Finding.Ok("leftovers", "leftovers", "none")
        : Finding.Note(
            "leftovers",
            "leftovers",
            $"killed programs left {Quantity.Bytes(leftovers.Sum(static leftover => leftover.Bytes))} in {leftovers.Count} "
                + $"{(leftovers.Count == 1 ? "directory" : "directories")}",
            "'mp gc' removes them; so does the next program that starts.");

    /// <summary>The library refuses a directory that other users may write to: they could change what programs share.</summary>
    private static IEnumerable<Finding> Names(Machine machine)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        var user = machine.ReadField("/proc/self/status", "Uid")?.Split('\t', ' ')[0];
        if (user is null || OperatingSystem.IsWindows() || !Directory.Exists(machine.PathOf("/dev/shm")))
        {
            yield break;
        }

        foreach (var directory in Directory.EnumerateDirectories(machine.PathOf("/dev/shm"), $"mpnames-{user}-*"))
        {
            if ((File.GetUnixFileMode(directory) & Others) is var open and not UnixFileMode.None)
            {
                yield return Finding.Problem(
                    "names-permission",
                    "objects by name",
                    $"{directory} is open to other users ({open}): programs refuse to meet there.",
                    $"'chmod 700 {directory}' if you know what is in it; otherwise remove it when no program uses it.");
            }
        }
    }
}
