using Microsoft.Playwright;

namespace Multiprocessing.Dashboard.Tests;

/// <summary>
/// Pictures of real programs. With MULTIPROCESSING_SCREENSHOTS=folder, each page of four programs in light, dark and on a narrow screen, to be looked at;
/// with MULTIPROCESSING_UPDATE_PICTURES=1 those of the README and of the guide, which are checked in.
/// </summary>
[Collection(BrowserCollection.Name)]
public sealed class RealPicturesTests(Chromium chromium)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("MULTIPROCESSING_SCREENSHOTS");
    private static readonly bool Update = Environment.GetEnvironmentVariable("MULTIPROCESSING_UPDATE_PICTURES") == "1";
    private static readonly string Images = Path.Combine(RealProgram.Root, "docs", "guide", "images");

    [Theory]
    [InlineData("batch")]
    [InlineData("crowd")]
    [InlineData("web")]
    [InlineData("shop")]
    public async Task Pictures_of_each_page_are_taken(string name)
    {
        Assert.SkipWhen(Folder is null, "MULTIPROCESSING_SCREENSHOTS names no folder for the pictures.");
        Directory.CreateDirectory(Folder);
        await using var program = await StartAsync(name);
        await Task.Delay(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken); // a history to show
        foreach (var (theme, width) in new[] { (ColorScheme.Light, 1280), (ColorScheme.Dark, 1280), (ColorScheme.Light, 390) })
        {
            await using var watched = await OpenAsync(program, theme, width);
            foreach (var page in ScreenshotTests.Pages)
            {
                await watched.GoAsync(page);
                await watched.Page.WaitForTimeoutAsync(1500);
                await watched.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-{page}-{theme}-{width}.png".ToLowerInvariant()), FullPage = true });
            }

            watched.ShouldHaveNoFaults();
        }

        var report = Path.Combine(Folder, $"{name}.html");
        await ProgramReport.WriteAsync(program.Server.Recorder, report, TestContext.Current.CancellationToken);
        await using var file = await chromium.OpenAsync(new Uri(report), new() { Offline = true, ViewportSize = new() { Width = 1280, Height = 900 } });
        await file.SeeAsync("#status", "Report of");
        await file.GoAsync("tasks");
        await file.Page.WaitForTimeoutAsync(1000);
        await file.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder, $"{name}-report.png"), FullPage = true });
        file.ShouldHaveNoFaults();
    }

    [Fact]
    public async Task The_pictures_of_the_guide_show_real_programs()
    {
        SkipUnlessUpdated();
        await using (var web = await RealProgram.StartWebAsync())
        {
            await Task.Delay(TimeSpan.FromSeconds(35), TestContext.Current.CancellationToken);
            await using var tasks = await OpenAsync(web, ColorScheme.Dark, 1100);
            await tasks.GoAsync("tasks");
            await tasks.SeeAsync("section:has(h2:text-is('Failed tasks')) tbody tr");
            await tasks.Page.GetByRole(AriaRole.Button, new() { Name = "Zoom in" }).ClickAsync();
            await tasks.Page.WaitForTimeoutAsync(1500);
            await ShootAsync(tasks, "dashboard-tasks.png", 780);
            tasks.ShouldHaveNoFaults();
        }

        await using var shop = await RealProgram.StartShopAsync();
        await Task.Delay(TimeSpan.FromSeconds(45), TestContext.Current.CancellationToken);
        await using var overview = await OpenAsync(shop, ColorScheme.Light, 1280);
        await overview.Page.WaitForTimeoutAsync(1500);
        await ShootAsync(overview, "dashboard-overview.png", 900);
        overview.ShouldHaveNoFaults();
    }

    [Fact]
    public async Task The_picture_of_mp_top_shows_a_real_program()
    {
        SkipUnlessUpdated();
        Assert.SkipUnless(TerminalPicture.IsPossible, "tmux is not installed.");
        await using var shop = await RealProgram.StartShopAsync();
        await Task.Delay(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        using TerminalPicture terminal = new(106, 31, $"{RealProgram.PathOf("src", "Multiprocessing.Tool", "mp")} top {shop.Id}");
        await Task.Delay(TimeSpan.FromSeconds(8), TestContext.Current.CancellationToken); // rates need two reads
        terminal.Text().ShouldContain("PROCESSES");
        await using var context = await chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1000, Height = 700 } });
        var page = await context.NewPageAsync();
        await page.SetContentAsync(terminal.Html());
        await page.Locator("pre").ScreenshotAsync(new() { Path = Path.Combine(Images, "mp-top.png") });
        ShouldBeSmall("mp-top.png");
    }

    private static void SkipUnlessUpdated() => Assert.SkipUnless(Update, "The pictures are written with MULTIPROCESSING_UPDATE_PICTURES=1.");

    private static Task<RealProgram> StartAsync(string name) => name switch
    {
        "batch" => RealProgram.StartBatchAsync(),
        "crowd" => RealProgram.StartBatchAsync(workers: 128),
        "web" => RealProgram.StartWebAsync(),
        _ => RealProgram.StartShopAsync(),
    };

    private static async Task ShootAsync(WatchedPage watched, string name, float height)
    {
        var path = Path.Combine(Images, name);
        var width = watched.Page.ViewportSize!.Width;
        await watched.Page.ScreenshotAsync(new() { Path = path, FullPage = true, Clip = new() { X = 0, Y = 0, Width = width, Height = height } });
        ShouldBeSmall(name);
    }

    private static void ShouldBeSmall(string name) => new FileInfo(Path.Combine(Images, name)).Length.ShouldBeLessThanOrEqualTo(150 * 1024, name);

    private async Task<WatchedPage> OpenAsync(RealProgram program, ColorScheme theme, int width)
    {
        var watched = await chromium.OpenAsync(program.Server.Address, new()
        {
            ViewportSize = new() { Width = width, Height = width < 500 ? 844 : 900 },
            ColorScheme = theme,
        });
        await watched.SeeAsync("#status", "Live");
        return watched;
    }
}
