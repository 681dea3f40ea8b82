namespace Multiprocessing;

/// <summary>
/// What the tasks of one caller report while they run (progress, log records), on the way to the caller: in order, in one message at a time, each
/// repeated until the caller has it. A caller that takes them slowly holds up the tasks that report so much, and not the memory of the node.
/// Thread-safe.
/// </summary>
internal sealed class NodeReports(IClusterPeer caller, string node)
{
    private const int Max = 4096;
    private const long MaxBytes = 4 << 20;

    private static readonly TimeSpan ResendInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>The caller's program takes reports slowly: it is asked again after this time.</summary>
    private static readonly TimeSpan FullInterval = TimeSpan.FromMilliseconds(10);

    private readonly object _gate = new();
    private readonly Queue<TaskReport> _waiting = new();
    private readonly Queue<(long Count, TaskCompletionSource Reached)> _milestones = new();
    private long _bytes;
    private long _added;
    private long _sent;
    private bool _isSending;
    private volatile bool _isOver;

    /// <summary>Returns what a task reports to; the pool calls it for one report at a time.</summary>
    public IProgress<byte[]> Of(LeasedTask task) => new Receiver(this, task.Id, task.Lease);

    /// <summary>Waits until the caller has all reports that were added before, or has ended.</summary>
    public Task WhenSentAsync()
    {
        lock (_gate)
        {
            if (_isOver || _sent == _added)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _milestones.Enqueue((_added, reached));
            return reached.Task;
        }
    }

    /// <summary>The caller has ended: what it has not got is dropped.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
            _waiting.Clear();
            Reach(long.MaxValue);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits while there is no room, which ends at the latest when the members declare the caller dead.</summary>
    private void Add(TaskReport report)
    {
        lock (_gate)
        {
            while (!_isOver && (_waiting.Count >= Max || _bytes >= MaxBytes))
            {
                Monitor.Wait(_gate);
            }

            if (_isOver)
            {
                return;
            }

            _waiting.Enqueue(report);
            _added++;
            _bytes += report.Content.Length;
            if (!_isSending)
            {
                _isSending = true;
                Background.Run(SendAsync);
            }
        }
    }

    private async Task SendAsync()
    {
        while (Take() is { } reports)
        {
            var frame = Frames.OfReports(reports);
            while (!_isOver)
            {
                try
                {
                    if (await caller.Report(node, frame).ConfigureAwait(false))
                    {
                        break;
                    }

                    await Task.Delay(FullInterval).ConfigureAwait(false);
                }
                catch (Exception)
                {
                    // The connection was lost, or the answer took too long. The caller drops what it has twice. If it is dead, the members decide it.
                    await Task.Delay(ResendInterval).ConfigureAwait(false);
                }
            }

            lock (_gate)
            {
                _sent += reports.Count;
                Reach(_sent);
            }
        }
    }

    private List<TaskReport>? Take()
    {
        lock (_gate)
        {
            List<TaskReport> taken = [];
            for (long size = 0; size < Frames.UsualSize && _waiting.TryDequeue(out var report);)
            {
                taken.Add(report);
                size += report.Content.Length;
                _bytes -= report.Content.Length;
            }

            _isSending = taken.Count > 0;
            Monitor.PulseAll(_gate);
            return _isSending ? taken : null;
        }
    }

    private void Reach(long count)
    {
        while (_milestones.TryPeek(out var milestone) && milestone.Count <= count)
        {
            _milestones.Dequeue().Reached.TrySetResult();
        }
    }

    private sealed class Receiver(NodeReports reports, long id, int lease) : IProgress<byte[]>
    {
        private int _number;

        public void Report(byte[] value) => reports.Add(new TaskReport(id, lease, ++_number, value));
    }
}
