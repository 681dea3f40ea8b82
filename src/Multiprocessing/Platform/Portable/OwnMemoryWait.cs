namespace Multiprocessing.Platform.Portable;

/// <summary>Sleeping on a word of this process's own memory. Rare, so all share one gate.</summary>
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

    /// <summary>Wakes everybody, who look again; how many of them slept on this word is not known.</summary>
    public static int Wake()
    {
        lock (Gate)
        {
            Monitor.PulseAll(Gate);
        }

        return 0;
    }
}
