namespace Multiprocessing.Platform.Portable;

/// <summary>Sleeps on a word of this process's own memory. Rare, so all sleepers share one lock.</summary>
internal static unsafe class OwnMemoryWait
{
    private static readonly object Gate = new();

    public static void Wait(int* word, int expected, TimeSpan timeout)
    {
        lock (Gate)
        {
            if (Volatile.Read(ref *word) == expected)
            {
                Monitor.Wait(Gate, timeout.TotalMilliseconds >= int.MaxValue ? Timeout.InfiniteTimeSpan : timeout);
            }
        }
    }

    /// <summary>Wakes all sleepers, which check their words again. How many of them slept on this word is not known.</summary>
    public static int Wake()
    {
        lock (Gate)
        {
            Monitor.PulseAll(Gate);
        }

        return 0;
    }
}
