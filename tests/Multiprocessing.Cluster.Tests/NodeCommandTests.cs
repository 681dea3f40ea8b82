using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary><c>mp node</c>: this program is the published one, and its Main does not run.</summary>
public class NodeCommandTests
{
    private static readonly string Configuration =
        typeof(NodeCommandTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug";

    /// <summary>The command, as it was built.</summary>
    internal static readonly string Mp = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "..", "..", "..", "src", "Multiprocessing.Tool", "bin", Configuration, "net10.0", "mp"));

    private static readonly string Program = typeof(NodeCommandTests).Assembly.Location;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_from_the_command_line_runs_tasks_and_finishes_them_when_it_is_asked_to_end()
    {
        var cluster = $"tool-{Guid.NewGuid():N}";
        using var authority = new TestAuthority("cluster");
        using var member = authority.Issue("member");
        var files = authority.Write(Directory.CreateTempSubdirectory("mp-node-").FullName, member);
        try
        {
            using var mp = Start(
                "node", Program, "--localhost", "--cluster", cluster, "--name", "tool", "--workers", "2", "--tag", "command", "--json",
                "--missed-probes", $"{ClusterPlan.PatientMissedProbes}",
                "--certificate", $"{files}/member.pem", "--key", $"{files}/member.key", "--authority", $"{files}/authority.pem");
            var ready = await ReadyAsync(mp);
            (ready.GetProperty("node").GetString(), ready.GetProperty("workers").GetInt32()).ShouldBe(("tool", 2));
            await using var pool = await ConnectAsync(cluster, options =>
            {
                options.RequireTag("command");
                TestAuthority.Use(options.Network, files);
            });
            IProcessPool tasks = pool;
            (await tasks.RunAsync(static factor => (CurrentTask.PoolName, factor * 2), 21, cancellationToken: Token)).ShouldBe(("tool", 42));
            var running = tasks.RunAsync(
                static folder =>
                {
                    File.WriteAllText(Path.Combine(folder, "runs"), "");
                    Thread.Sleep(1_000);
                    return 7;
                },
                files,
                cancellationToken: Token);
            await TestCluster.Until(() => File.Exists(Path.Combine(files, "runs")), "the task runs");
            Signal("TERM", mp.Id);
            (await running).ShouldBe(7);
            await mp.WaitForExitAsync(Token).WaitAsync(TestCluster.Patience, Token);
            mp.ExitCode.ShouldBe(0);
            IsAlive(ready.GetProperty("processId").GetInt32()).ShouldBeFalse();
        }
        finally
        {
            Directory.Delete(files, recursive: true);
        }
    }

    [Fact]
    public async Task A_node_ends_when_the_command_is_killed()
    {
        using var mp = Start("node", Program, "--localhost", "--cluster", $"tool-{Guid.NewGuid():N}", "--json");
        var node = (await ReadyAsync(mp)).GetProperty("processId").GetInt32();
        Signal("KILL", mp.Id);
        await TestCluster.Until(() => !IsAlive(node), "the node ends");
    }

    [Fact]
    public async Task Wrong_usage_has_a_message_and_a_code()
    {
        (await FailAsync(2, "node", Program)).ShouldContain("--localhost");
        (await FailAsync(2, "node", Program, "--localhost", "--key", "file")).ShouldContain("--certificate");
        (await FailAsync(2, "node", Program, "--localhost", "--address", "here")).ShouldContain("IP address");
        (await FailAsync(3, "node", "/no/such/program", "--localhost")).ShouldContain("/no/such/program");
        (await FailAsync(1, "node", Mp, "--localhost")).ShouldContain("Multiprocessing.Cluster");
        (await FailAsync(1, "node", Program, "--localhost", "--address", "192.0.2.1")).ShouldContain("without certificates");
    }

    private static Task<ClusterPool> ConnectAsync(string cluster, Action<ClusterPoolOptions> configure) => ClusterPool.ConnectAsync(
        options =>
        {
            options.Cluster = cluster;
            options.ConnectTimeout = TimeSpan.FromSeconds(60);
            options.Membership.UseLocalhost();
            options.Detection.MissedProbes = ClusterPlan.PatientMissedProbes;
            configure(options);
        },
        Token);

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Mp, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static async Task<JsonElement> ReadyAsync(Process mp)
    {
        var line = await mp.StandardOutput.ReadLineAsync(Token);
        return line is null
            ? throw new InvalidOperationException($"mp node ended: {await mp.StandardError.ReadToEndAsync(Token)}")
            : JsonDocument.Parse(line).RootElement;
    }

    private static async Task<string> FailAsync(int code, params string[] arguments)
    {
        using var mp = Start(arguments);
        var error = await mp.StandardError.ReadToEndAsync(Token).WaitAsync(TestCluster.Patience, Token);
        await mp.WaitForExitAsync(Token).WaitAsync(TestCluster.Patience, Token);
        mp.ExitCode.ShouldBe(code, error);
        return error;
    }

    private static void Signal(string signal, int processId)
    {
        using var kill = Process.Start("kill", [$"-{signal}", processId.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
