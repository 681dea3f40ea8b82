using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Multiprocessing.Dashboard.Tests;

/// <summary>The pages of a program that works: the processes, pools and tasks of this test.</summary>
[Collection(BrowserCollection.Name)]
public sealed class RealProgramTests(Chromium chromium)
{
    [Fact]
    public async Task A_worker_that_is_killed_disappears_from_the_page_and_the_page_says_so()
    {
        var token = TestContext.Current.CancellationToken;
        await using ProcessPool pool = new(new() { Name = "images", Workers = 2 });
        await pool.RunAsync(Resize);
        using var monitor = ProgramMonitor.OpenCurrent();
        await using var server = await DashboardServer.StartAsync(monitor, new() { Interval = TimeSpan.FromMilliseconds(500) }, token);
        await using var watched = await chromium.OpenAsync(server.Address);
        await watched.SeeAsync("#status", "Live");
        await watched.GoAsync("pools");
        await watched.SeeAsync("main", "images"); // or the pages do not know whose worker it was
        await watched.GoAsync("processes");
        var victim = pool.GetInsights().Workers.First(worker => worker.ProcessId is not null).ProcessId!.Value;
        await watched.SeeAsync($"tbody tr:has(button[aria-label$='({victim})'])");

        using (var process = Process.GetProcessById(victim))
        {
            process.Kill(); // SIGKILL
        }

        await watched.Page.Locator($"tbody tr:has(button[aria-label$='({victim})'])").WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Detached, Timeout = 60_000 });
        await watched.GoAsync("overview");
        await watched.SeeAsync("td.prose", $"process {victim}) ended.");
        await watched.SeeAsync("td.prose", "A worker of the pool images died.");
        await pool.RunAsync(Resize); // the pool has replaced it
        watched.ShouldHaveNoFaults();
    }

    [Fact]
    public async Task The_remote_stack_of_a_failed_task_is_opened()
    {
        var token = TestContext.Current.CancellationToken;
        await using ProcessPool pool = new(new() { Name = "images", Workers = 1 });
        using var monitor = ProgramMonitor.OpenCurrent();
        await using var server = await DashboardServer.StartAsync(monitor, new() { Interval = TimeSpan.FromMilliseconds(500) }, token);
        await using var watched = await chromium.OpenAsync(server.Address);
        await watched.SeeAsync("#status", "Live");
        await watched.GoAsync("tasks");
        // Tasks are recorded while the program is looked at, which its publisher notices within a second.
        for (var attempt = 0; attempt < 30 && await watched.Page.Locator("button.open:has-text('FailsHere')").CountAsync() == 0; attempt++)
        {
            await Should.ThrowAsync<InvalidDataException>(pool.RunAsync(FailsHere, cancellationToken: token));
            await watched.Page.WaitForTimeoutAsync(1000);
        }

        var button = await watched.SeeAsync("section:has(h2:text-is('Failed tasks')) button.open", "FailsHere");
        await button.ClickAsync();
        var stack = await watched.SeeAsync("section:has(h2:text-is('Failed tasks')) pre.stack");
        var text = await stack.InnerTextAsync();
        text.ShouldContain("scan-0417.png has no header");
        text.ShouldContain("RealProgramTests.FailsHere");
        watched.ShouldHaveNoFaults();
    }

    [Fact]
    public async Task A_program_mounts_its_own_dashboard_and_logs_the_address_once()
    {
        var token = TestContext.Current.CancellationToken;
        LogLines lines = new();
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders().AddProvider(lines);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var application = builder.Build();
        application.MapMultiprocessing("/admin/mp", new() { Interval = TimeSpan.FromMilliseconds(200) });
        application.MapGet("/", () => "the application itself");
        await application.StartAsync(token);
        await using ProcessPool pool = new(new() { Name = "thumbnails", Workers = 1 });
        await pool.RunAsync(Resize);

        var line = lines.Texts.Where(text => text.Contains("/admin/mp/?token=")).ShouldHaveSingleItem();
        Uri address = new(line[line.IndexOf("http", StringComparison.Ordinal)..]);
        using HttpClient client = new();
        (await client.GetStringAsync(new Uri(address, "/"), token)).ShouldBe("the application itself");
        (await client.GetAsync(new Uri(address, "/admin/mp/api/state"), token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        // Without its last slash, too: the page is redirected, so that its files and its cookie are found.
        (await client.GetStringAsync(new Uri(address, $"/admin/mp{address.Query}"), token)).ShouldContain("Open the dashboard");
        client.DefaultRequestHeaders.Authorization = new("Bearer", System.Web.HttpUtility.ParseQueryString(address.Query)["token"]);
        (await client.GetStringAsync(new Uri(address, "/admin/mp/"), token)).ShouldContain("<main");
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (true)
        {
            using var state = JsonDocument.Parse(await client.GetStringAsync(new Uri(address, "/admin/mp/api/state"), limit.Token));
            if (state.RootElement.GetProperty("snapshot").GetProperty("pools").EnumerateArray().Any(found => found.GetProperty("name").GetString() == "thumbnails"))
            {
                break;
            }

            await Task.Delay(200, limit.Token);
        }

        await application.StopAsync(token);
    }

    private static void Resize() => Thread.Sleep(20);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FailsHere() => throw new InvalidDataException("scan-0417.png has no header of a PNG.");

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Texts { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Texts.Enqueue(formatter(state, exception));
    }
}
