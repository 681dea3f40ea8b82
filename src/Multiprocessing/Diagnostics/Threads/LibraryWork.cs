using System.Collections.Concurrent;

namespace Multiprocessing;

/// <summary>
/// Work items of the library. They run on the thread pool. An item that the pool has not started within 10 ms, because the program has blocked all
/// its threads in synchronous waits, runs on one of the <see cref="LibraryThreads"/> instead. So no wait of the program depends on a free thread of
/// the pool.
/// </summary>
internal static class LibraryWork
{
    /// <summary>Milliseconds that the thread pool has to start an item.</summary>
    private const long StartLimit = 10;

    private static readonly ConcurrentQueue<Item> Begun = new();

    /// <summary>Queues work, which must begin with a <see cref="LastResort"/>.</summary>
    public static void Queue(Action<object?> work, object? state) => Queue(new Item(work, state), preferLocal: false);

    /// <summary>Queues a continuation. Like the continuations of the runtime, it prefers the thread that queues it.</summary>
    public static void Continue(Action continuation) => Queue(
        new Item(
            static action => LastResort.Run(EntryPoint.Continuation, (Action)action!, static action => action(), static (action, _) => action()),
            continuation),
        preferLocal: true);

    private static void Queue(Item item, bool preferLocal)
    {
        Begun.Enqueue(item);
        LibraryClock.Watch();
        ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal);
    }

    /// <summary>
    /// Called by the clock. Forgets the items that the pool has started, and runs an overdue one on another thread. Returns whether there are items
    /// left.
    /// </summary>
    internal static bool RunOverdueItems()
    {
        if (FirstOverdue() is not null)
        {
            // One more thread at each check as long as an item is overdue: the earlier threads may be blocked in their items.
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
                return Environment.TickCount64 - first.QueuedAt > StartLimit ? first : null;
            }

            // Another thread may have removed it since. Then this is a different item, which is queued again if it has not started.
            if (Begun.TryDequeue(out var removed) && !removed.IsTaken)
            {
                Begun.Enqueue(removed);
            }
        }

        return null;
    }

    /// <summary>Runs once, on the first of two threads that takes it.</summary>
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
            _state = null; // the item itself stays in the queue until the next check
            work(state);
        }
    }
}
