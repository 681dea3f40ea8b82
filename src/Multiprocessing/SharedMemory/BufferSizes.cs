using System.Numerics;

namespace Multiprocessing;

/// <summary>
/// The sizes in which buffers are pooled: powers of two up to 32 KiB, then eight steps to each next power, so at most a ninth is left unused. All are
/// whole pages.
/// </summary>
internal static class BufferSizes
{
    private const int SmallestLog = 12;
    private const int StepsFromLog = 15;
    private const int StepsLog = 3;
    private const int Steps = 1 << StepsLog;

    /// <summary>The number of sizes; enough for the longest buffer of the largest elements.</summary>
    public const int Count = 256;

    /// <summary>Returns the index of the smallest size with room for that many bytes.</summary>
    public static int IndexOf(long bytes)
    {
        if (bytes <= 1 << SmallestLog)
        {
            return 0;
        }

        var log = BitOperations.Log2((ulong)bytes - 1);
        var steps = log < StepsFromLog ? Steps : (int)((bytes - 1 - (1L << log)) >> (log - StepsLog)) + 1;
        return ((log - SmallestLog) * Steps) + steps;
    }

    public static long SizeAt(int index)
    {
        if (index == 0)
        {
            return 1 << SmallestLog;
        }

        var log = SmallestLog + ((index - 1) / Steps);
        return (1L << log) + ((((index - 1) % Steps) + 1L) << (log - StepsLog));
    }
}
