using System.Diagnostics;
using System.Text.Json;

namespace Multiprocessing.ClusterTests;

/// <summary>A node on a machine of a <see cref="TestNetwork"/>: <c>mp node</c> with this program, as an administrator starts it.</summary>
internal sealed class MachineNode : IDisposable
{
    private readonly Process _mp;
    private readonly Task<string> _error;

    private MachineNode(Process mp)
    {
        _mp = mp;
        _error = mp.StandardError.ReadToEndAsync();
    }

    /// <summary>Gets the node's process, once it has joined.</summary>
    public int ProcessId { get; private set; }

    public bool HasEnded => _mp.HasExited;

    public int ExitCode => _mp.ExitCode;

    public static MachineNode Start(Machine machine, string name, string store, string certificates, string program) => new(Process.Start(
        new ProcessStartInfo("ip",
        [
            "netns", "exec", machine.Namespace, NodeCommandTests.Mp, "node", program, "--cluster", "test", "--name", name, "--workers", "2",
            "--postgres", store, "--address", $"{machine.Address}", "--json", "--grace", "1", "--missed-probes", $"{ClusterPlan.PatientMissedProbes}",
            "--certificate", $"{certificates}/member.pem", "--key", $"{certificates}/member.key", "--authority", $"{certificates}/authority.pem",
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);

    public async Task JoinAsync(CancellationToken cancellationToken)
    {
        var line = await _mp.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(90), cancellationToken);
        ProcessId = line is null
            ? throw new InvalidOperationException($"mp node ended: {await _error}")
            : JsonDocument.Parse(line).RootElement.GetProperty("processId").GetInt32();
    }

    /// <summary>Returns what it wrote to its standard error, when it has ended.</summary>
    public Task<string> ErrorAsync() => _error;

    public void Dispose()
    {
        _mp.Kill(entireProcessTree: true);
        _mp.WaitForExit();
        _mp.Dispose();
    }
}
