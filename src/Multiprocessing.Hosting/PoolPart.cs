using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>A pool of the host.</summary>
internal sealed class PoolPart(Func<ProcessPool> create, ILogger logger) : HostedPart
{
    private ProcessPool? _pool;

    public override StopOrder Order => StopOrder.Pools;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _pool = create(); // its minimum of workers starts now, and an initializer that cannot cross ends the start of the host
        return Task.CompletedTask;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_pool is not { } pool)
        {
            return; // its creation failed
        }

        try
        {
            await pool.ShutdownAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            var insights = pool.GetInsights();
            var running = insights.Workers.Select(static worker => worker.CurrentTask).OfType<string>().ToList();
            var ended = pool.DisposeAsync();
            pool.KillWorkers(); // the time for a cancellation is over as well
            await ended.ConfigureAwait(false);
            if (running.Count > 0 || insights.WaitingTasks > 0)
            {
                HostingLog.PoolKilled(logger, pool.Name, running.Count, insights.WaitingTasks, string.Join(", ", running));
            }
        }
    }
}
