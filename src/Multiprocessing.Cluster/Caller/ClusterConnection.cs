using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Multiprocessing;

/// <summary>
/// A caller's member of the cluster: finds nodes, introduces itself, and reports to the scheduler which of them join, leave and die.
/// </summary>
internal sealed class ClusterConnection : IPeerHandler, IFencedPart, IAsyncDisposable
{
    private static readonly TimeSpan HelloInterval = TimeSpan.FromMilliseconds(200);

    private readonly ClusterPoolOptions _options;
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _firstNode = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly HashSet<SiloAddress> _known = [];
    private readonly List<NodeDescription> _refused = [];
    private readonly IHost _host;
    private readonly ILogger _logger;
    private readonly IClusterPeers _peers;
    private readonly ConnectionRefusals _refusals;
    private readonly IClusterMembershipService _members;
    private readonly string _self;
    private readonly ByteCredit _credit;
    private readonly MemberStart _start;
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private Task _watch = Task.CompletedTask;

    public ClusterConnection(ClusterPoolOptions options)
    {
        _options = options;
        _credit = new ByteCredit(options.MaxBytesInFlight);
        _host = ClusterSilo.Build(options.Member, this, options.LoggerFactory);
        _start = new MemberStart(_host);
        _logger = _host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Multiprocessing.Cluster");
        _refusals = _host.Services.GetRequiredService<ConnectionRefusals>();
        _peers = _host.Services.GetRequiredService<IClusterPeers>();
        _members = _host.Services.GetRequiredService<IClusterMembershipService>();
        _self = _host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString();
        Scheduler = new ClusterScheduler(_self, _logger);
        Reports = new CallerReports(Scheduler.FindRunning);
        Status = new ClusterStatusReader(options.Cluster, _members, _peers);
    }

    public ClusterScheduler Scheduler { get; }

    public CallerReports Reports { get; }

    /// <summary>Gets what asks all members for what they do.</summary>
    public ClusterStatusReader Status { get; }

    /// <summary>Gets the bytes in chunks that are on the way to all nodes together.</summary>
    public ByteCredit Credit => _credit;

    /// <summary>Gets why the pool can be used no longer, if the other members have declared this one dead.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Joins, and waits for the first node.</summary>
    /// <exception cref="ClusterException">There was none in time, or all have another build.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.ConnectTimeout);
        try
        {
            await _start.JoinAsync(_firstNode.Task, limit).ConfigureAwait(false);
            _watch = Task.Run(WatchAsync, CancellationToken.None);
            await _firstNode.Task.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var tags = _options.Tags.Count == 0 ? "" : $" with the tags {string.Join(", ", _options.Tags)}";
            throw new ClusterException(
                $"No node{tags} was found in the cluster '{_options.Cluster}' within {_options.ConnectTimeout.TotalSeconds:0.#} s. "
                + (_refusals.Last ?? "Start a host with AddMultiprocessingNode of the same cluster and membership."));
        }
    }

    public byte[] Hello(byte[] hello) => Frames.OfDescription(
        new NodeDescription(false, _options.Name, Environment.MachineName, Environment.ProcessId, 0, _options.Build, []));

    public bool Lease(string caller, byte[] lease) => false;

    public void Cancel(string caller, long[] tasks)
    {
        // A caller runs no tasks.
    }

    public void Leave(string caller)
    {
        // A caller runs no tasks.
    }

    public void Reply(string node, byte[] replies)
    {
        var (number, read) = Frames.ReadReplies(replies);
        Scheduler.OnReplies(SiloAddress.FromParsableString(node), number, read);
    }

    public bool Report(string node, byte[] reports) => Reports.Take(node, reports);

    public long Chunk(string from, byte[] chunk) => Scheduler.OnChunk(SiloAddress.FromParsableString(from), Multiprocessing.Chunk.Read(chunk));

    public void Drop(string from, long transfer) => Scheduler.OnDrop(SiloAddress.FromParsableString(from), transfer);

    public byte[] Describe() => Frames.OfCallerStatus(Scheduler.Describe(new ClusterCallerSnapshot
    {
        Name = _options.Name,
        Address = "",
        State = ClusterMemberState.Running,
        Machine = Environment.MachineName,
        ProcessId = Environment.ProcessId,
        StartTime = _started,
    }));

    public void OnFenced(Exception reason)
    {
        _firstNode.TrySetException(reason);
        Fail(reason);
    }

    /// <summary>Fails all tasks, and refuses further ones.</summary>
    public void Fail(Exception reason)
    {
        Failure = reason;
        Scheduler.Close(reason);
    }

    /// <summary>Cancels the tasks on all nodes and leaves the cluster.</summary>
    public async ValueTask DisposeAsync()
    {
        var nodes = Scheduler.Close(new ObjectDisposedException(nameof(ClusterPool), $"The pool '{_options.Name}' was disposed."));
        await Task.WhenAll(nodes.Where(static node => !node.IsLost).Select(LeaveAsync)).ConfigureAwait(false);
        await _ending.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        await _start.DisposeAsync().ConfigureAwait(false);
        _ending.Dispose();
    }

    private async Task LeaveAsync(NodeLink node)
    {
        try
        {
            await node.Peer.Leave(_self).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It does not answer. It ends the tasks when the members report that this one has left.
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            await foreach (var snapshot in _members.MembershipUpdates.WithCancellation(_ending.Token).ConfigureAwait(false))
            {
                foreach (var member in snapshot.Members.Values)
                {
                    OnMember(member);
                }

                // A dead member may be removed from the table before this one has seen that it died.
                foreach (var address in Scheduler.Addresses.Where(address => !snapshot.Members.ContainsKey(address)))
                {
                    Scheduler.Lose(address);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The pool ends.
        }
        catch (Exception exception)
        {
            OnFenced(new ClusterException("The members of the cluster cannot be read any more.", exception));
        }
    }

    private void OnMember(ClusterMember member)
    {
        switch (member.Status)
        {
            case SiloStatus.Active when ClusterSilo.NodeName(member) is not null:
                lock (_gate)
                {
                    if (!_known.Add(member.SiloAddress))
                    {
                        return;
                    }
                }

                Background.Run(() => IntroduceAsync(member.SiloAddress));
                break;
            case SiloStatus.ShuttingDown or SiloStatus.Stopping:
                Scheduler.Leaves(member.SiloAddress);
                break;
            case SiloStatus.Dead:
                Scheduler.Lose(member.SiloAddress);
                break;
        }
    }

    private async Task IntroduceAsync(SiloAddress address)
    {
        var peer = _peers.Of(address);
        while (!_ending.IsCancellationRequested && _members.CurrentSnapshot.GetSiloStatus(address) == SiloStatus.Active)
        {
            try
            {
                var node = Frames.ReadDescription(await peer.Hello(Frames.OfHello(_options.Build)).ConfigureAwait(false));
                Accept(new NodeLink(address, peer, node, OutgoingTransfers.To(peer, _self, _credit)));
                return;
            }
            catch (Exception)
            {
                // It has just started, or the connection was lost. If it is dead, the members decide it.
                await Task.Delay(HelloInterval).ConfigureAwait(false);
            }
        }
    }

    private void Accept(NodeLink link)
    {
        var node = link.Description;
        if (!node.IsAccepted)
        {
            ClusterLog.NodeOfOtherBuild(_logger, node.Name, node.Build, _options.Build);
            lock (_gate)
            {
                _refused.Add(node);
                if (_refused.Count < _known.Count)
                {
                    return; // another node may have this build: the others are updated one by one
                }
            }

            _firstNode.TrySetException(new ClusterException(
                $"The node '{node.Name}' has build {node.Build}, and this program has build {_options.Build}. Tasks name methods by their place in "
                + "the assemblies, so all members need the same files: deploy the same build to all of them."));
            return;
        }

        if (_options.Tags.IsSubsetOf(node.Tags))
        {
            Scheduler.Join(link);
            if (_members.CurrentSnapshot.GetSiloStatus(link.Address) is SiloStatus.Dead or SiloStatus.None)
            {
                Scheduler.Lose(link.Address); // it died between its answer and now, and no further change would report it
            }

            _firstNode.TrySetResult();
        }
    }
}
