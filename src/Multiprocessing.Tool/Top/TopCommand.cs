using System.CommandLine;
using Multiprocessing.Tool.Commands;
using Multiprocessing.Tool.Nodes;
using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Programs;
using Multiprocessing.Tool.Top.Clusters;

namespace Multiprocessing.Tool.Top;

/// <summary><c>mp top [PID]</c>: a running program, live.</summary>
internal static class TopCommand
{
    public static Command Create()
    {
        var program = CommonOptions.Program();
        var interval = CommonOptions.Seconds("--interval", "-d", byDefault: 1, least: 0.1, most: 60, "The time between two pictures.");
        var count = new Option<int>("--count", "-n")
        {
            Description = "With --json: end after so many pictures; 0 is without end.",
            HelpName = "pictures",
        };
        var cluster = new Option<string?>("--cluster", "-c")
        {
            Description = "Show this cluster: its nodes with their workers, and its callers. PROGRAM is then the published program of the cluster.",
        };
        var member = new MemberOptions();
        var command = new Command("top", "Shows a running program live: processes, pools, queues, locks, services; or a cluster.")
        {
            program, interval, count, cluster,
        };
        member.AddTo(command);
        command.Validators.Add(result => member.Validate(result, cluster, program));
        return command.Does((result, output, cancellationToken) =>
        {
            var seconds = result.GetValue(interval);
            return result.GetValue(cluster) is { } name
                ? RunAsync(
                    ProgramFiles.Find(result.GetValue(program)!),
                    member.Of(result, new NodeSettings { Cluster = name, Watch = seconds }),
                    result.GetValue(count),
                    output,
                    cancellationToken)
                : RunAsync(result.GetValue(program), TimeSpan.FromSeconds(seconds), result.GetValue(count), output, cancellationToken);
        });
    }

    private static void ThrowWithoutTerminal(CommandOutput output)
    {
        if (!output.IsJson && (!output.IsTerminal || Console.IsInputRedirected))
        {
            throw new CommandException(ExitCodes.WrongUsage, "'mp top' needs a terminal. Without one, use 'mp show' for one picture, or 'mp top "
                + "--json' for a stream.");
        }
    }

    private static async Task<int> RunAsync(
        ProgramFiles program, NodeSettings settings, int count, CommandOutput output, CancellationToken cancellationToken)
    {
        ThrowWithoutTerminal(output);
        await using var watch = await WatchProcess.StartAsync(program, settings);
        await (output.IsJson
            ? ClusterTop.StreamAsync(watch, count, output, cancellationToken)
            : new ClusterTop(watch, TimeSpan.FromSeconds(settings.Watch!.Value)).RunAsync(cancellationToken));
        return cancellationToken.IsCancellationRequested ? ExitCodes.Terminated : ExitCodes.Success;
    }

    private static async Task<int> RunAsync(string? program, TimeSpan interval, int count, CommandOutput output, CancellationToken cancellationToken)
    {
        ThrowWithoutTerminal(output);

        // A script gets an error that lists the programs.
        using var monitor = output.IsJson ? ProgramChoice.Open(program) : await ProgramChoice.OpenOrAskAsync(program, cancellationToken);
        if (output.IsJson)
        {
            await StreamAsync(monitor!, interval, count, output, cancellationToken);
        }
        else if (monitor is not null)
        {
            await new TopLoop(monitor, new TopState { Interval = interval }).RunAsync(cancellationToken);
        }

        return cancellationToken.IsCancellationRequested ? ExitCodes.Terminated : ExitCodes.Success;
    }

    /// <summary>Writes one document in each line, until the program ends.</summary>
    private static async Task StreamAsync(
        ProgramMonitor monitor, TimeSpan interval, int count, CommandOutput output, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(interval);
        for (var written = 0; count <= 0 || written < count; written++)
        {
            if (written > 0 && !await timer.WaitForNextTickAsync(cancellationToken))
            {
                return;
            }

            if (!monitor.IsRunning)
            {
                return;
            }

            ProgramSnapshot snapshot;
            try
            {
                snapshot = monitor.Read();
            }
            catch (ProgramNotFoundException)
            {
                return; // it ended
            }

            output.WriteJson(json => ProgramSnapshotJson.WriteTo(json, snapshot), isIndented: false);
        }
    }
}
