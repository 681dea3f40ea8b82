using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>A pool of a cluster in a host: it connects at the start and finishes its tasks at the stop.</summary>
internal sealed class ClusterPoolPart(Func<ClusterPool> create, ILogger logger) : HostedPart
{
    private ClusterPool? _pool;

    public override StopOrder Order => StopOrder.Pools;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var pool = create();
        await pool.StartAsync(cancellationToken).ConfigureAwait(false);
        _pool = pool;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_pool is not { } pool)
        {
            return; // it could not be connected
        }

        try
        {
            await pool.ShutdownAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            var (running, waiting) = pool.Counts;
            await pool.DisposeAsync().ConfigureAwait(false); // the nodes cancel them, and kill those that do not end
            if (running + waiting > 0)
            {
                ClusterLog.EndedWithTasks(logger, pool.Name, running, waiting);
            }
        }
    }
}
