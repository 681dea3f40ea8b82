using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Multiprocessing;

/// <summary>
/// A program that <c>mp node</c> has started: it is a node instead of running its Main, with the same assemblies as its other processes. It ends when
/// its standard input ends, and so also when <c>mp</c> is killed.
/// </summary>
internal static class NodeProgram
{
    /// <summary>The host gives the silo this much longer than the tasks, to leave the cluster.</summary>
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(15);

    /// <returns>The exit code.</returns>
    public static int Run()
    {
        // The workers are started by the library, not by this hook.
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", null);
        try
        {
            using var input = new StreamReader(Console.OpenStandardInput());
            var settings = NodeSettings.Read(input.ReadLine() ?? "");
            if (settings.Watch is not null)
            {
                return WatchProgram.RunAsync(settings, input).GetAwaiter().GetResult();
            }

            using var host = Build(settings);
            var node = host.Services.GetRequiredService<NodeHost>();
            try
            {
                host.Start();
            }
            catch (Exception) when (node.Failure is not null)
            {
                throw node.Failure; // the others have declared it dead while it joined, and the start was cancelled for that
            }

            var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
            Background.Run(async () =>
            {
                await input.ReadToEndAsync().ConfigureAwait(false);
                lifetime.StopApplication();
            });
            WriteReady(settings, host.Services.GetRequiredService<MultiprocessingNodeOptions>());
            host.WaitForShutdown();
            return node.Failure is null ? 0 : 1;
        }
        catch (Exception error) when (error is ClusterException or ArgumentException or InvalidOperationException or IOException or SocketException)
        {
            Console.Error.WriteLine($"mp: {error.Message}");
            return 1;
        }
        catch (JsonException error)
        {
            Console.Error.WriteLine($"mp: The program's version of Multiprocessing.Cluster does not know these settings: {error.Message}");
            return 1;
        }
    }

    private static IHost Build(NodeSettings settings)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddFilter("Orleans", LogLevel.Error).AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.Configure<ConsoleLoggerOptions>(static options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.Configure<HostOptions>(
            options => options.ShutdownTimeout = TimeSpan.FromSeconds(settings.LeaveGrace) + LeaveTime);
        builder.AddMultiprocessingNode(options => Apply(settings, options));
        return builder.Build();
    }

    /// <summary>Sets the options of a node.</summary>
    public static void Apply(NodeSettings settings, MultiprocessingNodeOptions options)
    {
        options.Cluster = settings.Cluster;
        options.Name = settings.Name ?? options.Name;
        options.Workers = settings.Workers ?? options.Workers;
        options.Tags.UnionWith(settings.Tags);
        options.LeaveGrace = TimeSpan.FromSeconds(settings.LeaveGrace);
        Apply(settings, options.Membership, options.Network, options.Detection);
    }

    /// <summary>Sets what nodes and watchers have in common.</summary>
    public static void Apply(NodeSettings settings, ClusterMembership membership, ClusterNetwork network, ClusterDetection detection)
    {
        if (settings.Postgres is not null)
        {
            membership.UsePostgres(settings.Postgres);
        }
        else if (settings.Redis is not null)
        {
            membership.UseRedis(settings.Redis);
        }
        else if (settings.Localhost)
        {
            membership.UseLocalhost();
        }

        network.Address = settings.Address is null ? null : IPAddress.Parse(settings.Address);
        network.ListenAddress = settings.Listen is null ? null : IPAddress.Parse(settings.Listen);
        network.Port = settings.Port;
        network.PeerName = settings.PeerName;
        if (settings is { Certificate: not null, Key: not null, Authority: not null })
        {
            network.UseTls(settings.Certificate, settings.Key, settings.Authority);
        }

        detection.ProbeInterval = settings.ProbeInterval is { } seconds ? TimeSpan.FromSeconds(seconds) : detection.ProbeInterval;
        detection.MissedProbes = settings.MissedProbes ?? detection.MissedProbes;
        detection.Votes = settings.Votes ?? detection.Votes;
    }

    private static void WriteReady(NodeSettings settings, MultiprocessingNodeOptions options) => Console.WriteLine(settings.IsJson
        ? JsonSerializer.Serialize(
            new { node = options.Name, cluster = options.Cluster, processId = Environment.ProcessId, workers = options.Workers })
        : $"The node '{options.Name}' of the cluster '{options.Cluster}' runs (process {Environment.ProcessId}, {options.Workers} workers). "
            + "Ctrl-C ends it when its tasks have ended.");
}
