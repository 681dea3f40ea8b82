using Microsoft.Playwright;

namespace Multiprocessing.Dashboard.Tests;

/// <summary>Pictures of each page in light, dark and on a narrow screen, to be looked at: in the folder that MULTIPROCESSING_SCREENSHOTS names, or in the output.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ScreenshotTests(Chromium chromium)
{
    internal static readonly string[] Pages = ["overview", "processes", "queues", "pools", "tasks", "locks", "services", "output", "why"];

    // Headers and buttons of the column of actions that their table cuts at its right edge.
    private const string CutActions = """
        () => [...document.querySelectorAll('.scroll')].flatMap(scroll => [...scroll.querySelectorAll('th.action, td.action button')]
            .filter(each => each.getBoundingClientRect().right > scroll.getBoundingClientRect().right + 1)
            .map(each => each.textContent))
        """;

    private static string Folder { get; } =
        Environment.GetEnvironmentVariable("MULTIPROCESSING_SCREENSHOTS") ?? Path.Combine(AppContext.BaseDirectory, "screenshots");

    [Theory]
    [InlineData("light", 1280, 6)]
    [InlineData("dark", 1280, 6)]
    [InlineData("light", 390, 6)]
    [InlineData("light", 1280, 128)]
    [InlineData("dark", 1280, 128)]
    [InlineData("light", 390, 128)]
    public async Task Every_page_is_drawn_without_an_error_and_fits_the_screen(string theme, int width, int workers)
    {
        using FakeProgram program = new(workers) { Seconds = 80 };
        FakeCluster cluster = new(nodes: workers, workers: 4) { Silent = 2 };
        await using var server = await DashboardServer.StartAsync(
            program, new() { Interval = TimeSpan.FromMilliseconds(100), Cluster = cluster.ReadAsync }, TestContext.Current.CancellationToken);
        await using var watched = await chromium.OpenAsync(server.Address, new()
        {
            ViewportSize = new() { Width = width, Height = width < 500 ? 844 : 900 },
            ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
        });
        var page = watched.Page;
        await watched.SeeAsync("#status", "Live");
        await Should.ThrowAsync<IOException>(server.ProgramCompletion.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Directory.CreateDirectory(Folder);
        foreach (var name in Pages.Append("cluster"))
        {
            await watched.GoAsync(name);
            await page.WaitForTimeoutAsync(200);
            var overflow = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
            overflow.ShouldBe(0, $"the page {name} is wider than {width} px");
            var blank = await page.EvaluateAsync<double>(
                "() => document.documentElement.scrollHeight - Math.max(innerHeight, document.querySelector('footer').getBoundingClientRect().bottom + scrollY)");
            blank.ShouldBeLessThan(2, $"the page {name} ends with its footer");
            (await page.EvaluateAsync<string[]>(CutActions)).ShouldBeEmpty($"the page {name} shows its actions without scrolling sideways");
            (await page.EvaluateAsync<double>("() => document.documentElement.scrollHeight")).ShouldBeLessThan(
                width < 500 ? 3500 : 3200, $"the page {name} is no wall of rows, however many workers there are");
            await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{theme}-{width}-{workers}.png"), FullPage = true });
        }

        watched.ShouldHaveNoFaults();
    }
}
