using System.CommandLine;
using Multiprocessing.Tool.Commands;
using Multiprocessing.Tool.Nodes;
using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Programs;

namespace Multiprocessing.Tool.Pages;

/// <summary><c>mp dash [PROGRAM]</c>: the dashboard of a running program, or of a cluster, until Ctrl-C.</summary>
internal static class DashCommand
{
    public const string Name = "dash";

    public static Command Create()
    {
        var program = CommonOptions.Program();
        var port = new Option<int>("--port", "-p")
        {
            Description = "The port of this machine at which the pages are served; 0 lets the system choose.",
            HelpName = "port",
        };
        port.Validators.Add(static result =>
        {
            if (int.TryParse(result.Tokens.FirstOrDefault()?.Value, out var number) && number is < 0 or > 65535)
            {
                result.AddError("--port must be between 0 and 65535.");
            }
        });
        var cluster = new Option<string?>("--cluster", "-c")
        {
            Description = "Show this cluster: its nodes with their workers, and its callers. PROGRAM is then the published program of the cluster.",
        };
        var member = new MemberOptions("--member-port");
        var command = new Command(
            Name, "Serves the dashboard of a running program, or of a cluster, to the browsers of this machine, until Ctrl-C.")
        {
            program, port, cluster,
        };
        member.AddTo(command);
        command.Validators.Add(result => member.Validate(result, cluster, program));
        return command.Does((result, output, cancellationToken) => result.GetValue(cluster) is { } name
            ? RunAsync(
                ProgramFiles.Find(result.GetValue(program)!),
                member.Of(result, new NodeSettings { Cluster = name, Watch = 1 }),
                result.GetValue(port),
                output,
                cancellationToken)
            : RunAsync(result.GetValue(program), result.GetValue(port), output, cancellationToken));
    }

    private static async Task<int> RunAsync(
        ProgramFiles program, NodeSettings settings, int port, CommandOutput output, CancellationToken cancellationToken)
    {
        await using var watch = await WatchProcess.StartAsync(program, settings);
        await using var pictures = new NewestPicture(watch);
        try
        {
            await pictures.ReadAsync(cancellationToken); // an error is written on the user's own screen
            await using var server = await DashboardServer.StartClusterAsync(new() { Port = port, Cluster = pictures.ReadAsync }, cancellationToken);
            Announce(output, server.Address, null, $"The dashboard of the cluster {settings.Cluster}", "cluster");
            await pictures.Completion.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The way to end it.
        }

        return ExitCodes.Success;
    }

    private static async Task<int> RunAsync(string? program, int port, CommandOutput output, CancellationToken cancellationToken)
    {
        using var monitor = ProgramChoice.Open(program);
        await using var server = await DashboardServer.StartAsync(monitor, new() { Port = port }, cancellationToken);
        Announce(output, server.Address, monitor.RootProcessId, $"The dashboard of process {monitor.RootProcessId}", "program");
        try
        {
            await server.ProgramCompletion.WaitAsync(cancellationToken);
            output.WriteError("the program has ended. The pages show its last picture until Ctrl-C.");
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The way to end it.
        }

        return ExitCodes.Success;
    }

    private static void Announce(CommandOutput output, Uri address, int? processId, string what, string subject)
    {
        if (output.IsJson)
        {
            output.WriteJson(
                json =>
                {
                    json.WriteStartObject();
                    if (processId is { } id)
                    {
                        json.WriteNumber("processId", id);
                    }

                    json.WriteString("address", address.ToString());
                    json.WriteEndObject();
                },
                isIndented: false);
        }
        else
        {
            output.WriteLine($"{what}: {address}");
            output.WriteLine($"The address contains a token that admits to it. Ctrl-C ends the server, and does nothing to the {subject}.");
        }
    }
}
