using Microsoft.Playwright;

namespace Multiprocessing.Dashboard.Tests;

/// <summary>A page that stays open while a real program works: ten seconds, or a minute with MULTIPROCESSING_ALL.</summary>
[Collection(BrowserCollection.Name)]
public sealed class LongLookTests(Chromium chromium)
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("MULTIPROCESSING_ALL") is { Length: > 0 } ? 60 : 10);

    [Fact]
    public async Task Updates_once_a_second_make_no_error_and_no_request_that_leaves_the_machine()
    {
        await using var program = await RealProgram.StartShopAsync();
        await using var watched = await chromium.OpenAsync(program.Server.Address);
        await watched.SeeAsync("#status", "Live");
        var until = DateTime.UtcNow + Time;
        var pages = 0;
        while (DateTime.UtcNow < until)
        {
            await watched.GoAsync(ScreenshotTests.Pages[pages++ % ScreenshotTests.Pages.Length]);
            await watched.Page.WaitForTimeoutAsync(1000);
        }

        await watched.GoAsync("services");
        await watched.SeeAsync("tbody th", "bookkeeping");
        await watched.SeeAsync("#status", "Live");
        watched.ShouldHaveNoFaults();
        // One state and one stream: the connection has not been lost, and nothing polls.
        watched.Requests.Count(static url => url.Contains("/api/state")).ShouldBe(1);
        watched.Requests.Count(static url => url.Contains("/api/events")).ShouldBe(1);
    }

    [Fact]
    public async Task A_table_of_128_workers_changes_with_each_second()
    {
        using FakeProgram program = new(workers: 128);
        await using var server = await DashboardServer.StartAsync(program, new(), TestContext.Current.CancellationToken);
        await using var watched = await chromium.OpenAsync(server.Address);
        await watched.SeeAsync("#status", "Live");
        await watched.GoAsync("processes");
        // The made-up program is a second older at each read, and the first row says for how long it has run.
        await watched.Page.EvaluateAsync("""
            () => {
              window.seen = new Set();
              const look = () => window.seen.add(document.querySelector('tbody tr td:nth-child(8)').textContent);
              new MutationObserver(look).observe(document.querySelector('tbody'), { subtree: true, childList: true, characterData: true });
            }
            """);
        await watched.Page.WaitForFunctionAsync("() => window.seen.size >= 8");
        foreach (var page in ScreenshotTests.Pages)
        {
            await watched.GoAsync(page);
            await watched.Page.WaitForTimeoutAsync(1000);
        }

        watched.ShouldHaveNoFaults();
        watched.Requests.Count(static url => url.Contains("/api/state")).ShouldBe(1);
        watched.Requests.Count(static url => url.Contains("/api/events")).ShouldBe(1);
    }

    [Fact]
    public async Task Rows_among_128_are_found_and_ordered_while_they_change()
    {
        using FakeProgram program = new(workers: 128);
        await using var server = await DashboardServer.StartAsync(
            program, new() { Interval = TimeSpan.FromMilliseconds(300) }, TestContext.Current.CancellationToken);
        await using var watched = await chromium.OpenAsync(server.Address);
        await watched.SeeAsync("#status", "Live");
        await watched.GoAsync("processes");
        var controls = watched.Page.GetByRole(AriaRole.Group, new() { Name = "Process tree" });
        var search = controls.GetByRole(AriaRole.Searchbox);
        await search.FillAsync("service");
        await watched.Page.WaitForFunctionAsync("() => document.querySelectorAll('tbody th.tree').length === 1");
        (await watched.Page.Locator("tbody th.tree").InnerTextAsync()).ShouldContain("ocr");
        (await controls.Locator(".note").InnerTextAsync()).ShouldStartWith("1 of ");
        await search.FillAsync("no such thing");
        await watched.Page.WaitForFunctionAsync("() => document.querySelectorAll('tbody th.tree').length === 0");
        await search.FillAsync("");

        // Working sets change with each sample: the order is that of the newest one.
        await controls.GetByRole(AriaRole.Combobox).SelectOptionAsync("memory");
        for (var look = 0; look < 3; look++)
        {
            await watched.Page.WaitForFunctionAsync("""
                () => {
                  const units = { B: 1, KB: 1024, MB: 1048576, GB: 1073741824 };
                  const sizes = [...document.querySelectorAll('tbody th.tree')].map(cell => {
                    const [number, unit] = cell.parentElement.cells[5].textContent.split(' ');
                    return Number(number.replace(/,/g, '')) * units[unit];
                  });
                  return sizes.length > 120 && sizes.every((size, index) => index === 0 || size <= sizes[index - 1]);
                }
                """);
            await watched.Page.WaitForTimeoutAsync(300);
        }

        await controls.GetByRole(AriaRole.Combobox).SelectOptionAsync("tree");
        await watched.SeeAsync("tbody tr:first-child th.tree", "Batch");
        watched.ShouldHaveNoFaults();
    }
}
