using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Comparison;

/// <summary>
/// How long a word takes from one processor to another and back. On a virtual machine it changes while nothing of the machine does: seen were 130 and
/// 480 ns for tens of seconds each, as its processors were placed near to each other or not. Whatever goes from process to process takes three to
/// ten times as long then, with any library.
/// </summary>
internal static class ProcessorDistance
{
    private const int Trips = 20_000;
    private const int TripsOfSample = 1000;

    private static readonly Words Shared = new();

    /// <summary>Returns the least of a few samples in nanoseconds; <see langword="null"/> with one processor, or if the threads did not run at the same time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double? Measure()
    {
        if (Environment.ProcessorCount < 2)
        {
            return null;
        }

        Shared.There = Shared.Back = 0;
        var other = new Thread(Answer) { IsBackground = true };
        other.Start();
        var least = double.MaxValue;
        var patience = Stopwatch.StartNew();
        var begin = Stopwatch.GetTimestamp();
        for (var trip = 1; trip <= Trips && patience.ElapsedMilliseconds < 200; trip++)
        {
            Volatile.Write(ref Shared.There, trip);
            while (Volatile.Read(ref Shared.Back) != trip)
            {
            }

            if (trip % TripsOfSample == 0)
            {
                var now = Stopwatch.GetTimestamp();
                least = Math.Min(least, Stopwatch.GetElapsedTime(begin, now).TotalNanoseconds / TripsOfSample);
                begin = now;
            }
        }

        Volatile.Write(ref Shared.There, -1);
        other.Join();
        return least == double.MaxValue ? null : least;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Answer()
    {
        var seen = 0L;
        while (true)
        {
            var there = Volatile.Read(ref Shared.There);
            if (there < 0)
            {
                return;
            }

            if (there != seen)
            {
                seen = there;
                Volatile.Write(ref Shared.Back, there);
            }
        }
    }

    /// <summary>Two words that lie in no common cache line, nor in two that are fetched as a pair.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private sealed class Words
    {
        [FieldOffset(128)]
        public long There;

        [FieldOffset(320)]
        public long Back;
    }
}
