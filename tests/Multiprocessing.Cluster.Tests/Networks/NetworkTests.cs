using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>Nodes on several machines: links that fail, members with a wrong certificate, and members of another build.</summary>
public class NetworkTests(ITestOutputHelper output)
{
    private const int Tasks = 1_000;

    private static readonly string Program = typeof(NetworkTests).Assembly.Location;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_machine_that_is_cut_off_costs_what_it_had_and_kills_what_it_ran_when_it_learns_of_it()
    {
        await using var site = await Site.StartAsync();
        var (machine, node) = await site.StartNodeAsync("victim");
        await site.StartNodeAsync("second");
        await site.StartNodeAsync("third");
        await using var pool = await site.ConnectAsync(nodes: 3, attempts: 3);
        var ledger = TaskLedger.Create(site.Cluster.Folder);
        var folder = ledger.Folder;

        // On each machine one task that lasts, besides the short ones.
        var lasting = Enumerable.Range(0, 3).Select(number => ((IProcessPool)pool).RunAsync(
            static (folder, number) =>
            {
                File.WriteAllText(Path.Combine(folder, $"long-{number}-{Environment.ProcessId}"), CurrentTask.PoolName);
                var end = Stopwatch.StartNew();
                while (CurrentTask.Attempt == 1 && CurrentTask.PoolName == "victim" && end.Elapsed < TimeSpan.FromSeconds(120))
                {
                    Thread.Sleep(50);
                }

                return CurrentTask.PoolName;
            },
            site.Cluster.Folder,
            number,
            cancellationToken: Token)).ToList();
        await TestCluster.Until(
            () => Directory.GetFiles(site.Cluster.Folder, "long-*").Any(static file => File.ReadAllText(file) == "victim") || lasting.TrueForAll(static task => task.IsCompleted),
            "the long tasks run");
        var map = ((IProcessPool)pool).MapOutcomesAsync(Enumerable.Range(0, Tasks), item => TaskLedger.Work(folder, item), cancellationToken: Token);
        await TestCluster.Until(() => ledger.CountEnds() > Tasks / 10, "some tasks have ended");
        var at = Stopwatch.GetTimestamp();
        machine.CutOff();
        var outcomes = await map;
        ledger.Check(Tasks, 3, outcomes);
        outcomes.ShouldAllBe(static outcome => outcome.IsSuccess);
        (await Task.WhenAll(lasting)).ShouldNotContain("victim");
        var elsewhere = ledger.Read().Where(static entry => entry is { IsStart: true, Attempt: > 1 }).Select(static entry => entry.Time).DefaultIfEmpty().Min();
        output.WriteLine(elsewhere == 0 ? "no task began twice" : $"cut off: tasks start elsewhere after {Stopwatch.GetElapsedTime(at, elsewhere).TotalSeconds:0.0} s");
        pool.NodeNames.Order().ShouldBe(["second", "third"]);

        // The machine finds out when it reaches the store again, if not before.
        var workers = WorkersOf(node.ProcessId);
        var wasAlive = !node.HasEnded;
        machine.Connect();
        await TestCluster.Until(() => node.HasEnded, "the node that was cut off ends");
        await TestCluster.Until(() => workers.TrueForAll(static worker => !IsAlive(worker)), "its workers are killed");
        output.WriteLine($"the node had ended before the link was up: {!wasAlive}");
        (await ((IProcessPool)pool).RunAsync(static () => 1, cancellationToken: Token)).ShouldBe(1);
    }

    [Fact]
    public async Task A_link_that_is_down_for_a_moment_costs_nothing()
    {
        await using var site = await Site.StartAsync();
        var (machine, _) = await site.StartNodeAsync("one");
        await site.StartNodeAsync("two");
        await site.StartNodeAsync("three");
        await using var pool = await site.ConnectAsync(nodes: 3, attempts: 1);
        var ledger = TaskLedger.Create(site.Cluster.Folder);
        var folder = ledger.Folder;
        var map = ((IProcessPool)pool).MapOutcomesAsync(Enumerable.Range(0, Tasks), item => TaskLedger.Work(folder, item), cancellationToken: Token);
        await TestCluster.Until(() => ledger.CountEnds() > Tasks / 10, "some tasks have ended");
        for (var i = 0; i < 3; i++)
        {
            machine.CutOff();
            await Task.Delay(300, Token);
            machine.Connect();
            await Task.Delay(700, Token);
        }

        var outcomes = await map;
        ledger.Check(Tasks, 1, outcomes).ShouldBe(0);
        outcomes.ShouldAllBe(static outcome => outcome.IsSuccess);
        pool.NodeNames.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_machine_with_a_wrong_certificate_and_one_with_another_build_get_no_task()
    {
        await using var site = await Site.StartAsync();
        await site.StartNodeAsync("right");
        await using var pool = await site.ConnectAsync(nodes: 1, attempts: 1);
        using var other = new TestAuthority("other");
        using var stranger = other.Issue("stranger");
        var wrong = site.Start(site.Network.AddMachine(), "wrong", other.Write(Path.Combine(site.Cluster.Folder, "wrong"), stranger), Program);

        // One more assembly, and so another build.
        var build = Path.Combine(site.Cluster.Folder, "build");
        using (var copy = Process.Start("cp", ["-rl", AppContext.BaseDirectory, build]))
        {
            await copy.WaitForExitAsync(Token);
        }

        File.Copy(typeof(ShouldBeStringTestExtensions).Assembly.Location, Path.Combine(build, "Another.dll"));
        var foreign = site.Start(site.Network.AddMachine(), "foreign", site.Certificates, Path.Combine(build, Path.GetFileName(Program)));
        await foreign.JoinAsync(Token);
        var names = await ((IProcessPool)pool).MapAsync(Enumerable.Range(0, 200), static _ => CurrentTask.PoolName, cancellationToken: Token);
        names.Distinct().ShouldBe(["right"]);
        await TestCluster.Until(() => wrong.HasEnded, "the member that the others refuse ends");
        wrong.ExitCode.ShouldBe(1);
        (await wrong.ErrorAsync()).ShouldContain("certificate");
        pool.NodeNames.ShouldBe(["right"]);
        pool.Status.ShouldBe(ProcessPoolStatus.Running);
        foreign.HasEnded.ShouldBeFalse();
    }

    [Fact]
    public void What_a_killed_run_has_left_is_removed()
    {
        using var network = new TestNetwork();
        var left = TestNetwork.NamespaceOf(int.MaxValue, 1); // no process has this id
        TestNetwork.Ip("netns", "add", left);
        TestNetwork.RemoveLeftovers();
        TestNetwork.Ip("netns", "list").ShouldNotContain(left);
        network.AddMachine();
        TestNetwork.RemoveLeftovers();
        TestNetwork.Ip("netns", "list").ShouldContain(TestNetwork.NamespaceOf(Environment.ProcessId, 2), Case.Sensitive, "it belongs to this run");
    }

    private static List<int> WorkersOf(int node)
    {
        using var ps = Process.Start(new ProcessStartInfo("ps", ["-o", "pid=", "--ppid", $"{node}"]) { RedirectStandardOutput = true })!;
        var output = ps.StandardOutput.ReadToEnd();
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => int.Parse(line, System.Globalization.CultureInfo.InvariantCulture))];
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

    /// <summary>A network with PostgreSQL on it, an authority, and the nodes that a test starts.</summary>
    private sealed class Site : IAsyncDisposable
    {
        private readonly TestAuthority _authority = new("cluster");
        private readonly List<MachineNode> _nodes = [];
        private TestPostgres? _store;

        private Site()
        {
            using var member = _authority.Issue("member");
            Cluster = new TestCluster(plan =>
            {
                Certificates = _authority.Write(Path.Combine(plan.Folder, "tls"), member);
                return plan with { Certificates = Certificates };
            });
        }

        public TestNetwork Network { get; } = new();

        public TestCluster Cluster { get; private set; }

        public string Certificates { get; private set; } = "";

        public static async Task<Site> StartAsync()
        {
            var site = new Site();
            try
            {
                site._store = new TestPostgres($"{site.Network.Address}", site.Network.Range);
                await site._store.RestartAsync();
                return site;
            }
            catch
            {
                await site.DisposeAsync();
                throw;
            }
        }

        public MachineNode Start(Machine machine, string name, string certificates, string program)
        {
            var node = MachineNode.Start(machine, name, _store!.Connection, certificates, program);
            _nodes.Add(node);
            return node;
        }

        public async Task<(Machine Machine, MachineNode Node)> StartNodeAsync(string name)
        {
            var machine = Network.AddMachine();
            var node = Start(machine, name, Certificates, Program);
            await node.JoinAsync(Token);
            return (machine, node);
        }

        public async Task<ClusterPool> ConnectAsync(int nodes, int attempts)
        {
            var pool = await TestCluster.Connect(
                Cluster.Plan with { Store = "postgres", Connection = _store!.Connection },
                options =>
                {
                    options.MaxAttempts = attempts;
                    options.Network.Address = Network.Address;
                });
            await TestCluster.Until(() => pool.NodeNames.Count == nodes, $"{nodes} nodes have joined");
            return pool;
        }

        public async ValueTask DisposeAsync()
        {
            _nodes.ForEach(static node => node.Dispose());
            await Cluster.DisposeAsync();
            if (_store is not null)
            {
                await _store.DisposeAsync();
            }

            Network.Dispose();
            _authority.Dispose();
        }
    }
}
