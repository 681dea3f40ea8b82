using System.Globalization;

namespace Multiprocessing.Platform;

/// <summary>How many processes of this control group the kernel has killed for want of memory.</summary>
internal static class OutOfMemoryKills
{
    private const string Events = "/sys/fs/cgroup/memory.events";
    private const string Key = "oom_kill ";

    /// <summary>0 where that cannot be found out: then nobody is said to have died of it.</summary>
    public static long Count()
    {
        if (!OperatingSystem.IsLinux())
        {
            // Windows refuses an allocation instead of killing for it; and its path of the same name is anybody's to write.
            return 0;
        }

        try
        {
            foreach (var line in File.ReadLines(Events))
            {
                if (line.StartsWith(Key, StringComparison.Ordinal) && long.TryParse(line.AsSpan(Key.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                {
                    return count;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No such file outside of control groups of the second version, or it may not be read.
        }

        return 0;
    }
}
