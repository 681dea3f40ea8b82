using System.Runtime.InteropServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// A signal that is set once for one waiting thread. Setting it takes one system call; the runtime's events take three and a lock that both sides
/// contend for.
/// </summary>
internal sealed unsafe class OneShotSignal
{
    // Never freed: the thread may wait as long as the process runs.
    private readonly int* _word = (int*)NativeMemory.AllocZeroed(sizeof(int));

    public void Set()
    {
        Volatile.Write(ref *_word, 1);
        _ = WordWait.Wake(_word, 1);
    }

    public void Wait()
    {
        while (Volatile.Read(ref *_word) == 0)
        {
            WordWait.Wait(_word, 0, TimeSpan.MaxValue);
        }
    }
}
