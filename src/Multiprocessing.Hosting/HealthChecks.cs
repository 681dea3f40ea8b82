using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Multiprocessing;

/// <summary>The state of a pool. Reads what the pool counts anyway, and asks no worker.</summary>
internal sealed class PoolHealthCheck(ProcessPool pool) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var insights = pool.GetInsights();
        var living = insights.Workers.Count(
            static worker => worker.Activity is WorkerActivity.Idle or WorkerActivity.Busy or WorkerActivity.Starting);
        var busy = insights.Workers.Count(static worker => worker.Activity == WorkerActivity.Busy);
        var data = new Dictionary<string, object>
        {
            ["status"] = pool.Status.ToString(),
            ["maxWorkers"] = pool.Workers,
            ["workers"] = living,
            ["busyWorkers"] = busy,
            ["waitingTasks"] = insights.WaitingTasks,
            ["workersDied"] = insights.WorkersDied,
            ["succeeded"] = insights.Tasks.Sum(static task => task.Succeeded),
            ["failed"] = insights.Tasks.Sum(static task => task.Failed),
        };
        var failed = context.Registration.FailureStatus;
        return Task.FromResult(pool.Status switch
        {
            ProcessPoolStatus.Broken => new HealthCheckResult(failed, $"The pool '{pool.Name}' gave up: {pool.Failure?.Message}", pool.Failure, data),
            ProcessPoolStatus.Ending or ProcessPoolStatus.Ended =>
                new HealthCheckResult(failed, $"The pool '{pool.Name}' takes no more tasks.", null, data),
            _ when insights.WaitingTasks > 0 && living == 0 && pool.Workers > 0 =>
                new HealthCheckResult(HealthStatus.Degraded, $"The pool '{pool.Name}' has waiting tasks and no worker.", null, data),
            _ => new HealthCheckResult(
                HealthStatus.Healthy, $"{busy} of {pool.Workers} workers busy, {insights.WaitingTasks} tasks wait.", null, data),
        });
    }
}

/// <summary>The state of a service. It is not called: a call would wait behind the others.</summary>
internal sealed class ServiceHealthCheck<TInterface>(ProcessService<TInterface> service) : IHealthCheck
    where TInterface : class
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object> { ["processId"] = service.ProcessId, ["restarts"] = service.RestartCount };
        return Task.FromResult(
            service.Completion.IsCompleted
                ? new HealthCheckResult(
                    context.Registration.FailureStatus, $"The service is over: {service}", service.Completion.Exception?.GetBaseException(), data)
            : service.IsReady ? new HealthCheckResult(HealthStatus.Healthy, service.ToString(), null, data)
            : new HealthCheckResult(HealthStatus.Degraded, $"The service is being started again: {service}", null, data));
    }
}

/// <summary>The state of the supervisor's children.</summary>
internal sealed class SupervisorHealthCheck(ProcessSupervisor supervisor) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var children = supervisor.Children;
        var data = children.ToDictionary(
            static child => child.Name,
            static child => (object)$"{child.State}, pid {child.ProcessId?.ToString() ?? "none"}, {child.RestartCount} restarts");
        if (supervisor.Completion.IsCompleted)
        {
            return Task.FromResult(new HealthCheckResult(
                context.Registration.FailureStatus,
                $"The supervisor '{supervisor.Name}' is over.",
                supervisor.Completion.Exception?.GetBaseException(),
                data));
        }

        var others = children.Where(static child => child.State is not (SupervisedChildState.Running or SupervisedChildState.Ended))
            .Select(static child => child.Name).ToList();
        return Task.FromResult(
            others.Count == 0
                ? new HealthCheckResult(HealthStatus.Healthy, $"{children.Count} children run.", null, data)
                : new HealthCheckResult(HealthStatus.Degraded, $"Not running: {string.Join(", ", others)}", null, data));
    }
}
