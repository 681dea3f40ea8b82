using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// One thread for timers that do not need the thread pool, and for the check of overdue <see cref="LibraryWork"/>. It sleeps without limit while
/// there is neither. Callbacks run on that thread: they must be quick, must not block, and must not run code of the program.
/// </summary>
internal static class LibraryClock
{
    /// <summary>Milliseconds between two checks of the work items.</summary>
    private const int CheckInterval = 10;

    /// <summary>Number of checks without work before the thread stops checking. After that the next work item must wake the thread.</summary>
    private const int MaxIdleChecks = 100;

    private static readonly object Gate = new();
    private static readonly PriorityQueue<Alarm, long> Alarms = new();
    private static bool _hasThread;
    private static int _isWatching;
    private static int _over;

    /// <summary>Calls a callback once after a delay.</summary>
    /// <param name="delay">The delay. A delay of many years is effectively infinite.</param>
    /// <param name="callback">The callback. It must be quick, and take no lock that is held for long.</param>
    /// <param name="state">The argument of the callback.</param>
    public static Alarm After(TimeSpan delay, Action<object?> callback, object? state)
    {
        var milliseconds = (long)Math.Clamp(Math.Ceiling(delay.TotalMilliseconds), 0, long.MaxValue / 4);
        var alarm = new Alarm(callback, state);
        lock (Gate)
        {
            RemoveEnded();
            Alarms.Enqueue(alarm, Environment.TickCount64 + milliseconds);
            if (ReferenceEquals(Alarms.Peek(), alarm))
            {
                Wake();
            }
        }

        return alarm;
    }

    /// <summary>Starts the checks of the work items, because there is one.</summary>
    public static void Watch()
    {
        // Called after the item was queued, which is a full fence. It pairs with the exchange in Run: either the clock sees the item, or this code
        // sees that the clock has stopped checking.
        if (Volatile.Read(ref _isWatching) == 0 && Interlocked.Exchange(ref _isWatching, 1) == 0)
        {
            lock (Gate)
            {
                Wake();
            }
        }
    }

    /// <summary>
    /// Removes the alarms that were disposed, if they are many: a loop with a time limit of an hour creates one in each round. Few stay until they
    /// are due.
    /// </summary>
    private static void RemoveEnded()
    {
        Debug.Assert(Monitor.IsEntered(Gate), "The alarms are changed under the gate.");
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
        Debug.Assert(Monitor.IsEntered(Gate), "The clock's thread is started or woken under the gate.");
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
        var idleChecks = 0;
        while (true)
        {
            Sleep();
            ThrowPoints.Pass(EntryPoint.Clock);
            RunDue();
            if (Volatile.Read(ref _isWatching) == 0)
            {
                continue;
            }

            idleChecks = HasWork() ? 0 : idleChecks + 1;
            if (idleChecks > MaxIdleChecks)
            {
                idleChecks = 0;
                Interlocked.Exchange(ref _isWatching, 0);
                if (HasWork())
                {
                    Interlocked.Exchange(ref _isWatching, 1);
                }
            }
        }
    }

    /// <summary>Starts another thread after this one failed.</summary>
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
            return LibraryWork.RunOverdueItems();
        }
        catch (OutOfMemoryException)
        {
            return true; // no thread can be started now; the next check tries again
        }
    }

    private static void Sleep()
    {
        lock (Gate)
        {
            var wait = _isWatching != 0 ? CheckInterval : Timeout.Infinite;
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

    /// <summary>A callback that is due at a time.</summary>
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

            LastResort.Run(
                EntryPoint.ClockAlarm,
                Tuple.Create(callback, _state),
                static alarm => alarm.Item1(alarm.Item2),
                static (alarm, _) => alarm.Item1(alarm.Item2));
            _state = null;
        }

        /// <summary>Cancels the callback, unless it is running.</summary>
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
