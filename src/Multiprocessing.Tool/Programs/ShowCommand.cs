using System.CommandLine;
using Multiprocessing.Tool.Commands;
using Multiprocessing.Tool.Output;
using Multiprocessing.Tool.Top;

namespace Multiprocessing.Tool.Programs;

/// <summary><c>mp show [PROGRAM]</c>: one complete picture of a program, or of one of its processes.</summary>
internal static class ShowCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        var program = CommonOptions.Program();
        return new Command("show", "Shows one picture of a running program, or of one process if its pid is named.") { program }.Does(
            (result, output, cancellationToken) => RunAsync(result.GetValue(program), output, cancellationToken));
    }

    private static async Task<int> RunAsync(string? program, CommandOutput output, CancellationToken cancellationToken)
    {
        using var monitor = ProgramChoice.Open(program);
        var maker = new PictureMaker();

        // Rates are differences of two pictures; and a busy program may need a moment to publish its names.
        _ = maker.Next(Read(monitor));
        await Task.Delay(Interval, cancellationToken);
        var snapshot = Read(monitor);
        if (output.IsJson)
        {
            output.WriteJson(json => ProgramSnapshotJson.WriteTo(json, snapshot));
            return ExitCodes.Success;
        }

        var picture = maker.Next(snapshot);
        if (int.TryParse(program, out var processId) && processId != snapshot.RootProcessId
            && snapshot.Processes.FirstOrDefault(process => process.Id == processId) is { } process)
        {
            ProcessReport.Write(output, snapshot, picture, process);
        }
        else
        {
            ProgramReport.Write(output, snapshot, picture);
        }

        return ExitCodes.Success;
    }

    private static ProgramSnapshot Read(ProgramMonitor monitor)
    {
        try
        {
            return monitor.Read();
        }
        catch (ProgramNotFoundException exception)
        {
            throw new CommandException(ExitCodes.NotFound, exception.Message);
        }
    }
}
