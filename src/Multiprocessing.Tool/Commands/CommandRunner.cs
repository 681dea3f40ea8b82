using System.CommandLine;
using Multiprocessing.Tool.Output;

namespace Multiprocessing.Tool.Commands;

/// <summary>Runs the action of a command: one place that turns exceptions into messages and exit codes.</summary>
internal static class CommandRunner
{
    /// <summary>Sets the action of a command.</summary>
    public static Command Does(this Command command, Func<ParseResult, CommandOutput, CancellationToken, Task<int>> action)
    {
        command.SetAction((result, cancellationToken) => RunAsync(result, action, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult result, Func<ParseResult, CommandOutput, CancellationToken, Task<int>> action, CancellationToken cancellationToken)
    {
        var output = new CommandOutput(
            result.InvocationConfiguration.Output, result.InvocationConfiguration.Error, result.GetValue(CommonOptions.Json));
        try
        {
            return await action(result, output, cancellationToken);
        }
        catch (CommandException exception)
        {
            output.WriteError(exception.Message);
            return exception.ExitCode;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (TimeoutException exception)
        {
            output.WriteError(exception.Message);
            return ExitCodes.TimedOut;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            output.WriteError(exception.Message);
            return ExitCodes.Failed;
        }
    }
}
