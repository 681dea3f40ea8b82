using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Multiprocessing;

/// <summary>
/// A node: the tasks of each caller, run in one local pool. A caller that leaves or dies has its tasks cancelled, and killed after the pool's grace.
/// </summary>
internal sealed class NodeHost : IHostedService, IPeerHandler, IFencedPart, IAsyncDisposable
{
    private readonly MultiprocessingNodeOptions _options;
    private readonly IClusterMembershipService _members;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly IClusterPeers _peers;
    private readonly string _self;
    private readonly ILogger<NodeHost> _logger;
    private readonly ProcessPool _pool;
    private readonly NodeQueue _queue;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, NodeCaller> _callers = [];

    /// <summary>Members whose tasks have ended here: a message of theirs that comes late starts none.</summary>
    private readonly HashSet<string> _left = [];

    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private bool _isLeaving;
    private bool _hasEnded;
    private int _isRefreshing;
    private Task _watch = Task.CompletedTask;

    public NodeHost(
        MultiprocessingNodeOptions options, IClusterMembershipService members, IHostApplicationLifetime lifetime, IClusterPeers peers,
        ILocalSiloDetails self, ILogger<NodeHost> logger)
    {
        _options = options;
        _members = members;
        _lifetime = lifetime;
        _peers = peers;
        _self = self.SiloAddress.ToParsableString();
        _logger = logger;
        _pool = new ProcessPool(options.ToPoolOptions()) { TasksBringContext = true };
        _queue = new NodeQueue(options.Workers);
    }

    /// <summary>Gets the number of contents (arguments, bodies, results) that the node keeps for its callers.</summary>
    public int Contents
    {
        get
        {
            lock (_gate)
            {
                return _callers.Values.Sum(static caller => caller.Contents.Count);
            }
        }
    }

    /// <summary>Gets why the node has ended, if the other members have declared it dead.</summary>
    public Exception? Failure { get; private set; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _watch = WatchAsync();
        return Task.CompletedTask;
    }

    /// <summary>Takes no more tasks and waits for those that it has. The silo stops behind it, so the replies still reach their callers.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        NodeCaller[] callers;
        lock (_gate)
        {
            _isLeaving = true;
            callers = [.. _callers.Values];
        }

        foreach (var caller in callers)
        {
            caller.Leave(); // what has not begun runs on other nodes
        }

        using var grace = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        grace.CancelAfter(_options.LeaveGrace);
        try
        {
            await Task.WhenAll(callers.Select(caller => caller.WhenIdleAsync(grace.Token))).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            ClusterLog.LeftWithTasks(_logger, _options.Name, callers.Sum(static caller => caller.Count));
        }

        await EndAsync().ConfigureAwait(false);
    }

    public byte[] Hello(byte[] hello)
    {
        var build = Frames.ReadHello(hello);
        var isAccepted = build == ClusterBuild.Hash;
        if (!isAccepted)
        {
            ClusterLog.OtherBuild(_logger, build, ClusterBuild.Hash);
        }

        return Frames.OfDescription(new NodeDescription(
            isAccepted, _options.Name, Environment.MachineName, Environment.ProcessId, _options.Workers, ClusterBuild.Hash, [.. _options.Tags]));
    }

    public bool Lease(string caller, byte[] lease)
    {
        var (sequence, received, tasks) = Frames.ReadLease(lease);
        return Admit(caller).Add(sequence, received, tasks);
    }

    public long Chunk(string from, byte[] chunk) => TakesContents ? Admit(from).Contents.Receive(chunk) : Multiprocessing.Chunk.NotWanted;

    public void Drop(string from, long transfer) => Find(from)?.Contents.Drop(transfer);

    public void Cancel(string caller, long[] tasks) => Find(caller)?.Cancel(tasks);

    public void TakeBack(string caller, int max) => Find(caller)?.TakeBack(max);

    public void Leave(string caller)
    {
        NodeCaller? left;
        lock (_gate)
        {
            if (IsMember(caller))
            {
                _left.Add(caller); // otherwise it is refused as no member
            }

            _ = _callers.Remove(caller, out left);
        }

        left?.End();
    }

    public void Reply(string node, byte[] replies)
    {
        // A node gives no tasks to others, so a reply can only be one of an older member at this address.
    }

    public bool Report(string node, byte[] reports) => true; // as a reply

    public byte[] Describe()
    {
        NodeCaller[] callers;
        bool isLeaving;
        lock (_gate)
        {
            (callers, isLeaving) = ([.. _callers.Values], _isLeaving);
        }

        return NodeStatus.Of(_options, _pool.GetInsights(), callers, isLeaving, _started);
    }

    /// <summary>What runs here runs elsewhere by now: it is killed at once.</summary>
    public void OnFenced(Exception reason)
    {
        Failure = reason;
        ClusterLog.Fenced(_logger, _options.Name, reason);
        lock (_gate)
        {
            _isLeaving = _hasEnded = true;
        }

        _pool.KillWorkers();
        _ = EndAsync();
        _lifetime.StopApplication();
    }

    public async ValueTask DisposeAsync() => await EndAsync().ConfigureAwait(false);

    /// <summary>Gets a value that indicates whether callers may bring arguments and bodies: these are of tasks that have not come yet.</summary>
    private bool TakesContents
    {
        get
        {
            lock (_gate)
            {
                return !_isLeaving;
            }
        }
    }

    /// <summary>Returns the caller.</summary>
    /// <exception cref="InvalidOperationException">
    /// It has left, or is no member as far as this node knows, or the node has ended. What an earlier message of it began is not known any more.
    /// </exception>
    private NodeCaller Admit(string caller)
    {
        lock (_gate)
        {
            if (_hasEnded || _left.Contains(caller))
            {
                throw new InvalidOperationException($"The tasks of the caller {caller} have ended on the node '{_options.Name}'.");
            }

            if (_callers.TryGetValue(caller, out var of))
            {
                return of;
            }

            if (IsMember(caller))
            {
                _callers.Add(caller, of = new NodeCaller(_pool, _queue, _peers.Of(SiloAddress.FromParsableString(caller)), _self));
                if (_isLeaving)
                {
                    of.Leave();
                }

                return of;
            }
        }

        Refresh();
        throw new InvalidOperationException($"The caller {caller} is not a member as far as the node '{_options.Name}' knows.");
    }

    /// <summary>Reads the members again: a caller may be here before the news that it has joined. It repeats its message meanwhile.</summary>
    private void Refresh()
    {
        if (Interlocked.Exchange(ref _isRefreshing, 1) == 0)
        {
            Background.Run(async () =>
            {
                try
                {
                    await _members.Refresh(default, _ending.Token).ConfigureAwait(false);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    ClusterLog.MembersNotRead(_logger, _options.Name, exception);
                }
                finally
                {
                    Volatile.Write(ref _isRefreshing, 0);
                }
            });
        }
    }

    private NodeCaller? Find(string caller)
    {
        lock (_gate)
        {
            return _callers.GetValueOrDefault(caller);
        }
    }

    private bool IsMember(string caller) =>
        _members.CurrentSnapshot.GetSiloStatus(SiloAddress.FromParsableString(caller)) is not (SiloStatus.Dead or SiloStatus.None);

    /// <summary>Ends the tasks of callers that died.</summary>
    private async Task WatchAsync()
    {
        try
        {
            await foreach (var _ in _members.MembershipUpdates.WithCancellation(_ending.Token).ConfigureAwait(false))
            {
                // Not by the update itself, which may be older than the members by which a caller was admitted meanwhile. A dead member may be
                // removed from the table before this one has seen that it died.
                string[] callers;
                lock (_gate)
                {
                    _left.RemoveWhere(caller => !IsMember(caller)); // refused as no member from now on
                    callers = [.. _callers.Keys];
                }

                foreach (var caller in callers.Where(caller => !IsMember(caller)))
                {
                    Leave(caller);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The node ends.
        }
    }

    private async Task EndAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        NodeCaller[] callers;
        lock (_gate)
        {
            _hasEnded = true;
            callers = [.. _callers.Values];
            _callers.Clear();
        }

        foreach (var caller in callers)
        {
            caller.End();
        }

        await _pool.DisposeAsync().ConfigureAwait(false);
    }
}
