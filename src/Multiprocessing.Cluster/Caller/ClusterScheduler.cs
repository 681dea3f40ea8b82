using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Multiprocessing;

/// <summary>
/// The caller's scheduling: tasks wait here, and a node has only as many as its workers run, and a few milliseconds of work ahead if its tasks are
/// short. So when a node is lost, nearly all tasks that had not begun are here.
/// </summary>
/// <remarks>
/// Invariants, under the gate: a task that is not over is in the queue and has no node, or is live on exactly one node. Its attempt rises whenever it
/// is given to a node, and falls back only if no message with it has left this process, or if the node has answered that it took none. So a reply
/// with the task's current attempt is the reply of the one start that counts, and each task is completed once.
/// </remarks>
internal sealed class ClusterScheduler(string self, ILogger logger)
{
    private static readonly TimeSpan ResendInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<ClusterTask, (int Priority, long Order)> _waiting = new();
    private readonly Dictionary<long, ClusterTask> _tasks = [];
    private readonly Dictionary<SiloAddress, NodeLink> _nodes = [];
    private readonly ClusterStatistics _statistics = new();
    private readonly TaskPaces _paces = new();
    private long _lastId;
    private Exception? _end;
    private bool _isClosed;
    private TaskCompletionSource? _idle;

    public ClusterStatistics Statistics => _statistics;

    /// <summary>Gets the nodes that are used.</summary>
    public NodeDescription[] Nodes
    {
        get
        {
            lock (_gate)
            {
                return [.. _nodes.Values.Select(static node => node.Description)];
            }
        }
    }

    /// <summary>Gets the number of tasks that wait for a node.</summary>
    public int WaitingCount
    {
        get
        {
            lock (_gate)
            {
                return _tasks.Values.Count(static task => task.Node is null);
            }
        }
    }

    public long NextId() => Interlocked.Increment(ref _lastId);

    public void Submit(ClusterTask task)
    {
        lock (_gate)
        {
            if (_end is not null)
            {
                throw _end;
            }

            _statistics.Submitted(task);
            _tasks.Add(task.Id, task);
            Enqueue(task);
            Dispatch();
        }

        if (task.CancellationToken.CanBeCanceled)
        {
            task.Registration = task.CancellationToken.UnsafeRegister(
                static state =>
                {
                    var (scheduler, cancelled) = ((ClusterScheduler, ClusterTask))state!;
                    scheduler.Cancel(cancelled);
                },
                (this, task));
            if (task.IsOver)
            {
                task.Registration.Unregister();
            }
        }
    }

    /// <summary>A node has joined.</summary>
    public void Join(NodeLink node)
    {
        lock (_gate)
        {
            if (!_isClosed && _nodes.TryAdd(node.Address, node))
            {
                ClusterLog.Joined(logger, node.Description.Name, node.Description.Workers);
                Dispatch();
            }
        }
    }

    /// <summary>A node finishes what it has and takes no more.</summary>
    public void Leaves(SiloAddress address)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(address, out var node))
            {
                node.IsLeaving = true;
            }
        }
    }

    /// <summary>The members have decided that a node is dead. What it had may have begun.</summary>
    public void Lose(SiloAddress address)
    {
        List<(ClusterTask Task, Exception? Error)> ended = [];
        lock (_gate)
        {
            if (!_nodes.Remove(address, out var node))
            {
                return;
            }

            node.IsLost = true;
            if (node.Live.Count > 0)
            {
                ClusterLog.Lost(logger, node.Description.Name, node.Live.Count);
            }

            foreach (var task in node.Live.Values.OrderBy(static task => task.Id).ToList())
            {
                if (!task.IsSent)
                {
                    task.Attempt--;
                    Release(task);
                    Enqueue(task);
                }
                else if (task.IsCancelled)
                {
                    ended.Add((task, null));
                    Remove(task);
                }
                else if (task.Attempt < task.Setting.MaxAttempts)
                {
                    _statistics.Retried(task);
                    Release(task);
                    Enqueue(task);
                }
                else
                {
                    var of = node.Description;
                    ended.Add((task, new NodeLostException(of.Name, of.Machine, of.ProcessId, task.Name, task.Attempt)));
                    Remove(task);
                }
            }

            node.ToSend.Clear();
            Dispatch();
        }

        foreach (var (task, error) in ended)
        {
            End(task, error);
        }
    }

    /// <summary>Replies of a node. A reply of another attempt than the current one is late, and dropped.</summary>
    public void OnReplies(TaskReply[] replies)
    {
        List<(ClusterTask Task, TaskReply Reply)> ended = [];
        lock (_gate)
        {
            foreach (var reply in replies)
            {
                if (!_tasks.TryGetValue(reply.Id, out var task) || task.Node is null || task.Attempt != reply.Attempt)
                {
                    _statistics.Late();
                    continue;
                }

                _paces.Measure(task.Name, reply.Ticks);
                if (reply.Outcome == ReplyOutcome.Died && !task.IsCancelled && task.Attempt < task.Setting.MaxAttempts)
                {
                    _statistics.Retried(task);
                    Release(task);
                    Enqueue(task);
                    continue;
                }

                Remove(task);
                ended.Add((task, reply));
            }

            Dispatch();
        }

        foreach (var (task, reply) in ended)
        {
            // Counted first, so that the insights contain each task that its caller knows to be over.
            _statistics.Ended(task, task.Read(reply.Content), reply.Ticks);
            task.Complete();
        }
    }

    /// <summary>Fails all tasks and refuses further ones.</summary>
    /// <returns>The nodes, which are to be informed.</returns>
    public NodeLink[] Close(Exception reason)
    {
        List<ClusterTask> ended;
        NodeLink[] nodes;
        lock (_gate)
        {
            _end ??= reason;
            _isClosed = true;
            nodes = [.. _nodes.Values];
            ended = [.. _tasks.Values];
            foreach (var task in ended)
            {
                Remove(task);
            }

            _waiting.Clear();
        }

        foreach (var task in ended)
        {
            End(task, reason);
        }

        return nodes;
    }

    /// <summary>Refuses further tasks, and waits for those that there are.</summary>
    public Task FinishAsync(Exception refusal)
    {
        lock (_gate)
        {
            _end ??= refusal;
            return _tasks.Count == 0
                ? Task.CompletedTask
                : (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void Cancel(ClusterTask task)
    {
        lock (_gate)
        {
            if (task.IsOver || task.IsCancelled)
            {
                return;
            }

            task.IsCancelled = true;
            if (task.Node is { } node && task.IsSent)
            {
                Background.Run(() => CancelOnNodeAsync(task, node, task.Attempt));
                return;
            }

            task.Node?.ToSend.Remove(task);
            Remove(task);
        }

        End(task, null);
    }

    /// <summary>The node may get this before the task, or not at all: it is repeated until the reply arrives, or the node is lost.</summary>
    private async Task CancelOnNodeAsync(ClusterTask task, NodeLink node, int attempt)
    {
        while (true)
        {
            lock (_gate)
            {
                if (task.IsOver || task.Node != node || task.Attempt != attempt)
                {
                    return;
                }
            }

            try
            {
                await node.Peer.Cancel(self, [task.Id, attempt]).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The connection was lost, or the node does not answer. Whether it is dead is decided by the members.
            }

            await Task.Delay(ResendInterval).ConfigureAwait(false);
        }
    }

    private void End(ClusterTask task, Exception? error)
    {
        _statistics.Ended(task, error ?? new OperationCanceledException(), 0);
        if (error is null)
        {
            task.Cancel();
        }
        else
        {
            task.Fail(error);
        }
    }

    /// <summary>
    /// Tasks of a higher priority first, then by number: a task that is tried again is in front of those that were submitted later.
    /// </summary>
    private void Enqueue(ClusterTask task) => _waiting.Enqueue(task, (-task.Setting.Priority, task.Id));

    private void Remove(ClusterTask task)
    {
        Release(task);
        task.IsOver = true;
        if (_tasks.Remove(task.Id) && _tasks.Count == 0)
        {
            _idle?.TrySetResult();
        }
    }

    private static void Release(ClusterTask task)
    {
        task.Node?.Live.Remove(task.Id);
        task.Node = null;
        task.IsSent = false;
    }

    /// <summary>Gives tasks to nodes with room, each to the one with the fewest tasks for a worker.</summary>
    private void Dispatch()
    {
        while (_waiting.TryPeek(out var task, out _))
        {
            if (task.IsOver)
            {
                _waiting.Dequeue();
                continue;
            }

            var ahead = _paces.AheadOf(task.Name);
            NodeLink? best = null;
            foreach (var node in _nodes.Values)
            {
                if (node.HasRoom(ahead) && (best is null || node.Load < best.Load))
                {
                    best = node;
                }
            }

            if (best is null)
            {
                return;
            }

            _waiting.Dequeue();
            Debug.Assert(task.Node is null, "A task that waits has no node.");
            task.Node = best;
            task.Attempt++;
            best.Live.Add(task.Id, task);
            best.ToSend.Add(task);
            if (!best.IsSending)
            {
                best.IsSending = true;
                Background.Run(() => SendAsync(best));
            }
        }
    }

    /// <summary>Sends tasks to a node, one message at a time; what is added meanwhile is in the next one.</summary>
    private async Task SendAsync(NodeLink node)
    {
        List<ClusterTask> batch = [];
        while (true)
        {
            byte[] lease;
            lock (_gate)
            {
                // Sent again: without the tasks whose replies arrived meanwhile, or that were cancelled.
                batch.RemoveAll(task => task.Node != node);
                if (batch.Count == 0)
                {
                    batch = TakeBatch(node);
                }

                if (batch.Count == 0 || node.IsLost)
                {
                    node.IsSending = false;
                    return;
                }

                batch.ForEach(static task => task.IsSent = true);
                lease = Frames.OfLease(
                    ++node.Sequence,
                    node.Live.Keys.Min(),
                    [.. batch.Select(static task => new LeasedTask(task.Id, task.Attempt, task.Name, task.Setting.Timeout, task.Call))]);
            }

            try
            {
                if (!await node.Peer.Lease(self, lease).ConfigureAwait(false))
                {
                    TakeBack(node, batch);
                }

                batch.Clear();
            }
            catch (Exception)
            {
                // The answer was lost or late: the node may have the tasks. It does not start them twice.
                await Task.Delay(ResendInterval).ConfigureAwait(false);
            }
        }
    }

    private static List<ClusterTask> TakeBatch(NodeLink node)
    {
        var count = 0;
        for (long size = 0; count < node.ToSend.Count && (count == 0 || size < Frames.UsualSize); count++)
        {
            size += node.ToSend[count].Call.Length;
        }

        var batch = node.ToSend[..count];
        node.ToSend.RemoveRange(0, count);
        return batch;
    }

    /// <summary>The node leaves, and has taken none of these: they do not count as started.</summary>
    private void TakeBack(NodeLink node, List<ClusterTask> batch)
    {
        List<ClusterTask> cancelled = [];
        lock (_gate)
        {
            node.IsLeaving = true;
            foreach (var task in batch.Concat(node.ToSend).Where(task => task.Node == node).ToList())
            {
                task.Attempt--;
                if (task.IsCancelled)
                {
                    cancelled.Add(task);
                    Remove(task);
                }
                else
                {
                    Release(task);
                    Enqueue(task);
                }
            }

            node.ToSend.Clear();
            Dispatch();
        }

        cancelled.ForEach(task => End(task, null));
    }
}
