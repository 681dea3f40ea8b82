using System.Net;
using System.Text.Json;

namespace Multiprocessing.Dashboard.Tests;

public sealed class ActionTests
{
    [Fact]
    public async Task A_kill_needs_a_post_the_token_and_the_antiforgery_header()
    {
        await using var dashboard = await TestServer.StartAsync();
        var antiforgery = await AntiforgeryAsync(dashboard);
        using var get = await dashboard.GetAsync("api/kill/4201", dashboard.Bearer, antiforgery);
        get.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var noToken = await dashboard.SendAsync(HttpMethod.Post, "api/kill/4201", antiforgery);
        noToken.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var noHeader = await dashboard.SendAsync(HttpMethod.Post, "api/kill/4201", dashboard.Bearer);
        noHeader.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var wrongHeader = await dashboard.SendAsync(HttpMethod.Post, "api/kill/4201", dashboard.Bearer, "X-Multiprocessing-Antiforgery: guessed");
        wrongHeader.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var foreign = await dashboard.SendAsync(HttpMethod.Post, "api/kill/4201", dashboard.Bearer, antiforgery, "Origin: https://evil.example");
        foreign.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        dashboard.Program.Killed.ShouldBeEmpty();

        using var reply = await dashboard.SendAsync(HttpMethod.Post, "api/kill/4201", dashboard.Bearer, antiforgery);
        reply.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        dashboard.Program.Killed.ShouldBe([4201]);
    }

    [Fact]
    public async Task A_process_that_is_not_the_programs_is_not_killed_and_the_reply_says_why()
    {
        await using var dashboard = await TestServer.StartAsync();
        using var reply = await dashboard.SendAsync(HttpMethod.Post, "api/kill/1", dashboard.Bearer, await AntiforgeryAsync(dashboard));
        reply.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("Process 1 is not one of this program.");
    }

    [Fact]
    public async Task Actions_can_be_turned_off()
    {
        await using var dashboard = await TestServer.StartAsync(new() { AllowActions = false });
        using var reply = await dashboard.SendAsync(HttpMethod.Post, "api/kill/4201", dashboard.Bearer, await AntiforgeryAsync(dashboard));
        reply.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        dashboard.Program.Killed.ShouldBeEmpty();
    }

    private static async Task<string> AntiforgeryAsync(TestServer dashboard)
    {
        using var state = JsonDocument.Parse((await dashboard.ReadAsync("api/state", dashboard.Bearer)).Text);
        return $"X-Multiprocessing-Antiforgery: {state.RootElement.GetProperty("antiforgery").GetString()}";
    }
}
