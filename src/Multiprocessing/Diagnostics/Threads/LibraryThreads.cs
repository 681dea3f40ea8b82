namespace Multiprocessing;

/// <summary>
/// Threads of the library's own for work that may block: a source that is enumerated, a callback, the start of a process. Each piece of work has a thread at once; a thread that is done is kept for a while.
/// A program that has blocked all threads of the thread pool in synchronous waits still moves on here.
/// </summary>
internal static class LibraryThreads
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(3);

    private static readonly Lock Gate = new();
    private static readonly List<Worker> Idle = [];

    /// <summary>Runs the work on a thread of its own. What flows with the caller (<see cref="ExecutionContext"/>) does not flow there.</summary>
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

        /// <summary>Only for one that was taken out of <see cref="Idle"/>: no other thread gives it work.</summary>
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
                LastResort.Run(EntryPoint.ThreadWork, Tuple.Create(work, state), static piece => piece.Item1(piece.Item2), static (piece, _) => piece.Item1(piece.Item2));
                clean.RestoreAll();
            }
        }

        /// <summary>The thread failed between two pieces: what it was given goes to another one.</summary>
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

        /// <summary>False when another thread has taken it out meanwhile and is about to give it work.</summary>
        private bool Leave()
        {
            lock (Gate)
            {
                return Idle.Remove(this);
            }
        }
    }
}
