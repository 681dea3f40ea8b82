namespace Multiprocessing.Platform;

/// <summary>Which names of environment variables are the same.</summary>
internal static class EnvironmentNames
{
    public static StringComparer Comparer => OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
}
