using Npgsql;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>Members that find each other through a server, and what follows from its death.</summary>
public class StoreTests
{
    private const int Tasks = 200;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("postgres")]
    [InlineData("redis")]
    public async Task A_store_that_is_killed_and_restarted_in_the_middle_costs_no_task_and_no_second_start(string kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await using var cluster = new TestCluster(plan => plan with { Store = kind, Connection = store.Connection });

        // At the same time: each of them finds no tables, and they are created once.
        cluster.StartProcess("one");
        cluster.StartProcess("two");
        cluster.StartProcess("three");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 3);
        var folder = cluster.Folder;
        var killed = Path.Combine(folder, "killed");
        var map = pool.MapAsync(Enumerable.Range(0, Tasks), item => WorkPast(folder, killed, item), cancellationToken: Token);
        await TestCluster.Until(() => Ledger.Read(folder, "end").Count > 20, "some tasks have ended");
        store.Kill();
        var ended = Ledger.Read(folder, "end").Count;
        await File.WriteAllTextAsync(killed, "", Token);
        await TestCluster.Until(() => Ledger.Read(folder, "end").Count > ended + 40, "tasks run on without the store");
        await store.RestartAsync();
        (await map).ShouldBe(Enumerable.Range(0, Tasks).Select(static item => item * 2));
        var starts = Ledger.Read(folder, "start");
        (starts.Count, starts.Values.Max()).ShouldBe((Tasks, 1));

        // The members use the store again: a node joins, and one that is killed is lost.
        using var late = cluster.StartProcess("late");
        await TestCluster.Until(() => ((ClusterPool)pool).NodeNames.Contains("late"), "a node joins after the restart");
        late.Kill();
        await TestCluster.Until(() => !((ClusterPool)pool).NodeNames.Contains("late"), "the killed node is lost");
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("redis")]
    public async Task A_cluster_whose_members_were_all_killed_starts_again(string kind)
    {
        await using var store = await TestStore.StartAsync(kind);
        await using var cluster = new TestCluster(plan => plan with { Store = kind, Connection = store.Connection });
        using var first = cluster.StartProcess("first");
        await using (await cluster.ConnectAsync(nodes: 1))
        {
            first.Kill();
        }

        cluster.StartProcess("second");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        (await pool.RunAsync(static () => CurrentTask.PoolName, cancellationToken: Token)).ShouldBe("second");
    }

    [Theory]
    [InlineData("postgres", "127.0.0.1:1")]
    [InlineData("redis", "127.0.0.1:1")]
    public async Task A_store_that_does_not_answer_is_an_error_with_its_address_and_without_its_password(string kind, string address)
    {
        var connection = kind == "redis"
            ? $"{address},password=secret,connectTimeout=500,connectRetry=1"
            : "Host=127.0.0.1;Port=1;Database=cluster;Username=node;Password=secret";
        await using var cluster = new TestCluster(plan => plan with { Store = kind, Connection = connection });
        var error = await Should.ThrowAsync<ClusterException>(() => cluster.ConnectAsync());
        error.Message.ShouldContain(address);
        error.Message.ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_user_who_may_not_create_tables_is_an_error_with_the_way_out_and_works_after_it()
    {
        await using var store = await TestStore.StartAsync("postgres");
        await ExecuteAsync(store, "REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE ROLE plain LOGIN");
        await using var cluster = new TestCluster(
            plan => plan with { Store = "postgres", Connection = store.Connection.Replace("=owner", "=plain", StringComparison.Ordinal) });
        var error = await Should.ThrowAsync<ClusterException>(() => cluster.ConnectAsync());
        error.Message.ShouldContain(nameof(ClusterMembership.PostgresScript));
        await ExecuteAsync(store, ClusterMembership.PostgresScript);
        await ExecuteAsync(store, "GRANT ALL ON ALL TABLES IN SCHEMA public TO plain");
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        (await pool.RunAsync(static () => 1, cancellationToken: Token)).ShouldBe(1);
    }

    [Fact]
    public void A_connection_string_that_cannot_be_read_is_an_error_at_once()
    {
        var membership = new MultiprocessingNodeOptions().Membership;
        Should.Throw<ArgumentException>(() => membership.UsePostgres("no connection string"));
        Should.Throw<ArgumentException>(() => membership.UseRedis("abortConnect=true"));
    }

    /// <summary>Most of the tasks end only when the store was killed, however late the test does that.</summary>
    private static int WorkPast(string folder, string killed, int item)
    {
        while (item >= Tasks / 2 && !File.Exists(killed))
        {
            Thread.Sleep(20);
        }

        return Ledger.Work(folder, item, 100);
    }

    private static async Task ExecuteAsync(TestStore store, string statements)
    {
        await using var connection = new NpgsqlConnection(store.Connection);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(statements, connection);
        await command.ExecuteNonQueryAsync(Token);
    }
}
