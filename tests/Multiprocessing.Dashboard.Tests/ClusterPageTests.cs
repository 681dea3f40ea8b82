namespace Multiprocessing.Dashboard.Tests;

/// <summary>The page of a cluster in a browser: nodes above their processes.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ClusterPageTests(Chromium chromium)
{
    [Fact]
    public async Task Nodes_are_shown_above_the_processes_and_one_opens_to_its_workers_which_change()
    {
        FakeCluster cluster = new() { Silent = 2 };
        await using var dashboard = await TestServer.StartAsync(new() { Interval = TimeSpan.FromMilliseconds(300), Cluster = cluster.ReadAsync });
        await using var watched = await chromium.OpenAsync(dashboard.Server.Address);
        await watched.SeeAsync(".tile:has-text('Nodes')", "1 of them silent");
        await watched.SeeAsync(".observations li", "Node node-2:");
        (await watched.Page.Locator("#pages li:visible a").AllInnerTextsAsync()).ToList()
            .FindIndex(static text => text.StartsWith("Cluster", StringComparison.Ordinal)).ShouldBe(1, "above the processes");
        await watched.GoAsync("cluster");
        await watched.SeeAsync("ul.facts", "3 nodes");
        await watched.SeeAsync("section:has(h2:text-is('Callers')) tbody tr", "caller-1");
        await watched.SeeAsync("tr.bad-row", "node-2");
        await watched.Page.Locator("button.open", new() { HasText = "node-1" }).ClickAsync();
        var workers = await watched.SeeAsync("tr.detail table tbody", "101");
        var before = await workers.InnerTextAsync();
        before.ShouldContain("Resize[");
        await watched.Page.WaitForFunctionAsync(
            "before => document.querySelector('tr.detail:not([hidden]) table tbody').innerText !== before", before);
        cluster.Silent = 0;
        await Microsoft.Playwright.Assertions.Expect(watched.Page.Locator("tr.bad-row")).ToHaveCountAsync(0, new() { Timeout = 60_000 });
        watched.ShouldHaveNoFaults();
    }

    [Fact]
    public async Task A_cluster_alone_has_one_page_and_says_why_it_cannot_be_read()
    {
        FakeCluster cluster = new();
        await using var server = await DashboardServer.StartClusterAsync(
            new() { Interval = TimeSpan.FromMilliseconds(200), Cluster = cluster.ReadAsync }, TestContext.Current.CancellationToken);
        await using var watched = await chromium.OpenAsync(server.Address);
        await watched.SeeAsync("#program", "cluster images");
        await watched.SeeAsync("tbody th", "node-3");
        (await watched.Page.Locator("#pages li:visible").CountAsync()).ShouldBe(1);
        cluster.Failure = new IOException("The members have declared this one dead.");
        await watched.SeeAsync("p[role=status]", "The cluster cannot be read now: The members have declared this one dead.");
        await watched.SeeAsync("tbody th", "node-3");
        watched.ShouldHaveNoFaults();
    }

    [Fact]
    public async Task A_program_without_a_cluster_has_no_such_page()
    {
        await using var dashboard = await TestServer.StartAsync(new() { Interval = TimeSpan.FromMilliseconds(500) });
        await using var watched = await chromium.OpenAsync(dashboard.Server.Address);
        await watched.SeeAsync("#status", "Live");
        (await watched.Page.Locator("#pages a[href='#/cluster']").IsVisibleAsync()).ShouldBeFalse();
        (await watched.Page.Locator(".tile:has-text('Nodes')").IsVisibleAsync()).ShouldBeFalse();
        (await Should.ThrowAsync<ArgumentException>(() => DashboardServer.StartClusterAsync(new(), TestContext.Current.CancellationToken)))
            .Message.ShouldContain("monitor.ReadAsync");
    }
}
