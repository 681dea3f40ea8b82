using System.Globalization;

namespace Multiprocessing.Platform;

/// <summary>
/// The number of shared memory segments that this process may map. Linux limits the mappings of a process (vm.max_map_count), and a runtime that gets
/// no more of them for its own memory ends the process at once. So the library stops while the runtime still has room.
/// </summary>
internal static class MappingBudget
{
    private const string LimitFile = "/proc/sys/vm/max_map_count";
    private const string MappingsFile = "/proc/self/maps";
    private const int LimitByDefault = 65530;

    // With fewer segments than this the limit is not read.
    private const int AskFrom = 1024;

    // Listing tens of thousands of mappings takes tens of milliseconds.
    private const int MappedBetweenCounts = 1024;

    private static readonly Lock Gate = new();
    private static int _limit = -1; // read at the first use: most processes never need it
    private static int _mapped;
    private static int _budget;
    private static int _nextLook = AskFrom;

    /// <summary>The number of mappings that the system allows this process; 0 if there is no known limit.</summary>
    public static int Limit => Volatile.Read(ref _limit) is var known && known >= 0 ? known : _limit = ReadLimit();

    /// <summary>The number of mappings that the library leaves to the runtime and to other libraries, beyond those they have.</summary>
    public static int Reserve => Math.Max(Limit / 8, 1024);

    /// <summary>The number of shared memory segments that are mapped now.</summary>
    public static int Mapped => Volatile.Read(ref _mapped);

    /// <summary>Counts one more; returns <see langword="false"/> if no more are allowed.</summary>
    public static bool TryTake()
    {
        var mapped = Interlocked.Increment(ref _mapped);
        if (mapped < AskFrom || IsWithin(mapped))
        {
            return true;
        }

        Interlocked.Decrement(ref _mapped);
        return false;
    }

    public static void GiveBack() => Interlocked.Decrement(ref _mapped);

    private static bool IsWithin(int mapped)
    {
        if (Limit == 0)
        {
            return true;
        }

        lock (Gate)
        {
            if (mapped >= _nextLook || mapped > _budget)
            {
                // Other code maps and unmaps as well, so the current count decides.
                _budget = Limit - Reserve - Math.Max(0, CountMappings() - mapped);
                _nextLook = mapped + MappedBetweenCounts;
            }

            return mapped <= _budget;
        }
    }

    private static int CountMappings()
    {
        try
        {
            return File.ReadLines(MappingsFile).Count();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0; // no /proc, or no descriptor for it: only the library's own are counted
        }
    }

    private static int ReadLimit()
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        try
        {
            return int.TryParse(File.ReadAllText(LimitFile), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var limit)
                && limit > 0 ? limit : LimitByDefault;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return LimitByDefault;
        }
    }
}
