using System.Diagnostics;

namespace Multiprocessing;

/// <summary>The pool's one thread: it looks, spins while that pays, and sleeps on the bell.</summary>
internal sealed unsafe partial class PoolCore
{

    /// <summary>While tasks are out, the longest time without a look: short tasks share a notification, and one that turns out long must not hold back the replies before it.</summary>
    private static readonly long LookWhileOut = 20 * PoolTicks.Millisecond;

    private static readonly long LookWhileStarting = 500 * PoolTicks.Millisecond;

    private static readonly long Idle = 30_000 * PoolTicks.Millisecond;
    private const int FailuresBeforeResting = 8;
    private const int TriesWhileResting = 16;

    // When the next look is due, as of the last step; and until when the thread sleeps.
    private long _nextLook;
    private long _sleepsUntil = long.MaxValue;
    private int _spinFailures;
    private int _spinRests;

    private void Pump()
    {
        var progress = false;
        while (true)
        {
            lock (_gate)
            {
                progress = Step();
                if (_isOver && _inbox.IsEmpty)
                {
                    break;
                }

                _sleepsUntil = _nextLook;
            }

            if (progress || SpinsForNews())
            {
                continue;
            }

            HealBell();
            _isAsleep = true;
            var sequence = WaitPoint.Announce(&_bellWords->Replies); // a full fence: who adds to the inbox from here on sees that it sleeps
            if (!HasNews())
            {
                var left = Volatile.Read(ref _nextLook) - Stopwatch.GetTimestamp();
                if (left > 0)
                {
                    WaitPoint.Sleep(&_bellWords->Replies, sequence, TimeSpan.FromSeconds((double)left / Stopwatch.Frequency));
                }
            }

            _isAsleep = false;
        }

        // Who comes late finds the memory mapped still; only the hold is given up.
        _bell.Dispose();
    }

    /// <summary>Spins for about as long as a wake-up takes, unless that failed lately, or the workers need the processors.</summary>
    private bool SpinsForNews()
    {
        if (!Spin.IsUseful || Volatile.Read(ref _bellWords->Looking) != 0)
        {
            return false;
        }

        var busy = 0;
        lock (_gate)
        {
            foreach (var member in _members)
            {
                busy += member.IsBusy ? 1 : 0;
            }
        }

        if (busy >= Environment.ProcessorCount || (_spinFailures >= FailuresBeforeResting && ++_spinRests % TriesWhileResting != 0))
        {
            return HasNews();
        }

        var end = Stopwatch.GetTimestamp() + SpinBudget.OfSleep;
        do
        {
            for (var i = 0; i < 16; i++)
            {
                if (HasNews())
                {
                    _spinFailures = 0;
                    return true;
                }

                Spin.Pause();
            }
        }
        while (Stopwatch.GetTimestamp() < end);
        _spinFailures = Math.Min(_spinFailures + 1, FailuresBeforeResting);
        return false;
    }

    private bool HasNews()
    {
        // That it is over, too: a caller's step may have ended the pool, and found nobody to wake, just before this thread announced its sleep.
        if (!_inbox.IsEmpty || Volatile.Read(ref _isOver))
        {
            return true;
        }

        // The list changes under the gate only; who cannot have it now looks again in a moment.
        if (!_gate.TryEnter())
        {
            return false;
        }

        try
        {
            foreach (var member in _members)
            {
                if (member.HasReplies)
                {
                    return true;
                }
            }

            return false;
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void LookBy(long at)
    {
        if (at < _nextLook)
        {
            _nextLook = at;
        }
    }
}
