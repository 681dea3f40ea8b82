using System.Runtime.CompilerServices;

namespace Multiprocessing.Tests;

/// <summary>A stack as real programs have it: many different frames, which the runtime cannot print as one that repeats.</summary>
internal static class DeepStack
{
    private const int FramesOfFailFast = 2000;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Begin(string end) => Console.WriteLine(Next(0, end));

    private static int Next(int depth, string end) => ((uint)(depth * 2654435761L >> 7) % 3) switch
    {
        0 => One(depth + 1, end),
        1 => Two(depth + 1, end),
        _ => Three(depth + 1, end),
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int One(int depth, string end) => Next(depth, end) + 1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Two(int depth, string end)
    {
        if (end != "overflow" && depth >= FramesOfFailFast)
        {
            Environment.FailFast("the disk is gone");
        }

        return Next(depth, end) + 2;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Three(int depth, string end) => Next(depth, end) + 3;
}
