using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Multiprocessing;

/// <summary>
/// Looks at a cluster: a member without workers and without tasks, which asks the others what they do. It may have another build than the nodes. All
/// members are thread-safe.
/// </summary>
/// <example>
/// <code>
/// await using var monitor = await ClusterMonitor.ConnectAsync(options =>
/// {
///     options.Cluster = "images";
///     options.Membership.UseLocalhost();
/// });
/// ClusterSnapshot seen = await monitor.ReadAsync();
/// Console.WriteLine($"{seen.Nodes.Count} nodes, {seen.Callers.Count} callers");
/// </code>
/// </example>
public sealed class ClusterMonitor : IAsyncDisposable
{
    private readonly WatcherPart _part = new();
    private readonly IHost _host;
    private readonly MemberStart _start;
    private readonly ClusterStatusReader _reader;

    private ClusterMonitor(ClusterMonitorOptions options)
    {
        _host = ClusterSilo.Build(options.Member, _part, options.LoggerFactory);
        _start = new MemberStart(_host);
        _reader = new ClusterStatusReader(
            options.Cluster, _host.Services.GetRequiredService<IClusterMembershipService>(), _host.Services.GetRequiredService<IClusterPeers>());
    }

    /// <summary>Joins a cluster to look at it.</summary>
    /// <param name="configure">Sets the options; the membership is required.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A monitor. The cluster may have no nodes at this moment.</returns>
    /// <exception cref="ClusterException">It could not join within the time, or the others could not reach it.</exception>
    /// <exception cref="InvalidOperationException">No membership was selected.</exception>
    public static async Task<ClusterMonitor> ConnectAsync(Action<ClusterMonitorOptions> configure, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new ClusterMonitorOptions();
        configure(options);
        options.Validate();
        var monitor = new ClusterMonitor(options);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.ConnectTimeout);
        try
        {
            await monitor._start.JoinAsync(monitor._part.Fenced, limit).ConfigureAwait(false);
            return monitor;
        }
        catch (Exception exception)
        {
            await monitor.DisposeAsync().ConfigureAwait(false);
            if (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new ClusterException(
                    $"The cluster '{options.Cluster}' could not be joined within {options.ConnectTimeout.TotalSeconds:0.#} s.", exception);
            }

            throw;
        }
    }

    /// <summary>Asks all members. One that does not answer within 2 seconds is <see cref="ClusterMemberState.Silent"/>.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A snapshot that does not change.</returns>
    /// <exception cref="ClusterException">The other members have declared this one dead, because they could not reach it.</exception>
    public async Task<ClusterSnapshot> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_part.Fenced.IsFaulted)
        {
            await _part.Fenced.ConfigureAwait(false);
        }

        return await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Leaves the cluster.</summary>
    /// <returns>A task that completes when the member has left.</returns>
    public ValueTask DisposeAsync() => _start.DisposeAsync();

    /// <summary>The part of a watcher: it has no tasks and gives none.</summary>
    private sealed class WatcherPart : IPeerHandler, IFencedPart
    {
        private readonly TaskCompletionSource _fenced = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Gets a task that fails when the others have declared this member dead.</summary>
        public Task Fenced => _fenced.Task;

        public void OnFenced(Exception reason)
        {
            _fenced.TrySetException(reason);
            _ = _fenced.Task.Exception; // read by the next call, if there is one
        }
    }
}
