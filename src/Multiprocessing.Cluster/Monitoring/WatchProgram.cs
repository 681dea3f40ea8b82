using System.Globalization;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// A program that <c>mp top --cluster</c> has started: it looks at the cluster with the assemblies of the program, and writes a picture in each line
/// of its standard output. It ends when its standard input ends, and so also when <c>mp</c> is killed.
/// </summary>
internal static class WatchProgram
{
    public static async Task<int> RunAsync(NodeSettings settings, TextReader input)
    {
        using var ending = new CancellationTokenSource();

        // Ctrl-C in the terminal reaches this process, too: it leaves the cluster when mp asks it to.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static context => context.Cancel = true);
        using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            ending.Cancel();
        });
        Background.Run(async () =>
        {
            await input.ReadToEndAsync().ConfigureAwait(false);
            await ending.CancelAsync().ConfigureAwait(false);
        });
        try
        {
            await using var monitor = await ClusterMonitor.ConnectAsync(options => Apply(settings, options), ending.Token).ConfigureAwait(false);
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(settings.Watch!.Value));
            do
            {
                var snapshot = await monitor.ReadAsync(ending.Token).ConfigureAwait(false);
                Console.Out.WriteLine(ClusterSnapshotJson.ToJson(snapshot));
            }
            while (await timer.WaitForNextTickAsync(ending.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The user has seen enough.
        }

        return 0;
    }

    /// <summary>Sets the options of a watcher.</summary>
    public static void Apply(NodeSettings settings, ClusterMonitorOptions options)
    {
        options.Cluster = settings.Cluster;
        options.Name = settings.Name ?? string.Create(CultureInfo.InvariantCulture, $"mp-{Environment.ProcessId}");
        NodeProgram.Apply(settings, options.Membership, options.Network, options.Detection);
    }
}
