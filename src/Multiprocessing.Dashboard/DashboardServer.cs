using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Multiprocessing;

/// <summary>
/// A web server with the dashboard of a running program, which need not know of it. It listens on this machine only, and admits requests that know
/// its
/// token, unless the options say otherwise. All members are thread-safe.
/// </summary>
/// <example>
/// <code>
/// using var monitor = ProgramMonitor.Open(processId); // any program of this user
/// await using DashboardServer server = await DashboardServer.StartAsync(monitor);
/// Console.WriteLine($"Open {server.Address} in a browser.");
/// </code>
/// </example>
public sealed class DashboardServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ProgramRecorder _recorder;
    private readonly CancellationTokenSource _stopping;
    private int _disposed;

    private DashboardServer(WebApplication application, ProgramRecorder recorder, CancellationTokenSource stopping, Uri address)
    {
        _application = application;
        _recorder = recorder;
        _stopping = stopping;
        Address = address;
    }

    /// <summary>Gets the address to open in a browser. It contains the token.</summary>
    public Uri Address { get; }

    /// <summary>
    /// Gets a task that ends when the program has ended; the server then goes on showing the last picture. It fails if the program cannot be read
    /// any more.
    /// </summary>
    public Task ProgramCompletion => _recorder.Completion;

    /// <summary>Gets the recorder whose values the pages show, for a <see cref="ProgramReport"/>.</summary>
    public ProgramRecorder Recorder => _recorder;

    /// <summary>Starts a server for the program that a monitor reads.</summary>
    /// <param name="monitor">The monitor. The caller disposes it after the server, and does not read finished tasks with it meanwhile.</param>
    /// <param name="options">The options, or <see langword="null"/> for the default ones.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The server, which listens.</returns>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    /// <exception cref="IOException">The port is in use, or the address is not one of this machine.</exception>
    public static Task<DashboardServer> StartAsync(ProgramMonitor monitor, DashboardServerOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(monitor);
        return StartAsync(new MonitorSource(monitor, owned: false), options ?? new(), cancellationToken);
    }

    /// <summary>Starts a server for a cluster alone: its nodes with their workers, and its callers, without a program of this machine.</summary>
    /// <param name="options">The options; <see cref="DashboardOptions.Cluster"/> is required.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The server, which listens. Its <see cref="ProgramCompletion"/> ends with it.</returns>
    /// <exception cref="ArgumentException">An option is not valid, or <see cref="DashboardOptions.Cluster"/> is missing.</exception>
    /// <exception cref="IOException">The port is in use, or the address is not one of this machine.</exception>
    public static Task<DashboardServer> StartClusterAsync(DashboardServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Cluster is null
            ? throw new ArgumentException("Cluster says how the cluster is read, for example monitor.ReadAsync.", nameof(options))
            : StartAsync(new NoProgram(), options, cancellationToken);
    }

    internal static async Task<DashboardServer> StartAsync(IProgramSource source, DashboardServerOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        CancellationTokenSource stopping = new();
        ProgramRecorder recorder = new(source, options.Recording);
        // Empty: no configuration of the surrounding program, whose URLs and certificates are not meant for this server.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Address, options.Port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        var application = builder.Build();
        try
        {
            DashboardSite site = new(options, () => recorder, stopping.Token);
            application.UseRouting();
            site.Map(application);
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
            var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return new(application, recorder, stopping, new(DashboardAddress.Of(address, "", options.RequireToken ? site.Keys.Token : null)));
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            await recorder.DisposeAsync().ConfigureAwait(false);
            stopping.Dispose();
            throw;
        }
    }

    /// <summary>Stops the server. Open pages keep their last picture.</summary>
    /// <returns>A task that ends when the server has stopped.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false); // ends the streams of open pages
        await _application.StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        await _recorder.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }
}
