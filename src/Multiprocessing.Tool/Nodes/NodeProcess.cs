using System.ComponentModel;
using System.Diagnostics;

namespace Multiprocessing.Tool.Nodes;

/// <summary>
/// The process of a node. Its standard input is what keeps it: when it is closed, by Ctrl-C or because this process was killed, the node leaves the
/// cluster and ends.
/// </summary>
internal static class NodeProcess
{
    /// <summary>A node ends this much later than its tasks at the latest.</summary>
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(ProgramFiles program, NodeSettings settings, CancellationToken cancellationToken)
    {
        using var node = Start(program);
        await node.StandardInput.WriteLineAsync(settings.ToLine().AsMemory(), CancellationToken.None);
        await node.StandardInput.FlushAsync(CancellationToken.None);
        try
        {
            await node.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            node.StandardInput.Close();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(settings.LeaveGrace) + LeaveTime);
            try
            {
                await node.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                node.Kill(entireProcessTree: true);
                throw new CommandException(ExitCodes.TimedOut, $"The node (process {node.Id}) did not end in time, and was killed.");
            }
        }

        return node.ExitCode == 0 ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static Process Start(ProgramFiles program)
    {
        var start = new ProcessStartInfo(program.Command, program.Arguments) { RedirectStandardInput = true };
        start.Environment["DOTNET_STARTUP_HOOKS"] = program.Hook;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new CommandException(ExitCodes.Failed, $"{program.Command} cannot be started: {error.Message}");
        }
    }
}
