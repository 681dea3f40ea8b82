using System.CommandLine;
using Multiprocessing.Tool.Commands;
using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Programs;

namespace Multiprocessing.Tool.Pages;

/// <summary><c>mp report [PROGRAM]</c>: records a program until it ends, and writes one HTML file.</summary>
internal static class ReportCommand
{
    public const string Name = "report";

    public static Command Create()
    {
        var program = CommonOptions.Program();
        var path = new Option<string?>("--output", "-o")
        {
            Description = "The file to write; by default, the program's name and pid.",
            HelpName = "file"
        };
        var seconds = CommonOptions.Seconds("--for", "-f", 0, 0, 7 * 24 * 3600, "Ends the recording after a time; 0 records until the program ends.");
        return new Command(Name,
            "Records a running program until it ends or until Ctrl-C, and writes one HTML file that needs no server.") { program, path,
                seconds }.Does(
            (result, output, cancellationToken) => RunAsync(
                result.GetValue(program), result.GetValue(path), result.GetValue(seconds), output, cancellationToken));
    }

    private static async Task<int> RunAsync(string? program, string? path, double seconds, CommandOutput output, CancellationToken cancellationToken)
    {
        using var monitor = ProgramChoice.Open(program);
        path = Path.GetFullPath(path ?? NameOf(monitor));
        await using ProgramRecorder recorder = new(monitor);
        if (!output.IsJson && output.IsTerminal)
        {
            output.WriteLine($"Recording process {monitor.RootProcessId}. Ctrl-C ends the recording and writes the report.");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (seconds > 0)
        {
            limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        }

        try
        {
            await recorder.Completion.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // The time is over, or Ctrl-C: what was recorded is written.
        }

        // Not with the command's token: after Ctrl-C, the file must still be complete.
        await ProgramReport.WriteAsync(recorder, path, CancellationToken.None);
        if (output.IsJson)
        {
            output.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("processId", monitor.RootProcessId);
                json.WriteString("path", path);
                json.WriteEndObject();
            });
        }
        else
        {
            output.WriteLine(path);
        }

        return ExitCodes.Success;
    }

    private static string NameOf(ProgramMonitor monitor)
    {
        try
        {
            var name = string.Concat(monitor.Read().Name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_'
                ? letter : '-'));
            return $"{name}-{monitor.RootProcessId}.html";
        }
        catch (ProgramNotFoundException exception)
        {
            throw new CommandException(ExitCodes.NotFound, exception.Message);
        }
    }
}
