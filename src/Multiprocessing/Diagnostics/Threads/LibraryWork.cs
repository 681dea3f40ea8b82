using System.Collections.Concurrent;

namespace Multiprocessing;

/// <summary>
/// Work items of the library. They run on the thread pool; one that the pool has not begun after a moment, because the program has blocked all its threads in synchronous waits, runs on one of the
/// <see cref="LibraryThreads"/> instead. So no wait that the program makes depends on a free thread of the pool.
/// </summary>
internal static class LibraryWork
{
    /// <summary>How long the thread pool has for an item.</summary>
    private const long Patience = 10;

    private static readonly ConcurrentQueue<Item> Begun = new();

    /// <summary>Runs the work soon. It begins with a <see cref="LastResort"/>.</summary>
    public static void Queue(Action<object?> work, object? state) => Queue(new Item(work, state), preferLocal: false);

    /// <summary>Runs what follows on a wait. As the runtime's own continuations do, it prefers the thread that queues it.</summary>
    public static void Continue(Action continuation) => Queue(new Item(static action => LastResort.Run(EntryPoint.Continuation, (Action)action!, static action => action(), static (action, _) => action()), continuation), preferLocal: true);

    private static void Queue(Item item, bool preferLocal)
    {
        Begun.Enqueue(item);
        LibraryClock.Watch();
        ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal);
    }

    /// <summary>Called by the clock: forgets the items that the pool has begun, and has the first that it has not begun in time run elsewhere. False when there is none left.</summary>
    internal static bool Look()
    {
        if (FirstOverdue() is not null)
        {
            // One more thread at each look as long as something is overdue: those of before may be blocked in what they run.
            LibraryThreads.Run(static _ => RunOverdue(), null);
        }

        return !Begun.IsEmpty;
    }

    private static void RunOverdue()
    {
        while (FirstOverdue() is { } item)
        {
            item.Execute();
        }
    }

    private static Item? FirstOverdue()
    {
        while (Begun.TryPeek(out var first))
        {
            if (!first.IsTaken)
            {
                return Environment.TickCount64 - first.QueuedAt > Patience ? first : null;
            }

            // Another thread may have removed it since: then this is a different one, which goes back to the end if it is not taken.
            if (Begun.TryDequeue(out var removed) && !removed.IsTaken)
            {
                Begun.Enqueue(removed);
            }
        }

        return null;
    }

    /// <summary>Run by whichever thread comes first.</summary>
    private sealed class Item(Action<object?> work, object? state) : IThreadPoolWorkItem
    {
        private Action<object?>? _work = work;
        private object? _state = state;

        public long QueuedAt { get; } = Environment.TickCount64;

        public bool IsTaken => Volatile.Read(ref _work) is null;

        public void Execute()
        {
            if (Interlocked.Exchange(ref _work, null) is not { } work)
            {
                return;
            }

            var state = _state;
            _state = null; // the item itself stays in the list until the next look
            work(state);
        }
    }
}
