using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Multiprocessing;

/// <summary>
/// The caller's scheduling: tasks wait here, and a node has only as many as its workers run, and a few milliseconds of work ahead if its tasks are
/// short. So when a node is lost, nearly all tasks that had not begun are here. Owns the gate.
/// </summary>
/// <remarks>
/// Invariants, under the gate: a task that is not over is in the queue and has no node, or is live on exactly one node. Its lease rises whenever it
/// is given to a node. Its attempt rises with it, and falls back only if no message with it has left this process, or if the node has answered that
/// it did not start it. So a reply with the task's current lease is the reply of the one start that counts, and each task is completed once.
/// </remarks>
internal sealed class ClusterScheduler
{
    private readonly Lock _gate = new();
    private readonly WaitingTasks _waiting = new();
    private readonly UnfinishedTasks _tasks = new();
    private readonly NodeLinks _nodes = new();
    private readonly ClusterStatistics _statistics = new();
    private readonly LeaseSender _leases;
    private readonly CargoSender _cargoes;
    private readonly NodeCancels _cancels;
    private readonly NodeTakeBack _takeBack;
    private readonly ILogger _logger;
    private long _lastId;

    public ClusterScheduler(string self, ILogger logger)
    {
        _logger = logger;
        _leases = new LeaseSender(_gate, self, OnRefused);
        _cargoes = new CargoSender(_gate, Send, OnRefused, Fail);
        _cancels = new NodeCancels(_gate, self);
        _takeBack = new NodeTakeBack(_gate, self, _nodes);
    }

    public ClusterStatistics Statistics => _statistics;

    /// <summary>Gets the bytes that were sent to the nodes that are used: of messages with tasks, and of chunks.</summary>
    public long SentBytes
    {
        get
        {
            lock (_gate)
            {
                return _leases.SentBytes + _nodes.All.Sum(static node => node.Outgoing.SentBytes);
            }
        }
    }

    /// <summary>Gets how many contents are on the way to the nodes that are used, or from them.</summary>
    public int Transfers
    {
        get
        {
            lock (_gate)
            {
                return _nodes.All.Sum(static node => node.Outgoing.Count + node.Incoming.Count);
            }
        }
    }

    /// <summary>Gets the nodes that are used, with the number of the tasks that each has.</summary>
    public (NodeDescription Node, int Tasks)[] Nodes
    {
        get
        {
            lock (_gate)
            {
                return [.. _nodes.All.Select(static node => (node.Description, node.Live.Count))];
            }
        }
    }

    /// <summary>Gets the addresses of the nodes that are used.</summary>
    public SiloAddress[] Addresses
    {
        get
        {
            lock (_gate)
            {
                return [.. _nodes.All.Select(static node => node.Address)];
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
                return _tasks.Count - _nodes.LiveCount;
            }
        }
    }

    /// <summary>Gets the number of tasks that nodes have, and the number of those that wait for one.</summary>
    public (int Running, int Waiting) Counts
    {
        get
        {
            lock (_gate)
            {
                return (_nodes.LiveCount, _tasks.Count - _nodes.LiveCount);
            }
        }
    }

    /// <summary>Returns a description of the caller with the numbers of its tasks.</summary>
    public ClusterCallerSnapshot Describe(ClusterCallerSnapshot caller)
    {
        lock (_gate)
        {
            return caller with
            {
                Nodes = _nodes.All.Count,
                RunningTasks = _nodes.LiveCount,
                WaitingTasks = _tasks.Count - _nodes.LiveCount,
                EndedTasks = _statistics.EndedTasks,
            };
        }
    }

    public long NextId() => Interlocked.Increment(ref _lastId);

    public void Submit(ClusterTask task)
    {
        lock (_gate)
        {
            _tasks.Add(task);
            task.Body?.Use();
            _statistics.Submitted(task);
            _waiting.Add(task);
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
            if (!_nodes.Add(node))
            {
                return;
            }

            _statistics.Joined(node.Description.Workers);
            Dispatch();
        }

        // Outside of the gate, as all that may run code of the program: loggers, listeners of metrics, serializers.
        ClusterLog.Joined(_logger, node.Description.Name, node.Description.Workers);
    }

    /// <summary>A node finishes what it has and takes no more.</summary>
    public void Leaves(SiloAddress address)
    {
        lock (_gate)
        {
            if (_nodes.Find(address) is { } node)
            {
                node.IsLeaving = true;
            }
        }
    }

    /// <summary>The members have decided that a node is dead. What it had may have begun.</summary>
    public void Lose(SiloAddress address)
    {
        List<(ClusterTask Task, Exception? Error)> ended = [];
        NodeLink? node;
        int count;
        lock (_gate)
        {
            node = _nodes.Remove(address);
            if (node is null)
            {
                return;
            }

            count = node.Live.Count;
            _statistics.Left(node.Description.Workers, node.Live.Values.Count(static task => task.IsSent));
            foreach (var task in node.Live.Values.OrderBy(static task => task.Id).ToList())
            {
                if (!task.IsSent)
                {
                    Return(task);
                    continue;
                }

                if (task.IsCancelled)
                {
                    ended.Add((task, null));
                    _tasks.Remove(task);
                    continue;
                }

                _statistics.LostWithNode(task);
                if (task.Attempt < task.Setting.MaxAttempts)
                {
                    Retry(task);
                }
                else
                {
                    var of = node.Description;
                    ended.Add((task, new NodeLostException(of.Name, of.Machine, of.ProcessId, task.Name, task.Attempt)));
                    _tasks.Remove(task);
                }
            }

            node.ToSend.Clear();
            Dispatch();
        }

        foreach (var (task, error) in ended)
        {
            End(task, error);
        }

        if (count > 0)
        {
            ClusterLog.Lost(_logger, node.Description.Name, count);
        }

        if (!node.IsLeaving)
        {
            ClusterMetrics.Lost(node.Description.Name);
        }
    }

    /// <summary>
    /// Replies of a node. A reply of another lease than the current one is late, and dropped. When this returns, the scheduler's
    /// state contains them: only then may the node forget the leases.
    /// </summary>
    /// <param name="address">The node.</param>
    /// <param name="number">The number of its message.</param>
    /// <param name="replies">The replies.</param>
    public void OnReplies(SiloAddress address, long number, TaskReply[] replies)
    {
        List<(ClusterTask Task, TaskReply Reply)> ended = [];
        List<ClusterTask> cancelled = [];
        var (hasEnded, hasGivenBack) = (false, false);
        lock (_gate)
        {
            foreach (var reply in replies)
            {
                if (_tasks.Find(reply.Id, reply.Lease) is not { } task)
                {
                    _statistics.Late();
                    continue;
                }

                if (reply.Ticks > 0)
                {
                    task.Node!.Paces.Measure(task.Name, reply.Ticks);
                }

                if (reply.Outcome == ReplyOutcome.NotBegun)
                {
                    GiveBack(task, cancelled);
                    hasGivenBack = true;
                    continue;
                }

                hasEnded = true;
                if (reply.Outcome == ReplyOutcome.Died)
                {
                    _statistics.LostWithWorker(task);
                    if (!task.IsCancelled && task.Attempt < task.Setting.MaxAttempts)
                    {
                        Retry(task);
                        continue;
                    }
                }

                ended.Add((task, reply.Transfer == 0 ? reply : reply with { Content = task.Node!.Incoming.Take(reply.Transfer) ?? [] }));
                _tasks.Remove(task);
            }

            _nodes.Find(address)?.OnReplies(number, hasEnded, hasGivenBack);
            Dispatch();
        }

        cancelled.ForEach(task => End(task, null));
        if (ended.Count > 0)
        {
            // On the thread pool: results are read by code of the program, which may take its time.
            Background.Run(() => Complete(ended));
        }
    }

    /// <summary>Returns the task that a report belongs to, or <see langword="null"/> if it is over or was given to a node again since.</summary>
    public ClusterTask? FindRunning(long id, int lease)
    {
        lock (_gate)
        {
            return _tasks.Find(id, lease);
        }
    }

    /// <summary>A part of a result.</summary>
    public long OnChunk(SiloAddress address, in Chunk chunk)
    {
        lock (_gate)
        {
            // Under the gate: what has arrived of a task that is over was dropped with it, and nothing more arrives.
            return _tasks.Find(chunk.Task, chunk.Lease) is { } task && task.Node!.Address.Equals(address)
                ? task.Node.Incoming.Receive(chunk)
                : Chunk.NotWanted;
        }
    }

    /// <summary>A node does not send a result any more.</summary>
    public void OnDrop(SiloAddress address, long transfer)
    {
        lock (_gate)
        {
            _nodes.Find(address)?.Incoming.Drop(transfer);
        }
    }

    /// <summary>A map, or a task of it, needs its body no more.</summary>
    public void Release(CarriedBody body)
    {
        if (body.Release())
        {
            lock (_gate)
            {
                CargoSender.Forget(_nodes.All, body);
            }
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
            nodes = _nodes.Close();
            _statistics.Closed();
            ended = _tasks.Close(reason);
            _waiting.Clear();
        }

        ended.ForEach(task => End(task, reason));
        return nodes;
    }

    /// <summary>Refuses further tasks, and waits for those that there are.</summary>
    public Task FinishAsync(Exception refusal)
    {
        lock (_gate)
        {
            return _tasks.FinishAsync(refusal);
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
            if (task.IsSent)
            {
                _cancels.Start(task);
                return;
            }

            task.Node?.ToSend.Remove(task);
            RemoveUnsent(task);
        }

        End(task, null);
    }

    /// <summary>Removes a task that no node knows of. If it had a place on a node, no reply will give the place to the next task.</summary>
    private void RemoveUnsent(ClusterTask task)
    {
        var hadPlace = task.Node is not null;
        _tasks.Remove(task);
        if (hadPlace)
        {
            Dispatch();
        }
    }

    private void End(ClusterTask task, Exception? error)
    {
        ReleaseBody(task);
        _statistics.Ended(task, error ?? new OperationCanceledException());
        if (error is null)
        {
            task.Cancel();
        }
        else
        {
            task.Fail(error);
        }
    }

    private void ReleaseBody(ClusterTask task)
    {
        if (task.Body is { } body)
        {
            Release(body);
        }
    }

    private Task Complete(List<(ClusterTask Task, TaskReply Reply)> ended)
    {
        foreach (var (task, reply) in ended)
        {
            ReleaseBody(task);
            try
            {
                // Counted first, so that the insights contain each task that its caller knows to be over.
                _statistics.Ended(task, task.Read(reply.Content), reply);
                task.Complete();
            }
            catch (Exception exception)
            {
                task.Fail(exception); // the other tasks of the message end all the same
            }
        }

        ClusterMetrics.Received(ended.Sum(static task => (long)task.Reply.Content.Length));
        return Task.CompletedTask;
    }

    /// <summary>The task was not started: it waits again, and the attempt does not count.</summary>
    private void Return(ClusterTask task)
    {
        task.Attempt--;
        task.Release();
        _waiting.Add(task);
    }

    /// <summary>The node has answered that it did not start the task.</summary>
    private void GiveBack(ClusterTask task, List<ClusterTask> cancelled)
    {
        if (task.IsCancelled)
        {
            cancelled.Add(task);
            _tasks.Remove(task);
        }
        else
        {
            Return(task);
        }
    }

    /// <summary>The task may have been started, and may be started again.</summary>
    private void Retry(ClusterTask task)
    {
        _statistics.Retried(task);
        task.Release();
        _waiting.Add(task);
    }

    /// <summary>Gives tasks to nodes with room, each to the one with the fewest tasks for a worker.</summary>
    private void Dispatch()
    {
        var now = Stopwatch.GetTimestamp();
        while (_waiting.TryPeek(out var task) && _nodes.FindRoom(task.Name, now, out _) is { } node)
        {
            _waiting.Take();
            Debug.Assert(task.Node is null, "A task that waits has no node.");
            task.Give(node);
            if (TaskCargo.IsNeeded(task))
            {
                _cargoes.Start(task, node);
            }
            else
            {
                Send(task, node);
            }
        }

        _takeBack.Watch();
    }

    /// <summary>The node gets the task with the next message.</summary>
    private void Send(ClusterTask task, NodeLink node)
    {
        node.ToSend.Add(task);
        _leases.Start(node);
    }

    /// <summary>What the task needs could not be sent.</summary>
    private void Fail(ClusterTask task, TaskCargo cargo, Exception error)
    {
        lock (_gate)
        {
            if (task.Cargo != cargo)
            {
                return; // it is over, or another node gets it
            }

            RemoveUnsent(task);
        }

        End(task, error);
    }

    /// <summary>The node leaves, and has taken none of these: they do not count as started.</summary>
    private void OnRefused(NodeLink node, IReadOnlyList<GivenTask> batch)
    {
        List<ClusterTask> cancelled = [];
        lock (_gate)
        {
            node.IsLeaving = true;
            foreach (var given in batch.Concat(node.ToSend.Select(GivenTask.Of)).Where(given => given.IsAt(node)).ToList())
            {
                GiveBack(given.Task, cancelled);
            }

            node.ToSend.Clear();
            Dispatch();
        }

        cancelled.ForEach(task => End(task, null));
    }
}
