using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// The time limit of the calls of one channel. A call's time begins when it may run in the service: when fewer calls than the service runs at the
/// same
/// time were sent before it and have not ended. A single alarm checks all calls, so a call costs nothing more; it is exact to a twentieth of the
/// limit.
/// Thread-safe.
/// </summary>
internal sealed class CallLimit
{
    private readonly CallChannel _channel;
    private readonly long _ticks;
    private readonly TimeSpan _interval;
    private readonly int _concurrency;
    private readonly Action<CallRequest> _overdue;
    private int _isArmed;

    /// <param name="channel">The channel.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="concurrency">How many calls the service runs at the same time.</param>
    /// <param name="overdue">Takes a call that was removed from the table and fails it. Runs on a thread of the pool.</param>
    public CallLimit(CallChannel channel, TimeSpan limit, int concurrency, Action<CallRequest> overdue)
    {
        _channel = channel;
        _ticks = (long)(limit.TotalSeconds * Stopwatch.Frequency);
        _interval = TimeSpan.FromMilliseconds(Math.Clamp(limit.TotalMilliseconds / 20, 1, 500));
        _concurrency = concurrency;
        _overdue = overdue;
    }

    /// <summary>A call was added to the table.</summary>
    public void Watch()
    {
        if (Volatile.Read(ref _isArmed) == 0 && Interlocked.Exchange(ref _isArmed, 1) == 0)
        {
            Arm();
        }
    }

    private void Arm() => LibraryClock.After(
        _interval,
        static limit => LastResort.Queue(
            EntryPoint.ServiceWork, (CallLimit)limit!, static limit => limit.Check(), static (limit, _) => limit.Arm()),
        this);

    private void Check()
    {
        if (_channel.PendingCalls == 0)
        {
            Volatile.Write(ref _isArmed, 0);
            Interlocked.MemoryBarrier(); // a call added meanwhile has seen the alarm: check again
            if (_channel.PendingCalls != 0)
            {
                Watch();
            }

            return;
        }

        if (_channel.TakeOverdue(_concurrency, Stopwatch.GetTimestamp(), _ticks) is { } call)
        {
            _overdue(call);
        }

        if (!_channel.IsEnded)
        {
            Arm();
        }
    }
}
