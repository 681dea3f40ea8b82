using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.MacOS;
using Multiprocessing.Platform.Portable;

namespace Multiprocessing.Platform;

/// <summary>Sleeps on a 32-bit word in shared memory, and wakes sleepers of any process.</summary>
internal static unsafe class WordWait
{
    /// <summary>
    /// Sleeps while <paramref name="word"/> holds <paramref name="expected"/>, at most <paramref name="timeout"/>. May return early without a reason:
    /// the caller checks its condition again. To a waker, the comparison and the sleep are one step, so a change before a <see cref="Wake"/> is never
    /// missed.
    /// </summary>
    public static void Wait(int* word, int expected, TimeSpan timeout)
    {
        if (Facilities.UseLinux)
        {
            Futex.Wait(word, expected, timeout);
        }
        else if (Facilities.UseSharedAddressWait)
        {
            SharedAddressWait.Wait(word, expected, timeout);
        }
        else
        {
            ParkedWait.Wait(word, expected, timeout);
        }
    }

    /// <summary>Wakes at most <paramref name="count"/> sleepers and returns how many it woke.</summary>
    public static int Wake(int* word, int count) =>
        Facilities.UseLinux
            ? Futex.Wake(word, count)
            : Facilities.UseSharedAddressWait ? SharedAddressWait.Wake(word, count)
            : ParkedWait.Wake(word, count);
}
