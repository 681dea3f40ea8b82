using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Multiprocessing;

/// <summary>The supervisor of the host. It is created with its children, which start one after the other; the host waits for them.</summary>
internal sealed class SupervisorPart : HostedPart, IDisposable, IAsyncDisposable
{
    private readonly Dictionary<Type, object> _proxies = [];
    private readonly IHostApplicationLifetime? _lifetime;
    private readonly ILogger _logger;

    public SupervisorPart(IServiceProvider provider, SupervisedChildren children, IOptions<ProcessSupervisorOptions> options, HostLogging logging)
    {
        GC.KeepAlive(logging); // created before the supervisor, so that it is disposed of after it
        _lifetime = (IHostApplicationLifetime?)provider.GetService(typeof(IHostApplicationLifetime));
        _logger = HostedParts.LoggerOf<ProcessSupervisor>(provider);
        Supervisor = new ProcessSupervisor(options.Value);
        foreach (var add in children)
        {
            add(provider, Supervisor, _proxies);
        }
    }

    public ProcessSupervisor Supervisor { get; }

    public override StopOrder Order => StopOrder.Supervisors;

    public object ProxyOf(Type type) => _proxies[type];

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await Supervisor.WaitStartedAsync(cancellationToken).ConfigureAwait(false);
        _ = WatchAsync();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        var stopped = DisposeAsync().AsTask();
        try
        {
            await stopped.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (stopped.IsCompleted)
            {
                return;
            }

            List<string> killed = [];
            foreach (var child in Supervisor.Children)
            {
                if (child.State is not SupervisedChildState.Stopped && child.ProcessId is { } id)
                {
                    killed.Add(child.Name);
                    Kill(id);
                }
            }

            HostingLog.SupervisorKilled(_logger, Supervisor.Name, string.Join(", ", killed));
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Supervisor.DisposeAsync().ConfigureAwait(false);
        }
        catch (SupervisorEscalatedException)
        {
            // The host was stopped for it, and its log says so. Every child has ended all the same.
        }
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended meanwhile.
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            await Supervisor.Completion.ConfigureAwait(false);
        }
        catch (SupervisorEscalatedException exception)
        {
            HostingLog.SupervisorGaveUp(_logger, exception, Supervisor.Name);
            _lifetime?.StopApplication();
        }
    }
}
