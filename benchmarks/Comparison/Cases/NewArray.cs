using System.Diagnostics;

namespace Comparison.Cases;

/// <summary>What a receiver of large arrays cannot avoid: the garbage collector gives each new array pages that the system must add and clear.</summary>
internal static class NewArray
{
    private static readonly byte[]?[] Kept = new byte[]?[2];

    /// <summary>Returns the nanoseconds to create and fill one array of the size of another, with at most two of them alive, as in a loop of Get.</summary>
    public static double Fill(byte[] source, int count)
    {
        Array.Clear(Kept);
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var array = GC.AllocateUninitializedArray<byte>(source.Length);
            source.CopyTo(array, 0);
            Kept[i & 1] = array;
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
    }

    /// <summary>Returns the nanoseconds to copy an array into one that was used before.</summary>
    public static double Copy(byte[] source)
    {
        var used = new byte[source.Length];
        source.CopyTo(used, 0);
        var start = Stopwatch.GetTimestamp();
        source.CopyTo(used, 0);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }
}
