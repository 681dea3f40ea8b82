namespace Multiprocessing;

/// <summary>
/// Reads what tasks report while they run (progress, log records), and stops reading where the program takes it too slowly. Owns whether workers are
/// held up. Under the loop's gate, except for
/// <see cref="OnDelivered"/>.
/// </summary>
internal sealed unsafe class WorkerReports
{
    private readonly string _pool;
    private readonly PoolLoop _loop;
    private readonly WorkerFleet _fleet;
    private readonly ReportDelivery _reports;
    private int _isHoldingUp;

    public WorkerReports(string pool, PoolLoop loop, WorkerFleet fleet, ReportDelivery reports)
    {
        _pool = pool;
        _loop = loop;
        _fleet = fleet;
        _reports = reports;
        reports.Emptied = OnDelivered;
    }

    /// <summary>Reads a report: the number of its link, and what was reported.</summary>
    public void Read(WorkerEntry worker, byte* content, byte* end)
    {
        _loop.AssertHeld();
        if (end - content >= sizeof(long) && TaskLinks.Find(*(long*)content) is { } link)
        {
            _reports.Add(
                link.Read(content + sizeof(long), end,
                new TaskSource(_pool, worker.Number, worker.Host?.Id ?? 0, worker.RunningTask ?? "")));
        }
    }

    /// <summary>Holds the worker up if too much was reported that the program has not taken yet.</summary>
    /// <returns><see langword="true"/> if nothing more of the worker is read for now.</returns>
    public bool HoldUp(WorkerEntry worker)
    {
        _loop.AssertHeld();
        if (!_reports.IsFull)
        {
            return false;
        }

        // The word before the second check: either that finds room, or the thread that makes room finds the word.
        Interlocked.Exchange(ref _isHoldingUp, 1);
        worker.IsHeldUp = _reports.IsFull;
        return worker.IsHeldUp;
    }

    /// <summary>From any thread. The program has taken all that was reported: workers that were held up are read again.</summary>
    private void OnDelivered()
    {
        if (Interlocked.Exchange(ref _isHoldingUp, 0) != 0)
        {
            _loop.Post(Release);
        }
    }

    private void Release()
    {
        foreach (var worker in _fleet.Workers)
        {
            worker.IsHeldUp = false;
        }
    }
}
