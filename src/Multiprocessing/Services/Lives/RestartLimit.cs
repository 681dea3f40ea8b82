using System.Diagnostics;

namespace Multiprocessing;

/// <summary>At most a number of restarts in a period, as supervisors of Erlang/OTP count them. Thread-safe.</summary>
internal sealed class RestartLimit(int maximum, TimeSpan period)
{
    private readonly Queue<long> _restarts = [];

    /// <summary>Counts a restart.</summary>
    /// <returns>False if there were too many.</returns>
    public bool TryRestart()
    {
        lock (_restarts)
        {
            while (period != Timeout.InfiniteTimeSpan && _restarts.TryPeek(out var first) && Stopwatch.GetElapsedTime(first) > period)
            {
                _restarts.Dequeue();
            }

            if (_restarts.Count >= maximum)
            {
                return false;
            }

            _restarts.Enqueue(Stopwatch.GetTimestamp());
            return true;
        }
    }
}
