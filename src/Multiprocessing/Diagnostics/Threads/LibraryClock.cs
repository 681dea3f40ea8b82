namespace Multiprocessing;

/// <summary>
/// Timers that do not need the thread pool, and the look at <see cref="LibraryWork"/> that is overdue: one thread, which sleeps without limit while there is neither. Callbacks run on that thread: they are quick,
/// block on nothing, and run no code of the program's.
/// </summary>
internal static class LibraryClock
{
    private const int LookEvery = 10;

    /// <summary>How many looks find nothing before the thread stops looking: starting again costs the next work item a wake-up.</summary>
    private const int IdleLooks = 100;

    private static readonly object Gate = new();
    private static readonly PriorityQueue<Alarm, long> Alarms = new();
    private static bool _hasThread;
    private static int _isWatching;
    private static int _over;

    /// <summary>Calls back once after a time.</summary>
    /// <param name="delay">How long; as good as never if it is longer than some years.</param>
    /// <param name="callback">Quick, and without locks that are held for long.</param>
    /// <param name="state">Passed to the callback.</param>
    public static Alarm After(TimeSpan delay, Action<object?> callback, object? state)
    {
        var milliseconds = (long)Math.Clamp(Math.Ceiling(delay.TotalMilliseconds), 0, long.MaxValue / 4);
        var alarm = new Alarm(callback, state);
        lock (Gate)
        {
            RemoveOver();
            Alarms.Enqueue(alarm, Environment.TickCount64 + milliseconds);
            if (ReferenceEquals(Alarms.Peek(), alarm))
            {
                Wake();
            }
        }

        return alarm;
    }

    /// <summary>There is work to look at.</summary>
    public static void Watch()
    {
        // After the item was queued, which is a full fence: either the clock sees the item, or this sees that it has stopped looking.
        if (Volatile.Read(ref _isWatching) == 0 && Interlocked.Exchange(ref _isWatching, 1) == 0)
        {
            lock (Gate)
            {
                Wake();
            }
        }
    }

    /// <summary>Those that were given up stay until they are due, unless they become many: a loop with a time limit of an hour makes one each round.</summary>
    private static void RemoveOver()
    {
        if (Volatile.Read(ref _over) < 64 + (Alarms.Count / 2))
        {
            return;
        }

        (Alarm, long)[] left = [.. Alarms.UnorderedItems.Where(static entry => !entry.Element.IsOver)];
        Alarms.Clear();
        Alarms.EnqueueRange(left);
        Interlocked.Exchange(ref _over, 0);
    }

    private static void Wake()
    {
        if (!_hasThread)
        {
            LastResort.NewThread(EntryPoint.Clock, "Multiprocessing clock", Run, OnFailed).UnsafeStart();
            _hasThread = true;
            return;
        }

        Monitor.Pulse(Gate);
    }

    private static void Run()
    {
        var idleLooks = 0;
        while (true)
        {
            Sleep();
            ThrowPoints.Pass(EntryPoint.Clock);
            RunDue();
            if (Volatile.Read(ref _isWatching) == 0)
            {
                continue;
            }

            idleLooks = HasWork() ? 0 : idleLooks + 1;
            if (idleLooks > IdleLooks)
            {
                idleLooks = 0;
                Interlocked.Exchange(ref _isWatching, 0);
                if (HasWork())
                {
                    Interlocked.Exchange(ref _isWatching, 1);
                }
            }
        }
    }

    /// <summary>The thread has failed: the next one goes on with what is due.</summary>
    private static void OnFailed(Exception exception)
    {
        lock (Gate)
        {
            _hasThread = false;
            Wake();
        }
    }

    private static bool HasWork()
    {
        try
        {
            return LibraryWork.Look();
        }
        catch (OutOfMemoryException)
        {
            return true; // no thread can be started now; the next look tries again
        }
    }

    private static void Sleep()
    {
        lock (Gate)
        {
            var wait = _isWatching != 0 ? LookEvery : Timeout.Infinite;
            while (Alarms.TryPeek(out var first, out var due))
            {
                if (first.IsOver)
                {
                    Alarms.Dequeue();
                    Interlocked.Decrement(ref _over);
                    continue;
                }

                var left = (int)Math.Clamp(due - Environment.TickCount64, 0, int.MaxValue);
                wait = wait < 0 ? left : Math.Min(wait, left);
                break;
            }

            if (wait != 0)
            {
                _ = Monitor.Wait(Gate, wait);
            }
        }
    }

    private static void RunDue()
    {
        while (true)
        {
            Alarm? alarm;
            lock (Gate)
            {
                if (!Alarms.TryPeek(out alarm, out var due) || due > Environment.TickCount64)
                {
                    return;
                }

                Alarms.Dequeue();
            }

            alarm.Ring();
        }
    }

    /// <summary>A callback that is due at some time.</summary>
    internal sealed class Alarm(Action<object?> callback, object? state) : IDisposable
    {
        private Action<object?>? _callback = callback;
        private object? _state = state;

        public bool IsOver => Volatile.Read(ref _callback) is null;

        public void Ring()
        {
            if (Interlocked.Exchange(ref _callback, null) is not { } callback)
            {
                return;
            }

            LastResort.Run(EntryPoint.ClockAlarm, Tuple.Create(callback, _state), static alarm => alarm.Item1(alarm.Item2), static (alarm, _) => alarm.Item1(alarm.Item2));
            _state = null;
        }

        /// <summary>It does not ring any more, unless it rings at this moment.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _callback, null) is not null)
            {
                _state = null;
                Interlocked.Increment(ref _over);
            }
        }
    }
}
