using System.Runtime.InteropServices;

namespace Comparison;

/// <summary>Describes the machine without a name that identifies it.</summary>
internal static class Machine
{
    /// <param name="tools">The versions of the other programs that take part; <see langword="null"/> for a missing one.</param>
    public static string Describe(params IReadOnlyList<string?> tools)
    {
        var parts = new List<string?>
        {
            $"{Environment.ProcessorCount} x {Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString()}",
            Field("/proc/meminfo", "MemTotal") is { } memory ? $"{long.Parse(memory.Split(' ')[0]) / (1024.0 * 1024):0} GiB" : null,
            IsVirtual ? "virtual" : null,
            $"Linux {Environment.OSVersion.Version.ToString(2)} {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}",
            RuntimeInformation.FrameworkDescription,
        };
        return string.Join(", ", parts.Concat(tools).OfType<string>());
    }

    private static bool IsVirtual => Field("/proc/cpuinfo", "flags")?.Contains(" hypervisor", StringComparison.Ordinal) == true;

    private static string? Field(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
