using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Multiprocessing;

/// <summary>Adds health checks of pools of a cluster.</summary>
/// <example>
/// <code>
/// var builder = Host.CreateApplicationBuilder();
/// builder.Services.AddClusterPool(options => options.Membership.UseLocalhost());
/// builder.Services.AddHealthChecks().AddClusterPool(tags: ["ready"]);
/// </code>
/// </example>
public static class ClusterHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of a pool: healthy while it has nodes; degraded while it has none, so that tasks wait; unhealthy when it is broken or has ended.
    /// The data has its nodes, workers and tasks. No node is asked.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The name of the pool; <see langword="null"/> for the one without a name.</param>
    /// <param name="failureStatus">The status in place of unhealthy; <see langword="null"/> for unhealthy.</param>
    /// <param name="tags">Tags of the check.</param>
    /// <returns>The builder.</returns>
    public static IHealthChecksBuilder AddClusterPool(
        this IHealthChecksBuilder builder, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name is null ? "cluster pool" : $"cluster pool {name}",
            provider => new ClusterPoolHealthCheck(
                name is null ? provider.GetRequiredService<ClusterPool>() : provider.GetRequiredKeyedService<ClusterPool>(name)),
            failureStatus,
            tags));
    }

    /// <summary>The state of a pool, from what it knows anyway.</summary>
    private sealed class ClusterPoolHealthCheck(ClusterPool pool) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var (nodes, workers, (running, waiting)) = (pool.NodeNames, pool.Workers, pool.Counts);
            var data = new Dictionary<string, object>
            {
                ["status"] = pool.Status.ToString(),
                ["nodes"] = nodes.Count,
                ["workers"] = workers,
                ["runningTasks"] = running,
                ["waitingTasks"] = waiting,
            };
            var failed = context.Registration.FailureStatus;
            return Task.FromResult(pool.Status switch
            {
                ProcessPoolStatus.Broken => new HealthCheckResult(
                    failed, $"The pool '{pool.Name}' gave up: {pool.Failure?.Message}", pool.Failure, data),
                ProcessPoolStatus.Ending or ProcessPoolStatus.Ended =>
                    new HealthCheckResult(failed, $"The pool '{pool.Name}' takes no more tasks.", null, data),
                _ when nodes.Count == 0 => new HealthCheckResult(
                    HealthStatus.Degraded, $"The pool '{pool.Name}' has no node; {waiting} tasks wait.", null, data),
                _ => new HealthCheckResult(
                    HealthStatus.Healthy, $"{workers} workers on {nodes.Count} nodes, {waiting} tasks wait.", null, data),
            });
        }
    }
}
