namespace Multiprocessing;

/// <summary>The tasks of one caller on a node: each lease is started at most once, and has one reply.</summary>
internal sealed class NodeCaller
{
    private readonly Lock _gate = new();
    private readonly ProcessPool _pool;
    private readonly NodeQueue _queue;
    private readonly NodeReplies _replies;
    private readonly NodeContents _contents;
    private readonly NodeReports _reports;
    private readonly CallerLine _line;

    /// <summary>Tasks without a reply, by number and lease.</summary>
    private readonly Dictionary<(long Id, int Lease), NodeTask> _live = [];

    /// <summary>Tasks that have a reply, and that the caller may send again, because it does not know yet that they arrived.</summary>
    private readonly HashSet<(long Id, int Lease)> _ended = [];

    private long _sequence;
    private long _refused = -1;
    private bool _isLeaving;
    private bool _isOver;
    private TaskCompletionSource? _idle;

    public NodeCaller(ProcessPool pool, NodeQueue queue, IClusterPeer caller, string node)
    {
        _pool = pool;
        _queue = queue;
        _replies = new NodeReplies(caller, node);
        _contents = new NodeContents(caller, node);
        _reports = new NodeReports(caller, node);
        _line = new CallerLine(task => _ = RunAsync(task));
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _live.Count;
            }
        }
    }

    /// <summary>Gets what the node has of the caller's arguments, bodies and results.</summary>
    public NodeContents Contents => _contents;

    /// <summary>Takes the tasks that are new.</summary>
    /// <param name="sequence">
    /// The number of the message. One that arrives behind a later message is an older copy of tasks that were sent again, and may have ended since.
    /// </param>
    /// <param name="received">
    /// The caller has all replies up to the message with this number. The tasks in them are in no message that the caller writes from then on, and in
    /// none of the earlier ones that is not ignored: they need not be recognized any more.
    /// </param>
    /// <param name="tasks">The tasks.</param>
    /// <returns>
    /// <see langword="false"/> if the node leaves and has taken none of them. Copies of a message hold the same tasks, except for those whose replies
    /// the caller has, and are taken as a whole or not at all: if one task is known, an earlier copy was taken.
    /// </returns>
    /// <exception cref="InvalidOperationException">The tasks of the caller have ended here.</exception>
    public bool Add(long sequence, long received, LeasedTask[] tasks)
    {
        List<NodeTask> added = [];
        lock (_gate)
        {
            if (_isOver)
            {
                throw new InvalidOperationException("The tasks of this caller have ended here.");
            }

            if (sequence <= _sequence)
            {
                return sequence != _refused; // a copy on its way twice
            }

            _sequence = sequence;
            _replies.Confirm(received).ForEach(key => _ended.Remove(key));
            if (_isLeaving)
            {
                var isTaken = tasks.Any(task => IsKnown((task.Id, task.Lease)));
                _refused = isTaken ? _refused : sequence;
                return isTaken;
            }

            foreach (var lease in tasks)
            {
                var task = new NodeTask(_line, lease);
                if (!IsKnown(task.Key))
                {
                    _live.Add(task.Key, task); // otherwise it was sent again, because the answer was lost
                    added.Add(task);
                }
            }
        }

        _queue.Add(added);
        bool isLeaving;
        lock (_gate)
        {
            isLeaving = _isLeaving;
        }

        if (isLeaving)
        {
            TakeBack(int.MaxValue); // it began to leave before the queue had them
        }

        return true;
    }

    /// <summary>Cancels tasks, given as numbers and leases in turn. A task that has ended is not affected.</summary>
    public void Cancel(long[] tasks)
    {
        for (var i = 0; i + 1 < tasks.Length; i += 2)
        {
            NodeTask? task;
            lock (_gate)
            {
                task = _live.GetValueOrDefault((tasks[i], (int)tasks[i + 1]));
            }

            if (task is null)
            {
                continue;
            }

            if (_queue.TryRemove(task))
            {
                EndUnstarted(task, ReplyOutcome.Failed, ClusterWork.OfError(new OperationCanceledException()));
            }
            else
            {
                task.Cancellation.Cancel();
            }
        }
    }

    /// <summary>The node leaves: it takes no more tasks, and gives back those that have not begun.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _isLeaving = true;
        }

        TakeBack(int.MaxValue);
    }

    /// <summary>Gives back tasks that have not begun, the last ones first.</summary>
    public void TakeBack(int max)
    {
        _queue.TakeBack(_line, max, out var pooled).ForEach(task => EndUnstarted(task, ReplyOutcome.NotBegun, []));
        if (pooled > 0)
        {
            _pool.WithdrawUnstarted();
        }
    }

    /// <summary>Cancels all tasks; replies are not sent any more.</summary>
    public void End()
    {
        List<NodeTask> live;
        lock (_gate)
        {
            _isOver = true;
            live = [.. _live.Values];
        }

        _replies.End();
        _reports.End();
        foreach (var task in live)
        {
            if (_queue.TryRemove(task))
            {
                EndUnstarted(task, ReplyOutcome.NotBegun, []);
            }
            else
            {
                task.Cancellation.Cancel();
            }
        }

        _contents.Close();
    }

    /// <summary>Waits until no task is left and the caller has all replies.</summary>
    public async Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        Task idle;
        lock (_gate)
        {
            idle = _live.Count == 0
                ? Task.CompletedTask
                : (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await idle.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _replies.WhenSentAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private bool IsKnown((long Id, int Lease) key) => _live.ContainsKey(key) || _ended.Contains(key);

    private void EndUnstarted(NodeTask task, ReplyOutcome outcome, byte[] content)
    {
        if (task.Lease.Transfer != 0)
        {
            _contents.Drop(task.Lease.Transfer); // its call, which is sent again with the next lease
        }

        Reply(task, new TaskReply(task.Lease.Id, task.Lease.Lease, outcome, 0, content, 0));
    }

    /// <summary>Runs a task in the node's pool: called by the queue when its turn is there.</summary>
    private async Task RunAsync(NodeTask task)
    {
        var (id, lease) = task.Key;
        var (outcome, content) = await OutcomeOfAsync(task, task.Cancellation.Token).ConfigureAwait(false);
        var ticks = outcome == ReplyOutcome.Ended ? ClusterWork.TicksOf(content) : 0;
        _queue.End(task, ticks); // first, so that the next task is on its way to the worker while the reply is written
        if (task.Lease.Reports)
        {
            await _reports.WhenSentAsync().ConfigureAwait(false); // the caller has them before the task's end
        }

        long transfer = 0;
        if (content.Length > Frames.MaxInline)
        {
            (transfer, outcome, content) = await BringAsync(task, outcome, content).ConfigureAwait(false);
        }

        Reply(task, new TaskReply(id, lease, outcome, ticks, content, transfer));
    }

    private void Reply(NodeTask task, TaskReply reply)
    {
        lock (_gate)
        {
            _ended.Add(task.Key); // before the reply leaves, because its confirmation removes it
            _replies.Add(reply);
            if (_live.Remove(task.Key) && _live.Count == 0)
            {
                _idle?.TrySetResult();
                _idle = null;
            }
        }
    }

    private async Task<(ReplyOutcome Outcome, byte[] Content)> OutcomeOfAsync(NodeTask task, CancellationToken cancellationToken)
    {
        var lease = task.Lease;
        try
        {
            var options = new TaskOptions { Name = lease.Name, Timeout = lease.Timeout, MaxAttempts = 1, Withdrawal = task.Withdrawal };
            var call = _contents.TakeCall(lease);
            if (lease.Body == 0)
            {
                return (ReplyOutcome.Ended, await (lease.Reports
                    ? _pool.RunAsync(ClusterWork.RunReporting, call, lease.Attempt, _reports.Of(lease), options, cancellationToken)
                    : _pool.RunAsync(ClusterWork.Run, call, lease.Attempt, options, cancellationToken)).ConfigureAwait(false));
            }

            // The message with the task is answered meanwhile: the first task with a body copies the body to shared memory.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            var reports = lease.Reports ? _reports.Of(lease) : null;
            return (ReplyOutcome.Ended, await _pool.RunAsync(
                ClusterWork.RunWithBody, _contents.BodyOf(lease), call, lease.Attempt, reports, options, cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (task.Withdrawal.HasHappened && !task.Cancellation.IsCancellationRequested)
        {
            return (ReplyOutcome.NotBegun, []);
        }
        catch (WorkerDiedException exception)
        {
            return (ReplyOutcome.Died, ClusterWork.OfError(exception));
        }
        catch (Exception exception)
        {
            // A time limit, a cancellation, or a pool that cannot start workers: the caller gets it as the error of its task.
            return (ReplyOutcome.Failed, ClusterWork.OfError(exception));
        }
    }

    /// <summary>Brings a reply that is too large for a message to the caller; the reply then refers to it.</summary>
    private async Task<(long Transfer, ReplyOutcome Outcome, byte[] Content)> BringAsync(NodeTask task, ReplyOutcome outcome, byte[] content)
    {
        try
        {
            // If the caller has no use for it, it drops the empty reply, too.
            return (await _contents.SendAsync(task.Lease, content, task.Cancellation.Token).ConfigureAwait(false) ?? 0, outcome, []);
        }
        catch (Exception exception)
        {
            return (0, ReplyOutcome.Failed, ClusterWork.OfError(exception)); // cancelled
        }
    }
}
