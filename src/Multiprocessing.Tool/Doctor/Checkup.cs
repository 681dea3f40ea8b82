namespace Multiprocessing.Tool.Doctor;

/// <summary>All checks.</summary>
internal static class Checkup
{
    public static IReadOnlyList<Finding> Run(Machine machine, IDisk disk, bool hasTrial)
    {
        var findings = new List<Finding>(RuntimeChecks.Run(machine));
        if (OperatingSystem.IsLinux())
        {
            findings.AddRange(SystemChecks.Run(machine));
            findings.AddRange(SharedMemoryChecks.Run(machine, disk));
        }

        findings.AddRange(TemporaryDirectoryChecks.Run(Path.TrimEndingDirectorySeparator(Path.GetTempPath()), disk));
        if (OperatingSystem.IsLinux())
        {
            findings.AddRange(LimitChecks.Run(machine));
        }

        // Before the trial: a program that starts removes leftovers.
        findings.AddRange(StateChecks.Run(machine));

        if (hasTrial)
        {
            findings.Add(Trial.Run());
        }

        return findings;
    }
}
