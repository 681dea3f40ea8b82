namespace Multiprocessing;

/// <summary>
/// Threads of the library for work that may block: enumerating a source, a callback, starting a process. Each work item gets a thread at once. An
/// idle thread is kept for some seconds. This work continues even if the program has blocked all threads of the thread pool in synchronous waits.
/// </summary>
internal static class LibraryThreads
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(3);

    private static readonly Lock Gate = new();
    private static readonly List<Worker> Idle = [];

    /// <summary>Runs work on a thread. The <see cref="ExecutionContext"/> of the caller does not flow to it.</summary>
    /// <exception cref="OutOfMemoryException">The system has no more threads.</exception>
    public static void Run(Action<object?> work, object? state)
    {
        Worker? worker = null;
        lock (Gate)
        {
            if (Idle.Count > 0)
            {
                worker = Idle[^1];
                Idle.RemoveAt(Idle.Count - 1);
            }
        }

        if (worker is not null)
        {
            worker.Give(work, state);
            return;
        }

        worker = new Worker(work, state);
        LastResort.NewThread(EntryPoint.WorkerThread, "Multiprocessing worker", worker.Live, worker.OnFailed).UnsafeStart();
    }

    private sealed class Worker(Action<object?> first, object? firstState)
    {
        private readonly object _monitor = new();
        private Action<object?>? _work = first;
        private object? _state = firstState;

        /// <summary>Passes work to a thread that was removed from <see cref="Idle"/>, so that no other thread passes it work.</summary>
        public void Give(Action<object?> work, object? state)
        {
            lock (_monitor)
            {
                _work = work;
                _state = state;
                Monitor.Pulse(_monitor);
            }
        }

        public void Live()
        {
            var clean = new ThreadBaseline();
            while (Next() is var (work, state))
            {
                LastResort.Run(
                    EntryPoint.ThreadWork,
                    Tuple.Create(work, state),
                    static item => item.Item1(item.Item2),
                    static (item, _) => item.Item1(item.Item2));
                clean.RestoreAll();
            }
        }

        /// <summary>Passes the work of a thread that failed between two work items to another thread.</summary>
        public void OnFailed(Exception exception)
        {
            lock (_monitor)
            {
                _ = Leave();
                if (_work is { } work)
                {
                    Run(work, _state);
                    _work = null;
                }
            }
        }

        private (Action<object?> Work, object? State)? Next()
        {
            lock (_monitor)
            {
                if (_work is null)
                {
                    lock (Gate)
                    {
                        Idle.Add(this);
                    }

                    while (_work is null && (Monitor.Wait(_monitor, KeptFor) || !Leave()))
                    {
                    }
                }

                if (_work is not { } work)
                {
                    return null;
                }

                var state = _state;
                (_work, _state) = (null, null);
                return (work, state);
            }
        }

        /// <summary>
        /// Removes it from <see cref="Idle"/>; returns <see langword="false"/> if another thread has removed it and is about to pass it work.
        /// </summary>
        private bool Leave()
        {
            lock (Gate)
            {
                return Idle.Remove(this);
            }
        }
    }
}
