using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Multiprocessing.Dashboard.Tests;

/// <summary>The pages in a browser, against a made-up program.</summary>
[Collection(BrowserCollection.Name)]
public sealed class BrowserTests(Chromium chromium)
{
    [Fact]
    public async Task A_page_without_the_token_shows_the_refusal_and_nothing_of_the_program()
    {
        await using var dashboard = await TestServer.StartAsync(new() { Interval = TimeSpan.FromMilliseconds(500) });
        await using var watched = await chromium.OpenAsync(dashboard.Root);
        (await watched.Page.Locator("body").InnerTextAsync()).ShouldContain("The dashboard needs its token.");
    }

    [Fact]
    public async Task The_token_leaves_the_address_and_the_page_stays_open_when_it_is_loaded_again()
    {
        await using var dashboard = await TestServer.StartAsync(new() { Interval = TimeSpan.FromMilliseconds(500) });
        await using var watched = await chromium.OpenAsync(dashboard.Server.Address);
        await watched.SeeAsync("#status", "Live");
        watched.Page.Url.ShouldBe(dashboard.Root.ToString());
        await watched.Page.ReloadAsync();
        await watched.SeeAsync("#status", "Live");
        watched.ShouldHaveNoFaults();
    }

    [Fact]
    public async Task The_stack_of_a_failed_task_is_opened_with_the_keyboard_and_stays_open_while_the_page_changes()
    {
        await using var dashboard = await TestServer.StartAsync(new() { Interval = TimeSpan.FromMilliseconds(500) });
        await using var watched = await chromium.OpenAsync(dashboard.Server.Address);
        await watched.SeeAsync("#status", "Live");
        await watched.GoAsync("tasks");
        var row = await watched.SeeAsync("section:has(h2:text-is('Failed tasks')) tbody tr:has-text('InvalidDataException') button.open", seconds: 60);
        await row.FocusAsync();
        await watched.Page.Keyboard.PressAsync("Enter");
        var stack = await watched.SeeAsync("section:has(h2:text-is('Failed tasks')) pre.stack");
        (await stack.InnerTextAsync()).ShouldContain("at Images.Decoder.ReadHeader(Stream stream)");
        var focused = await watched.Page.EvaluateAsync<string>("() => document.activeElement.textContent");
        await watched.Page.WaitForTimeoutAsync(2000); // four samples
        (await stack.IsVisibleAsync()).ShouldBeTrue();
        (await watched.Page.EvaluateAsync<string>("() => document.activeElement.textContent")).ShouldBe(focused);
        watched.ShouldHaveNoFaults();
    }

    [Fact]
    public async Task The_stream_is_zoomed_moved_and_followed_again()
    {
        await using var dashboard = await TestServer.StartAsync(new() { Interval = TimeSpan.FromMilliseconds(500) });
        await using var watched = await chromium.OpenAsync(dashboard.Server.Address);
        await watched.SeeAsync("#status", "Live");
        await watched.GoAsync("tasks");
        await watched.SeeAsync(".controls .note", "30.0 s");
        var window = watched.Page.Locator(".controls .note");
        await watched.Page.GetByRole(AriaRole.Button, new() { Name = "Zoom in" }).ClickAsync();
        await watched.SeeAsync(".controls .note", "15.0 s");
        await watched.Page.GetByRole(AriaRole.Button, new() { Name = "Earlier" }).ClickAsync();
        await watched.SeeAsync("button[aria-label='Follow the newest tasks'][aria-pressed=false]");
        var still = await window.InnerTextAsync();
        await watched.Page.WaitForTimeoutAsync(1500);
        (await window.InnerTextAsync()).ShouldBe(still, "it does not follow any more");
        // The wheel with Ctrl zooms the chart itself.
        var box = (await watched.Page.Locator(".stream").BoundingBoxAsync())!;
        await watched.Page.Mouse.MoveAsync(box.X + (box.Width / 2), box.Y + 40);
        await watched.Page.Keyboard.DownAsync("Control");
        await watched.Page.Mouse.WheelAsync(0, -300);
        await watched.Page.Keyboard.UpAsync("Control");
        await watched.Page.WaitForFunctionAsync("before => document.querySelector('.controls .note').textContent !== before", still);
        await watched.Page.GetByRole(AriaRole.Button, new() { Name = "Follow the newest tasks" }).ClickAsync();
        await watched.SeeAsync("button[aria-label='Follow the newest tasks'][aria-pressed=true]");
        watched.ShouldHaveNoFaults();
    }

    [Fact]
    public async Task A_kill_is_confirmed_and_sent_with_the_header()
    {
        await using var dashboard = await TestServer.StartAsync(new() { Interval = TimeSpan.FromMilliseconds(500) });
        await using var watched = await chromium.OpenAsync(dashboard.Server.Address);
        await watched.SeeAsync("#status", "Live");
        await watched.GoAsync("processes");
        await watched.Page.GetByRole(AriaRole.Button, new() { Name = "Kill process ocr (4900)" }).ClickAsync();
        var dialog = watched.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Keep it" }).ClickAsync();
        dashboard.Program.Killed.ShouldBeEmpty();
        await watched.Page.GetByRole(AriaRole.Button, new() { Name = "Kill process ocr (4900)" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Kill", Exact = true }).ClickAsync();
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        dashboard.Program.Killed.ShouldBe([4900]);
        watched.ShouldHaveNoFaults();
    }

    [Fact]
    public async Task The_task_of_a_worker_that_hangs_is_cancelled()
    {
        // It hangs from the beginning: of a task that ends, another one might be there when the question is answered.
        await using var dashboard = await TestServer.StartAsync(new() { Interval = TimeSpan.FromMilliseconds(200) }, new() { HangsAfter = 2 });
        await using var watched = await chromium.OpenAsync(dashboard.Server.Address);
        await watched.SeeAsync("#status", "Live");
        await watched.GoAsync("pools");
        await watched.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel Resize in worker 3", Exact = true }).ClickAsync();
        var dialog = watched.Page.GetByRole(AriaRole.Dialog);
        (await dialog.InnerTextAsync()).ShouldContain("is not tried again");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true }).ClickAsync();
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        dashboard.Program.Canceled.ShouldBe(["images 3 Resize"]);
        watched.ShouldHaveNoFaults();
    }

    [Fact]
    public async Task Names_with_markup_stay_text()
    {
        await using var dashboard = await TestServer.StartAsync(new() { Interval = TimeSpan.FromMilliseconds(500) });
        dashboard.Program.ExtraTaskName = "<img src=x onerror=\"document.title='broken in'\"></script><script>alert(1)</script>";
        await using var watched = await chromium.OpenAsync(dashboard.Server.Address);
        await watched.SeeAsync("#status", "Live");
        await watched.GoAsync("tasks");
        await watched.SeeAsync("button.open", "<img src=x");
        (await watched.Page.Locator("main img").CountAsync()).ShouldBe(0);
        (await watched.Page.TitleAsync()).ShouldStartWith("Tasks");
        watched.ShouldHaveNoFaults();
    }

    [Fact]
    public async Task The_end_of_the_program_and_the_end_of_the_server_are_said()
    {
        await using var dashboard = await TestServer.StartAsync(new() { Interval = TimeSpan.FromMilliseconds(500) });
        await using var watched = await chromium.OpenAsync(dashboard.Server.Address);
        await watched.SeeAsync("#status", "Live");
        dashboard.Program.IsRunning = false;
        await watched.SeeAsync("#status", "The program has ended");
        watched.ShouldHaveNoFaults();
        await dashboard.Server.DisposeAsync();
        await watched.SeeAsync("#status", "Connection lost");
    }

    [Theory]
    [InlineData("light", "overview,processes,queues,pools,tasks,locks,services,output,why")]
    [InlineData("dark", "overview,tasks")] // the colours
    public async Task Each_page_passes_the_rules_of_accessibility(string theme, string pages)
    {
        await using var dashboard = await TestServer.StartAsync(new() { Interval = TimeSpan.FromMilliseconds(500) });
        await using var watched = await chromium.OpenAsync(dashboard.Server.Address);
        await watched.SeeAsync("#status", "Live");
        await watched.Page.GetByLabel("Colours").SelectOptionAsync(theme);
        foreach (var name in pages.Split(','))
        {
            await watched.GoAsync(name);
            await watched.Page.WaitForTimeoutAsync(300);
            var result = await watched.Page.RunAxe();
            result.Violations.Select(violation => $"{name}: {violation.Id}, {violation.Help}: {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}").ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Each_page_is_reached_with_the_keyboard_and_its_heading_gets_the_focus()
    {
        await using var dashboard = await TestServer.StartAsync(new() { Interval = TimeSpan.FromMilliseconds(500) });
        await using var watched = await chromium.OpenAsync(dashboard.Server.Address);
        await watched.SeeAsync("#status", "Live");
        await watched.Page.Keyboard.PressAsync("Tab");
        (await watched.Page.EvaluateAsync<string>("() => document.activeElement.className")).ShouldBe("skip");
        await watched.Page.Locator("nav a", new() { HasText = "Queues" }).FocusAsync();
        await watched.Page.Keyboard.PressAsync("Enter");
        await watched.SeeAsync("h1", "Queues");
        (await watched.Page.EvaluateAsync<string>("() => document.activeElement.id")).ShouldBe("title");
        await watched.Page.Locator("summary").First.FocusAsync();
        await watched.Page.Keyboard.PressAsync("Enter");
        await watched.SeeAsync("details[open] table th", "results");
        watched.ShouldHaveNoFaults();
    }
}
