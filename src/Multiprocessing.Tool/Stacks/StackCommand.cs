using System.CommandLine;
using Microsoft.Diagnostics.NETCore.Client;
using Multiprocessing.Tool.Commands;
using Multiprocessing.Tool.Output;

namespace Multiprocessing.Tool.Stacks;

/// <summary><c>mp stack PID</c>: the managed stacks of a process.</summary>
internal static class StackCommand
{
    public static Command Create()
    {
        var process = CommonOptions.Process("The process: a worker that hangs, a service, or any other .NET process of this user.");
        var all = new Option<bool>("--all", "-a") { Description = "All threads and all frames, also those of the library and of the runtime alone." };
        var timeout = CommonOptions.Seconds("--timeout", "-t", byDefault: 10, least: 0.1, most: 3600, "How long to wait for the answer of the "
            + "process's runtime.");
        return new Command("stack", "Prints what the threads of a process do now, without stopping it.") { process, all, timeout }.Does(
            (result, output, cancellationToken) => RunAsync(
                result.GetValue(process), result.GetValue(all), TimeSpan.FromSeconds(result.GetValue(timeout)), output, cancellationToken));
    }

    private static async Task<int> RunAsync(int processId, bool isAll, TimeSpan timeout, CommandOutput output, CancellationToken cancellationToken)
    {
        var threads = await ReadAsync(processId, timeout, cancellationToken);
        if (output.IsJson)
        {
            output.WriteJson(json => StackReport.WriteJson(json, processId, threads));
        }
        else
        {
            StackReport.Write(output, processId, threads, isAll);
        }

        return ExitCodes.Success;
    }

    public static async Task<IReadOnlyList<ThreadStack>> ReadAsync(int processId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        OtherProcess.ThrowIfMissing(processId);
        try
        {
            return await StackReader.ReadAsync(processId, timeout, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new CommandException(ExitCodes.TimedOut, exception.Message + OtherProcess.ReasonForSilence(processId));
        }
        catch (Exception exception) when (exception is ServerNotAvailableException or ServerErrorException or UnsupportedCommandException)
        {
            OtherProcess.ThrowIfMissing(processId);
            throw new CommandException(ExitCodes.Refused, $"Process {processId} has no diagnostics port ({exception.Message}). "
                + "It is not a .NET process, belongs to another user, runs in another container, or runs with DOTNET_EnableDiagnostics=0.");
        }
    }
}
