using System.Diagnostics;

namespace Multiprocessing;

/// <summary>The tasks of one caller on a node: each is started once, and has one reply, which is sent until the caller has it.</summary>
internal sealed class NodeCaller(ProcessPool pool, IClusterPeer caller, string node)
{
    private static readonly TimeSpan ResendInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly NodeContents _contents = new(caller, node);

    /// <summary>Tasks that run or wait in the pool, by number and lease; cancelled one by one.</summary>
    private readonly Dictionary<(long Id, int Lease), CancellationTokenSource> _live = [];

    /// <summary>Tasks that have ended and that the caller may send again, because it does not know yet that they arrived.</summary>
    private readonly HashSet<(long Id, int Lease)> _ended = [];

    /// <summary>The same tasks, with the number of the message that has their reply.</summary>
    private readonly Queue<(long Number, (long Id, int Lease) Task)> _unconfirmed = [];

    private readonly List<TaskReply> _replies = [];
    private readonly NodeReports _reports = new(caller, node);
    private long _sequence;
    private long _number;
    private bool _isSending;
    private bool _isOver;
    private TaskCompletionSource? _idle;

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

    /// <summary>Starts the tasks that are new.</summary>
    /// <param name="sequence">
    /// The number of the message. One that arrives behind a later message is an older copy of tasks that were sent again, and may have ended since.
    /// </param>
    /// <param name="received">
    /// The caller has all replies up to the message with this number. The tasks in them are in no message that the caller writes from then on, and in
    /// none of the earlier ones that is not ignored: they need not be recognized any more.
    /// </param>
    /// <param name="tasks">The tasks.</param>
    public void Add(long sequence, long received, LeasedTask[] tasks)
    {
        lock (_gate)
        {
            if (sequence <= _sequence)
            {
                return;
            }

            _sequence = sequence;
            while (_unconfirmed.TryPeek(out var ended) && ended.Number <= received)
            {
                _ended.Remove(_unconfirmed.Dequeue().Task);
            }
        }

        foreach (var task in tasks)
        {
            CancellationTokenSource cancellation;
            lock (_gate)
            {
                if (_isOver || _ended.Contains((task.Id, task.Lease)) || _live.ContainsKey((task.Id, task.Lease)))
                {
                    continue; // the caller ended, or sent it again because the answer was lost
                }

                cancellation = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
                _live.Add((task.Id, task.Lease), cancellation);
            }

            _ = RunAsync(task, cancellation);
        }
    }

    /// <summary>Cancels tasks, given as numbers and leases in turn. A task that has ended is not affected.</summary>
    public void Cancel(long[] tasks)
    {
        for (var i = 0; i + 1 < tasks.Length; i += 2)
        {
            CancellationTokenSource? cancellation;
            lock (_gate)
            {
                cancellation = _live.GetValueOrDefault((tasks[i], (int)tasks[i + 1]));
            }

            cancellation?.Cancel();
        }
    }

    /// <summary>Cancels all tasks; replies are not sent any more.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
            _replies.Clear();
        }

        _reports.End();
        _ending.Cancel();
        _contents.Close();
    }

    /// <summary>Waits until no task runs and the caller has all replies.</summary>
    public async Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        Task idle;
        lock (_gate)
        {
            if (IsIdle)
            {
                return;
            }

            idle = (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await idle.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private bool IsIdle => _live.Count == 0 && !_isSending;

    private async Task RunAsync(LeasedTask task, CancellationTokenSource cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var (outcome, content) = await OutcomeOfAsync(task, cancellation.Token).ConfigureAwait(false);
        var ticks = Stopwatch.GetElapsedTime(began).Ticks;
        if (task.Reports)
        {
            await _reports.WhenSentAsync().ConfigureAwait(false); // the caller has them before the task's end
        }

        long transfer = 0;
        if (content.Length > Frames.MaxInline)
        {
            (transfer, outcome, content) = await BringAsync(task, outcome, content, cancellation.Token).ConfigureAwait(false);
        }

        var reply = new TaskReply(task.Id, task.Lease, outcome, ticks, content, transfer);
        lock (_gate)
        {
            _live.Remove((task.Id, task.Lease));
            _ended.Add((task.Id, task.Lease));
            if (!_isOver)
            {
                _replies.Add(reply);
                if (!_isSending)
                {
                    _isSending = true;
                    _ = SendAsync();
                }
            }
        }

        cancellation.Dispose();
    }

    private async Task<(ReplyOutcome Outcome, byte[] Content)> OutcomeOfAsync(LeasedTask task, CancellationToken cancellationToken)
    {
        try
        {
            var options = new TaskOptions { Name = task.Name, Timeout = task.Timeout, MaxAttempts = 1 };
            var call = _contents.TakeCall(task);
            if (task.Body == 0)
            {
                return (ReplyOutcome.Ended, await (task.Reports
                    ? pool.RunAsync(ClusterWork.RunReporting, call, task.Attempt, _reports.Of(task), options, cancellationToken)
                    : pool.RunAsync(ClusterWork.Run, call, task.Attempt, options, cancellationToken)).ConfigureAwait(false));
            }

            // The message with the task is answered meanwhile: the first task with a body copies the body to shared memory.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            var reports = task.Reports ? _reports.Of(task) : null;
            return (ReplyOutcome.Ended, await pool.RunAsync(
                ClusterWork.RunWithBody, _contents.BodyOf(task), call, task.Attempt, reports, options, cancellationToken).ConfigureAwait(false));
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
    private async Task<(long Transfer, ReplyOutcome Outcome, byte[] Content)> BringAsync(
        LeasedTask task, ReplyOutcome outcome, byte[] content, CancellationToken cancellationToken)
    {
        try
        {
            // If the caller has no use for it, it drops the empty reply, too.
            return (await _contents.SendAsync(task, content, cancellationToken).ConfigureAwait(false) ?? 0, outcome, []);
        }
        catch (Exception exception)
        {
            return (0, ReplyOutcome.Failed, ClusterWork.OfError(exception)); // cancelled
        }
    }

    /// <summary>Sends all replies that there are, in one message, until none is left. One message is under way at a time.</summary>
    private async Task SendAsync()
    {
        while (true)
        {
            List<TaskReply> sent;
            lock (_gate)
            {
                if (_replies.Count == 0 || _isOver)
                {
                    _isSending = false;
                    if (IsIdle)
                    {
                        _idle?.TrySetResult();
                    }

                    return;
                }

                sent = TakeReplies();
                _number++;
                sent.ForEach(reply => _unconfirmed.Enqueue((_number, (reply.Id, reply.Lease))));
            }

            var frame = Frames.OfReplies(_number, sent);
            while (!_isOver)
            {
                try
                {
                    await caller.Reply(node, frame).ConfigureAwait(false);
                    break;
                }
                catch (Exception)
                {
                    // The connection was lost, or the answer took too long. The caller drops what it has twice. If it is dead, the members decide it.
                    await Task.Delay(ResendInterval).ConfigureAwait(false);
                }
            }
        }
    }

    private List<TaskReply> TakeReplies()
    {
        var count = 0;
        for (long size = 0; count < _replies.Count && (count == 0 || size < Frames.UsualSize); count++)
        {
            size += _replies[count].Content.Length;
        }

        var taken = _replies[..count];
        _replies.RemoveRange(0, count);
        return taken;
    }
}
