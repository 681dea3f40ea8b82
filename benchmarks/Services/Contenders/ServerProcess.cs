using System.Diagnostics;

namespace Services.Contenders;

/// <summary>
/// This program once more, as the server of a contender that does not start its own process. It ends when its input ends, which the death of this
/// process causes too.
/// </summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private ServerProcess(Process process) => Process = process;

    public Process Process { get; }

    public static ServerProcess Start(params IReadOnlyList<string> arguments) => new(Process.Start(
        new ProcessStartInfo(DotnetRunner.Command, [Path.Combine(AppContext.BaseDirectory, "Services.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);

    /// <summary>Waits for the server's first line.</summary>
    public ServerProcess WaitUntilReady()
    {
        _ = Process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The server ended before it was ready.");
        return this;
    }

    public void Dispose()
    {
        Process.StandardInput.Close();
        if (!Process.WaitForExit(Patience))
        {
            Process.Kill();
            Process.WaitForExit();
        }

        Process.Dispose();
    }
}
