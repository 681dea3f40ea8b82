using System.Collections.Concurrent;

namespace Multiprocessing;

/// <summary>
/// Delivers to the program what tasks report while they run (progress, log records), outside the pool's gate: one report after the other, in the
/// order of each worker, as a work item of the library. Owns the reports that were not delivered yet. A program that takes them slowly holds up the
/// workers that report so much, and not the memory of this process: from <see cref="Max"/> on no more is read. Thread-safe.
/// </summary>
internal sealed class ReportDelivery
{
    public const int Max = 4096;

    private readonly ConcurrentQueue<object> _reports = new();
    private int _isRunning;
    private int _count;
    private volatile bool _isUnlimited;

    /// <summary>No more reports should be read from the workers until <see cref="Emptied"/> is called.</summary>
    public bool IsFull => !_isUnlimited && Volatile.Read(ref _count) >= Max;

    /// <summary>Called when the last report was delivered, or the limit was lifted.</summary>
    public Action? Emptied { get; set; }

    public void Add(Action report) => Enqueue(report);

    /// <summary>Waits until all reports that were added before are delivered.</summary>
    public async ValueTask FlushAsync()
    {
        if (Volatile.Read(ref _count) != 0)
        {
            var reached = new Milestone();
            Enqueue(reached);
            await reached;
        }
    }

    /// <summary>
    /// The same, but not longer than the limit: then an error is logged, and the other reports are still delivered when the program takes them.
    /// </summary>
    public async ValueTask FlushAsync(TimeSpan limit)
    {
        if (Volatile.Read(ref _count) == 0)
        {
            return;
        }

        var reached = new Milestone();
        Enqueue(reached);
        if (!await reached.WaitAsync(limit).ConfigureAwait(false))
        {
            PoolLog.ReportFailed(
                new TimeoutException(
                $"The program did not take the reports and log records of the pool's tasks within {limit.TotalSeconds:0.###} s."));
        }
    }

    /// <summary>
    /// The callback that runs waits for the pool's end: from now on all reports are read from the workers, however many wait here, because their
    /// tasks may wait for room.
    /// </summary>
    public void LiftLimit()
    {
        _isUnlimited = true;
        Emptied?.Invoke();
    }

    private void Enqueue(object report)
    {
        Interlocked.Increment(ref _count);
        _reports.Enqueue(report);
        Start();
    }

    private void Start()
    {
        if (Interlocked.Exchange(ref _isRunning, 1) == 0)
        {
            LastResort.Queue(EntryPoint.ReportDelivery, this, static delivery => delivery.Run(), static (delivery, _) => delivery.Continue());
        }
    }

    private void Run()
    {
        using (CallbackScope.Enter(this))
        {
            RunAll(ExecutionContext.Capture()!);
        }

        Continue();
    }

    /// <summary>The work item has ended, with no reports left or with an exception: the next one delivers what is left.</summary>
    private void Continue()
    {
        Interlocked.Exchange(ref _isRunning, 0); // a full fence: a thread that added a report since then finds 0, or its report is found here
        if (!_reports.IsEmpty)
        {
            Start();
            return;
        }

        Emptied?.Invoke();
    }

    private void RunAll(ExecutionContext context)
    {
        while (_reports.TryDequeue(out var report))
        {
            if (report is Milestone reached)
            {
                reached.Reach();
            }
            else
            {
                Deliver((Action)report, context);
            }

            // After the report: zero means that all have been delivered, and not only taken out.
            Interlocked.Decrement(ref _count);
        }
    }

    private static void Deliver(Action report, ExecutionContext context)
    {
        try
        {
            // Each in the same context: changes that a callback makes to it do not reach the next one.
            ExecutionContext.Run(context, static state => ((Action)state!)(), report);
        }
        catch (Exception exception)
        {
            // The program's own code threw; the task that reported continues.
            PoolLog.ReportFailed(exception);
        }
    }
}
