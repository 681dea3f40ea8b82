using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>A service of the host. It starts with the host, or before if something asks for its proxy.</summary>
internal sealed class ServicePart<TInterface> : HostedPart, IDisposable, IAsyncDisposable
    where TInterface : class
{
    // Not disposed: the container may dispose of this twice, and nothing waits for its handle.
    private readonly CancellationTokenSource _end = new();
    private readonly Lazy<Task<ProcessService<TInterface>>> _service;
    private readonly ILogger _logger;

    public ServicePart(Func<CancellationToken, Task<ProcessService<TInterface>>> start, ILogger logger)
    {
        _service = new(() => start(_end.Token));
        _logger = logger;
    }

    public override StopOrder Order => StopOrder.Services;

    /// <summary>The service; waits for its start, which takes as long as a process and its object need.</summary>
    public ProcessService<TInterface> Service => _service.Value.GetAwaiter().GetResult();

    public override Task StartAsync(CancellationToken cancellationToken) => _service.Value.WaitAsync(cancellationToken);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!_service.IsValueCreated || !_service.Value.IsCompletedSuccessfully)
        {
            return; // what has failed is the error of the start, and a start that is not over ends when this is disposed of
        }

        var service = await _service.Value.ConfigureAwait(false);
        var killed = false;
        await using (cancellationToken.Register(() => killed = !service.Completion.IsCompleted).ConfigureAwait(false))
        {
            await service.StopAsync(cancellationToken).ConfigureAwait(false);
        }

        if (killed)
        {
            HostingLog.ServiceKilled(_logger, service.Name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_service.IsValueCreated)
        {
            await _end.CancelAsync().ConfigureAwait(false); // a start that is not over: its process is killed
            try
            {
                await (await _service.Value.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception) when (_service.Value.IsFaulted || _service.Value.IsCanceled)
            {
                // The service did not start: the code that asked for it has the error, and there is nothing to end.
            }
        }
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
