using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Multiprocessing;

/// <summary>Adds health checks of pools, services and the supervisor.</summary>
/// <example>
/// <code>
/// builder.Services.AddHealthChecks().AddProcessPool(tags: ["ready"]);
/// </code>
/// </example>
public static class ProcessHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of a pool: healthy while it takes tasks; degraded while tasks wait and no worker is alive, because starts fail; unhealthy when it
    /// is broken or has ended. The data has its workers, tasks and deaths.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The name of the pool; <see langword="null"/> for the one without a name.</param>
    /// <param name="failureStatus">The status in place of unhealthy; <see langword="null"/> for unhealthy.</param>
    /// <param name="tags">Tags of the check.</param>
    /// <returns>The builder.</returns>
    public static IHealthChecksBuilder AddProcessPool(
        this IHealthChecksBuilder builder, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name is null ? "process pool" : $"process pool {name}",
            provider => new PoolHealthCheck(
                name is null ? provider.GetRequiredService<ProcessPool>() : provider.GetRequiredKeyedService<ProcessPool>(name)),
            failureStatus,
            tags));
    }

    /// <summary>
    /// Adds a check of a service: healthy while its object answers calls; degraded while it is started again; unhealthy when it is over. The data has
    /// its process and the number of restarts.
    /// </summary>
    /// <typeparam name="TInterface">The interface of the service, which was added by <c>AddProcessService</c>.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The name of the service; <see langword="null"/> for the one without a name.</param>
    /// <param name="failureStatus">The status in place of unhealthy; <see langword="null"/> for unhealthy.</param>
    /// <param name="tags">Tags of the check.</param>
    /// <returns>The builder.</returns>
    public static IHealthChecksBuilder AddProcessService<TInterface>(
        this IHealthChecksBuilder builder, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
        where TInterface : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            $"process service {name ?? typeof(TInterface).Name}",
            provider => new ServiceHealthCheck<TInterface>(
                name is null
                    ? provider.GetRequiredService<ProcessService<TInterface>>()
                    : provider.GetRequiredKeyedService<ProcessService<TInterface>>(name)),
            failureStatus,
            tags));
    }

    /// <summary>
    /// Adds a check of the supervisor: healthy while all its children run; degraded while some are started or stopped; unhealthy when it has given up
    /// or has stopped. The data has the state, process and restarts of each child.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="failureStatus">The status in place of unhealthy; <see langword="null"/> for unhealthy.</param>
    /// <param name="tags">Tags of the check.</param>
    /// <returns>The builder.</returns>
    public static IHealthChecksBuilder AddProcessSupervisor(
        this IHealthChecksBuilder builder, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            "process supervisor",
            static provider => new SupervisorHealthCheck(provider.GetRequiredService<SupervisorPart>().Supervisor),
            failureStatus,
            tags));
    }
}
