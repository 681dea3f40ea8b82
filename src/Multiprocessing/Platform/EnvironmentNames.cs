namespace Multiprocessing.Platform;

/// <summary>Compares names of environment variables as the system does.</summary>
internal static class EnvironmentNames
{
    public static StringComparer Comparer => OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
}
