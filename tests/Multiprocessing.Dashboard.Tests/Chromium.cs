using Microsoft.Playwright;

namespace Multiprocessing.Dashboard.Tests;

/// <summary>Debian's chromium, driven by Playwright. One browser for all tests; each test has a context of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const float Patience = 60_000;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => System.IO.Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    public IBrowser Browser
    {
        get
        {
            Assert.SkipWhen(_browser is null, "No chromium on the PATH: install it (Debian: apt-get install chromium) to run the tests in a browser.");
            return _browser!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Path is null)
        {
            return;
        }

        // The defaults, 5 and 30 s, are limits that a loaded machine exceeds.
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Path,
            // The sandbox of Chromium does not run as root; the pages are the test's own.
            Args = Environment.UserName == "root" ? ["--no-sandbox"] : [],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>Opens a page that records what it must not do: errors in the console, and requests to anything but the server.</summary>
    public async Task<WatchedPage> OpenAsync(Uri address, BrowserNewContextOptions? options = null)
    {
        var context = await Browser.NewContextAsync(options ?? new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        context.SetDefaultTimeout(Patience);
        var page = await context.NewPageAsync();
        WatchedPage watched = new(context, page, address);
        await page.GotoAsync(address.ToString());
        return watched;
    }
}

[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<Chromium>
{
    public const string Name = "browser";
}
