namespace Multiprocessing;

/// <summary>
/// How long the tasks of this worker take: it decides which of them are measured, and which replies share a notification. Times in ticks of the
/// stopwatch.
/// </summary>
internal sealed class WorkerPace
{
    /// <summary>Microseconds. Shorter tasks take less time than what surrounds them.</summary>
    private const int ShortTask = 2;

    /// <summary>One in so many short tasks is measured.</summary>
    private const int MeasuredShortTask = 8;

    /// <summary>So many replies share a notification at most.</summary>
    private const int MostUnnotified = 256;

    /// <summary>
    /// Microseconds. A notification may take a processor from a worker for a few of them: where each worker has one, tasks of 10 microseconds that
    /// notified the pool one by one took half as long again. Longer ones do not notice it.
    /// </summary>
    private const long LongestShared = 50;

    /// <summary>
    /// Microseconds after which replies notify the pool again, if the worker has not run out of tasks, which notifies it at once: half of what it has
    /// ahead at least (<see cref="Dispatcher"/>), so that it gets the next ones in time.
    /// </summary>
    private const long UnnotifiedTime = 200;

    private long _typical;
    private long _lastNotified;
    private int _untilMeasured;

    public bool AreTasksShort => _typical < PoolTicks.Microsecond * ShortTask;

    /// <summary>Whether the next task is measured.</summary>
    public bool MeasuresNext() => --_untilMeasured <= 0;

    /// <summary>
    /// Learns from a task that was measured. A long one counts for no more than eight typical ones: its thread may not have been scheduled.
    /// </summary>
    public void Learn(long ticks)
    {
        _typical = _typical == 0 ? ticks : _typical + ((Math.Min(ticks, _typical * 8) - _typical) / 8);
        _untilMeasured = AreTasksShort ? MeasuredShortTask : 1;
    }

    /// <summary>
    /// Whether the pool is to be notified now. Tasks that are not long share a notification, because it may have to cross processors. If a task takes
    /// longer than the ones before it, the pool finds their replies by itself.
    /// </summary>
    /// <param name="unnotified">How many replies it was not notified of.</param>
    /// <param name="ended">When the last task ended; 0 if it was not measured.</param>
    public bool IsNotificationDue(int unnotified, long ended)
    {
        if (_typical <= PoolTicks.Microsecond * LongestShared && unnotified < MostUnnotified
            && (ended == 0 || ended - _lastNotified <= PoolTicks.Microsecond * UnnotifiedTime))
        {
            return false;
        }

        _lastNotified = ended;
        return true;
    }
}
