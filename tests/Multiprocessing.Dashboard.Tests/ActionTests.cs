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
    public async Task A_cancellation_needs_a_post_the_token_and_the_antiforgery_header_and_means_one_task_only()
    {
        await using var dashboard = await TestServer.StartAsync();
        var antiforgery = await AntiforgeryAsync(dashboard);
        var path = await HungTaskAsync(dashboard);
        using var get = await dashboard.GetAsync(path, dashboard.Bearer, antiforgery);
        get.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var noToken = await dashboard.SendAsync(HttpMethod.Post, path, antiforgery);
        noToken.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var noHeader = await dashboard.SendAsync(HttpMethod.Post, path, dashboard.Bearer);
        noHeader.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var foreign = await dashboard.SendAsync(HttpMethod.Post, path, dashboard.Bearer, antiforgery, "Origin: https://evil.example");
        foreign.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var later = await dashboard.SendAsync(HttpMethod.Post, path + "99", dashboard.Bearer, antiforgery);
        later.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await later.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("Worker 3 does not run that task any more.");
        dashboard.Program.Canceled.ShouldBeEmpty();

        using var reply = await dashboard.SendAsync(HttpMethod.Post, path, dashboard.Bearer, antiforgery);
        reply.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        dashboard.Program.Canceled.ShouldBe(["images 3 Resize"]);
    }

    [Fact]
    public async Task Actions_can_be_turned_off()
    {
        await using var dashboard = await TestServer.StartAsync(new() { AllowActions = false });
        using var reply = await dashboard.SendAsync(HttpMethod.Post, "api/kill/4201", dashboard.Bearer, await AntiforgeryAsync(dashboard));
        reply.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        dashboard.Program.Killed.ShouldBeEmpty();
    }

    /// <summary>Returns the path that cancels the task of the third worker, which hangs.</summary>
    private static async Task<string> HungTaskAsync(TestServer dashboard)
    {
        for (var attempt = 0; attempt < 600; attempt++)
        {
            using var state = JsonDocument.Parse((await dashboard.ReadAsync("api/state", dashboard.Bearer)).Text);
            var pool = state.RootElement.GetProperty("snapshot").GetProperty("pools")[0];
            var worker = pool.GetProperty("workers").EnumerateArray().First(static worker => worker.GetProperty("number").GetInt32() == 3);
            if (worker.GetProperty("taskTime").ValueKind == JsonValueKind.Number && worker.GetProperty("taskTime").GetDouble() > 5)
            {
                return $"api/cancel/{pool.GetProperty("id").GetString()}/3/{worker.GetProperty("tasksDone").GetInt64()}";
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("The third worker does not hang.");
    }

    private static async Task<string> AntiforgeryAsync(TestServer dashboard)
    {
        using var state = JsonDocument.Parse((await dashboard.ReadAsync("api/state", dashboard.Bearer)).Text);
        return $"X-Multiprocessing-Antiforgery: {state.RootElement.GetProperty("antiforgery").GetString()}";
    }
}
