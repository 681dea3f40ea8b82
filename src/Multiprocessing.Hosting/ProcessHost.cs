using Microsoft.Extensions.Hosting;

namespace Multiprocessing;

/// <summary>
/// Starts and stops everything with processes of one host. It stops when all other services of the host have stopped, because these may be waiting
/// for their tasks: until then pools and services work as usual.
/// </summary>
/// <param name="logging">Created first, so that everything logs to the host's factory.</param>
/// <param name="parts">In the order in which they were added.</param>
internal sealed class ProcessHost(HostLogging logging, IEnumerable<HostedPart> parts) : IHostedLifecycleService
{
    private readonly List<HostedPart> _started = [];

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        GC.KeepAlive(logging);
        foreach (var part in parts)
        {
            _started.Add(part);
            await part.StartAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        foreach (var group in _started.GroupBy(static part => part.Order).OrderBy(static group => group.Key))
        {
            await Task.WhenAll(group.Select(part => part.StopAsync(cancellationToken))).ConfigureAwait(false);
        }
    }
}
