using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Reports the progress of one call to the program: at its start, at most every <see cref="Interval"/> while it runs, and at its end. Owns the counts
/// of the call, which are written under a gate of its pool. The program's code runs in the pool's <see cref="ReportDelivery"/>, outside of the gate;
/// it gets the newest counts, and one report at a time, however slow it is.
/// </summary>
internal sealed class ProgressReporter
{
    private const long Unknown = -1;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static long _calls;

    private readonly IProgressPool _pool;
    private readonly IProgress<PoolProgress> _receiver;
    private readonly string _taskName;
    private readonly long _number = Interlocked.Increment(ref _calls);
    private readonly long _beganAt = Stopwatch.GetTimestamp();
    private readonly int _diedBefore;

    // The clock holds the call weakly: a stream that the program forgot without ending it is collected, and its reports end.
    private readonly WeakReference<ProgressReporter> _self;
    private long _completed;
    private long _failed;
    private long _total;
    private int _isWaiting;
    private volatile bool _hasEnded;
    private LibraryClock.Alarm? _alarm;

    // Of the delivery, which runs one report at a time.
    private ProgressRate _rate;
    private bool _hasReported;
    private long _seen;
    private long _seenAt;

    private ProgressReporter(IProgressPool pool, IProgress<PoolProgress> receiver, string taskName, long? total)
    {
        _pool = pool;
        _receiver = receiver;
        _taskName = taskName;
        _total = total ?? Unknown;
        _diedBefore = pool.WorkersDied;
        _self = new WeakReference<ProgressReporter>(this);
        _rate = new ProgressRate(4 * Math.Max(pool.Workers, 1));
        _seenAt = _beganAt;
    }

    /// <summary>Begins to report, if the options have a receiver.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="options">The options of the call.</param>
    /// <param name="taskName">The name of its tasks.</param>
    /// <param name="count">The number of items, if the source knows it.</param>
    public static ProgressReporter? Begin(IProgressPool pool, MapOptions? options, string taskName, long? count)
    {
        if (options?.Progress is not { } receiver)
        {
            return null;
        }

        var reporter = new ProgressReporter(pool, receiver, taskName, options.ExpectedCount ?? count);
        reporter.Tick();
        return reporter;
    }

    /// <summary>Wraps the receiver of a call's results, so that they are counted.</summary>
    public static MapReceiver<TResult> Count<TResult>(MapReceiver<TResult> receiver, ProgressReporter? reporter) =>
        reporter is null ? receiver : new CountingReceiver<TResult>(receiver, reporter);

    /// <summary>Items have succeeded. Under the gate.</summary>
    public void OnEnded(int count) => Volatile.Write(ref _completed, _completed + count);

    /// <summary>An item has failed. Under the gate.</summary>
    public void OnFailed()
    {
        Volatile.Write(ref _failed, _failed + 1);
        OnEnded(1);
    }

    /// <summary>That many items were read from the source. By the one reader of the source.</summary>
    public void OnTaken(long count, bool isAll)
    {
        // A count that turned out to be too small is no total.
        if (isAll || (count > _total && _total != Unknown))
        {
            Volatile.Write(ref _total, isAll ? count : Unknown);
        }
    }

    /// <summary>Delivers the last report, and waits until the program has taken it.</summary>
    /// <param name="isComplete">All items of the source have ended.</param>
    public ValueTask EndAsync(bool isComplete)
    {
        _hasEnded = true;
        Volatile.Read(ref _alarm)?.Dispose();
        _pool.Reports.Add(() => Report(isComplete ? PoolProgressState.Completed : PoolProgressState.Stopped));
        return _pool.Reports.FlushAsync();
    }

    /// <summary>Adds a report, unless one waits, and sets the time of the next one.</summary>
    private void Tick()
    {
        if (_hasEnded)
        {
            return;
        }

        if (Interlocked.Exchange(ref _isWaiting, 1) == 0)
        {
            try
            {
                _pool.Reports.Add(Deliver);
            }
            catch
            {
                _isWaiting = 0; // no memory for it; the next tick tries again
                throw;
            }
        }

        _alarm = LibraryClock.After(
            Interval,
            static self =>
            {
                if (((WeakReference<ProgressReporter>)self!).TryGetTarget(out var reporter))
                {
                    reporter.Tick();
                }
            },
            _self);
    }

    private void Deliver()
    {
        Volatile.Write(ref _isWaiting, 0); // before the counts are read: a report that is added now has newer ones
        if (!_hasEnded || !_hasReported)
        {
            _hasReported = true; // each call has a first report, also if it has ended before its delivery
            Report(PoolProgressState.Running);
        }
    }

    private void Report(PoolProgressState state)
    {
        var (workers, died) = _pool.LivingWorkers();
        var now = Stopwatch.GetTimestamp();
        var completed = Volatile.Read(ref _completed);
        _rate.Add(completed - _seen, Stopwatch.GetElapsedTime(_seenAt, now));
        (_seen, _seenAt) = (completed, now);
        var elapsed = Stopwatch.GetElapsedTime(_beganAt, now);
        var rate = state == PoolProgressState.Running ? _rate.PerSecond : completed / Math.Max(elapsed.TotalSeconds, 1e-6);
        long? total = Volatile.Read(ref _total) is var known and >= 0 && known >= completed ? known : null;
        _receiver.Report(new PoolProgress
        {
            CallNumber = _number,
            PoolName = _pool.Name,
            TaskName = _taskName,
            State = state,
            Completed = completed,
            Failed = Math.Min(Volatile.Read(ref _failed), completed),
            Total = total,
            Rate = rate,
            Elapsed = elapsed,
            EstimatedTimeLeft = TimeLeft(state, total - completed, rate),
            MaxWorkers = Math.Max(_pool.Workers, 1),
            WorkersDied = died - _diedBefore,
            Workers = workers,
        });
    }

    private static TimeSpan? TimeLeft(PoolProgressState state, long? items, double rate) =>
        items is not { } left || state == PoolProgressState.Stopped ? null
        : left == 0 ? TimeSpan.Zero
        : rate > 0 && left / rate < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(left / rate)
        : null;
}
