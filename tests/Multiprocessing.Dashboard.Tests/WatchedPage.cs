using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Multiprocessing.Dashboard.Tests;

/// <summary>A page with the errors of its console and the addresses that it requested.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly Uri _address;
    private readonly ConcurrentQueue<string> _faults = new();

    public WatchedPage(IBrowserContext context, IPage page, Uri address)
    {
        _context = context;
        _address = address;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _faults.Enqueue($"console {message.Type}: {message.Text}");
            }
        };
        page.PageError += (_, error) => _faults.Enqueue($"error: {error}");
        context.Request += (_, request) =>
        {
            Requests.Enqueue(request.Url);
            if (!IsOwn(request.Url))
            {
                _faults.Enqueue($"request that leaves the page's server: {request.Url}");
            }
        };
    }

    public IPage Page { get; }

    public ConcurrentQueue<string> Requests { get; } = new();

    public void ShouldHaveNoFaults() => _faults.ShouldBeEmpty();

    /// <summary>Waits for an element; if it does not appear, the error says what the page complained of.</summary>
    public async Task<ILocator> SeeAsync(string selector, string? text = null, float seconds = 60)
    {
        var locator = Page.Locator(selector, new() { HasText = text }).First;
        try
        {
            await locator.WaitForAsync(new() { Timeout = seconds * 1000 });
        }
        catch (TimeoutException)
        {
            throw new ShouldAssertException(
                $"The page does not show '{selector}' {(text is null ? "" : $"with '{text}' ")}within {seconds} s. Faults: [{string.Join("; ", _faults)}]. "
                    + $"It shows: {await Page.Locator("body").InnerTextAsync()}");
        }

        return locator;
    }

    public async Task GoAsync(string page)
    {
        await Page.EvaluateAsync($"location.hash = '#/{page}'");
        await Page.Locator($"nav a[href='#/{page}'][aria-current=page]").WaitForAsync();
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private bool IsOwn(string url) => url.StartsWith("data:", StringComparison.Ordinal)
        || (Uri.TryCreate(url, UriKind.Absolute, out var uri) && (_address.IsFile ? uri == _address : uri.Authority == _address.Authority));
}
