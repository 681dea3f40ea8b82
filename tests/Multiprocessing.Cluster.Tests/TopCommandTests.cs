using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary><c>mp top --cluster</c> and <c>mp dash --cluster</c>: this program is the published one, and its Main does not run.</summary>
public class TopCommandTests
{
    private static readonly string Program = typeof(TopCommandTests).Assembly.Location;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_writes_pictures_of_nodes_their_workers_and_callers()
    {
        var cluster = $"top-{Guid.NewGuid():N}";
        using var node = Node(cluster);
        await node.StartAsync(Token);
        await using IProcessPool pool = await ClusterPool.ConnectAsync(
            options =>
            {
                options.Cluster = cluster;
                options.Name = "caller";
                options.Membership.UseLocalhost();
                options.Detection.MissedProbes = ClusterPlan.PatientMissedProbes;
            },
            Token);
        using var source = new CancellationTokenSource();
        var task = pool.RunAsync(static token => token.WaitHandle.WaitOne(), new TaskOptions { Name = "waits" }, source.Token);
        using var mp = Start("top", Program, "--cluster", cluster, "--localhost", "--json", "--interval", "0.2", "--missed-probes", $"{ClusterPlan.PatientMissedProbes}");
        JsonElement picture;
        do
        {
            picture = JsonDocument.Parse(await LineAsync(mp)).RootElement;
        }
        while (!IsComplete(picture)); // a member that does not answer in time is shown as silent, without what it does
        var shown = picture.GetProperty("nodes")[0];
        (shown.GetProperty("name").GetString(), shown.GetProperty("state").GetString(), shown.GetProperty("maxWorkers").GetInt32(), shown.GetProperty("busyWorkers").GetInt32())
            .ShouldBe(("one", "Running", 2, 1));
        picture.GetProperty("callers")[0].GetProperty("name").GetString().ShouldBe("caller");
        await source.CancelAsync();
        await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        using (var kill = Process.Start("kill", ["-INT", $"{mp.Id}"]))
        {
            await kill.WaitForExitAsync(Token);
        }

        await mp.StandardOutput.ReadToEndAsync(Token).WaitAsync(TestCluster.Patience, Token);
        await mp.WaitForExitAsync(Token).WaitAsync(TestCluster.Patience, Token);
        mp.ExitCode.ShouldBe(130);
        await node.StopAsync(Token);
    }

    [Fact]
    public async Task It_ends_after_a_number_of_pictures_and_names_what_is_wrong()
    {
        var cluster = $"top-{Guid.NewGuid():N}";
        using var mp = Start("top", Program, "--cluster", cluster, "--localhost", "--json", "-n", "1");
        JsonDocument.Parse(await LineAsync(mp)).RootElement.GetProperty("nodes").GetArrayLength().ShouldBe(0);
        await mp.WaitForExitAsync(Token).WaitAsync(TestCluster.Patience, Token);
        mp.ExitCode.ShouldBe(0);
        (await FailAsync(2, "top", Program, "--cluster", cluster, "--json")).ShouldContain("--localhost");
        (await FailAsync(2, "top", Program, "--localhost", "--json")).ShouldContain("--localhost is an option of a cluster");
        (await FailAsync(2, "top", "--cluster", cluster, "--localhost", "--json")).ShouldContain("published program");
        (await FailAsync(2, "top", Program, "--cluster", cluster, "--localhost")).ShouldContain("terminal");
        (await FailAsync(1, "top", Program, "--cluster", cluster, "--json", "--address", "127.0.0.1", "--postgres", "Host=127.0.0.1;Port=1;Database=none;Username=none"))
            .ShouldContain("127.0.0.1");
    }

    [Fact]
    public async Task The_dashboard_of_a_cluster_shows_its_nodes()
    {
        var cluster = $"dash-{Guid.NewGuid():N}";
        using var node = Node(cluster);
        await node.StartAsync(Token);
        using var mp = Start("dash", Program, "--cluster", cluster, "--localhost", "--json", "--missed-probes", $"{ClusterPlan.PatientMissedProbes}");
        var address = new Uri(JsonDocument.Parse(await LineAsync(mp)).RootElement.GetProperty("address").GetString()!);
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", System.Web.HttpUtility.ParseQueryString(address.Query)["token"]);
        JsonElement seen = default;
        await TestCluster.Until(
            () =>
            {
                var state = client.GetStringAsync(new Uri(new Uri(address.GetLeftPart(UriPartial.Path)), "api/state"), Token).GetAwaiter().GetResult();
                seen = JsonDocument.Parse(state).RootElement.GetProperty("cluster").GetProperty("snapshot");
                return seen.ValueKind == JsonValueKind.Object && seen.GetProperty("nodes").GetArrayLength() == 1;
            },
            "the page has the node");
        (seen.GetProperty("cluster").GetString(), seen.GetProperty("nodes")[0].GetProperty("name").GetString()).ShouldBe((cluster, "one"));
        using (var kill = Process.Start("kill", ["-INT", $"{mp.Id}"]))
        {
            await kill.WaitForExitAsync(Token);
        }

        await mp.StandardOutput.ReadToEndAsync(Token).WaitAsync(TestCluster.Patience, Token);
        await mp.WaitForExitAsync(Token).WaitAsync(TestCluster.Patience, Token);
        mp.ExitCode.ShouldBe(0);
        await node.StopAsync(Token);
        (await FailAsync(1, "dash", Program, "--cluster", cluster, "--json", "--address", "127.0.0.1", "--postgres", "Host=127.0.0.1;Port=1;Database=none;Username=none"))
            .ShouldContain("127.0.0.1");
    }

    private static IHost Node(string cluster)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddMultiprocessingNode(options =>
        {
            options.Cluster = cluster;
            options.Name = "one";
            options.Workers = 2;
            options.Membership.UseLocalhost();
            options.Detection.MissedProbes = ClusterPlan.PatientMissedProbes;
        });
        return builder.Build();
    }

    private static bool IsComplete(JsonElement picture) => picture.GetProperty("callers").GetArrayLength() == 1
        && picture.GetProperty("nodes").EnumerateArray().Any(static node => node.GetProperty("busyWorkers").GetInt32() == 1
            && node.GetProperty("workers").EnumerateArray().Any(static worker => worker.GetProperty("task").GetString() == "waits"));

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(NodeCommandTests.Mp, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static async Task<string> LineAsync(Process mp) =>
        await mp.StandardOutput.ReadLineAsync(Token) ?? throw new InvalidOperationException($"mp top ended: {await mp.StandardError.ReadToEndAsync(Token)}");

    private static async Task<string> FailAsync(int code, params string[] arguments)
    {
        using var mp = Start(arguments);
        var error = await mp.StandardError.ReadToEndAsync(Token).WaitAsync(TestCluster.Patience, Token);
        await mp.WaitForExitAsync(Token).WaitAsync(TestCluster.Patience, Token);
        mp.ExitCode.ShouldBe(code, error);
        return error;
    }
}
