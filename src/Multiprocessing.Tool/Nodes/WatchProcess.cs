using System.ComponentModel;
using System.Diagnostics;

namespace Multiprocessing.Tool.Nodes;

/// <summary>
/// A process with the assemblies of a published program that looks at its cluster, and writes a picture in each line. It ends when its standard input
/// is closed, and so also when this process was killed.
/// </summary>
internal sealed class WatchProcess : IAsyncDisposable
{
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private WatchProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    public static async Task<WatchProcess> StartAsync(ProgramFiles program, NodeSettings settings)
    {
        var start = new ProcessStartInfo(program.Command, program.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_STARTUP_HOOKS"] = program.Hook;
        WatchProcess watch;
        try
        {
            watch = new WatchProcess(Process.Start(start)!);
        }
        catch (Win32Exception error)
        {
            throw new CommandException(ExitCodes.Failed, $"{program.Command} cannot be started: {error.Message}");
        }

        try
        {
            await watch._process.StandardInput.WriteLineAsync(settings.ToLine().AsMemory(), CancellationToken.None);
            await watch._process.StandardInput.FlushAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            // It has ended; the next picture is its error.
        }

        return watch;
    }

    /// <summary>Reads the next picture as a line of JSON.</summary>
    /// <exception cref="CommandException">The process has ended: it could not join, or the others have declared it dead.</exception>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        if (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            return line;
        }

        var errors = (await _errors.WaitAsync(cancellationToken)).Trim();
        throw new CommandException(
            ExitCodes.Failed,
            errors.StartsWith("mp: ", StringComparison.Ordinal) ? errors[4..] : $"The process that looked at the cluster has ended: {errors}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(LeaveTime);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
