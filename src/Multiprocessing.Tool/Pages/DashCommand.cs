using System.CommandLine;
using Multiprocessing.Tool.Commands;
using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Programs;

namespace Multiprocessing.Tool.Pages;

/// <summary><c>mp dash [PROGRAM]</c>: the dashboard of a running program, until Ctrl-C.</summary>
internal static class DashCommand
{
    public static Command Create()
    {
        var program = CommonOptions.Program();
        var port = new Option<int>("--port",
            "-p")
        { Description = "The port of this machine at which the pages are served; 0 lets the system choose.", HelpName = "port" };
        port.Validators.Add(static result =>
        {
            if (int.TryParse(result.Tokens.FirstOrDefault()?.Value, out var number) && number is < 0 or > 65535)
            {
                result.AddError("--port must be between 0 and 65535.");
            }
        });
        return new Command("dash", "Serves the dashboard of a running program to the browsers of this machine, until Ctrl-C.") { program, port }.Does(
            (result, output, cancellationToken) => RunAsync(result.GetValue(program), result.GetValue(port), output, cancellationToken));
    }

    private static async Task<int> RunAsync(string? program, int port, CommandOutput output, CancellationToken cancellationToken)
    {
        using var monitor = ProgramChoice.Open(program);
        await using var server = await DashboardServer.StartAsync(monitor, new() { Port = port }, cancellationToken);
        if (output.IsJson)
        {
            output.WriteJson(
                json =>
                {
                    json.WriteStartObject();
                    json.WriteNumber("processId", monitor.RootProcessId);
                    json.WriteString("address", server.Address.ToString());
                    json.WriteEndObject();
                },
                isIndented: false);
        }
        else
        {
            output.WriteLine($"The dashboard of process {monitor.RootProcessId}: {server.Address}");
            output.WriteLine("The address contains a token that admits to it. Ctrl-C ends the server, and does nothing to the program.");
        }

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
}
