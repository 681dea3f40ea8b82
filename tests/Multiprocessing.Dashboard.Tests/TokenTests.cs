using System.Net;

namespace Multiprocessing.Dashboard.Tests;

public sealed class TokenTests
{
    [Theory]
    [InlineData("")]
    [InlineData("app.js")]
    [InlineData("api/state")]
    [InlineData("api/events?after=0")]
    [InlineData("no/such/page")]
    [InlineData("?token=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("?token=")]
    public async Task A_request_without_the_token_is_refused(string path)
    {
        await using var dashboard = await TestServer.StartAsync();
        var (status, text) = await dashboard.ReadAsync(path);
        status.ShouldBe(HttpStatusCode.Unauthorized);
        text.ShouldContain("?token=");
        text.ShouldNotContain("images"); // nothing of the program
    }

    [Fact]
    public async Task The_token_is_exchanged_for_a_cookie_that_scripts_cannot_read_and_other_sites_do_not_send()
    {
        await using var dashboard = await TestServer.StartAsync();
        using var reply = await dashboard.GetAsync($"?token={dashboard.Token}");
        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        var cookie = reply.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem();
        cookie.ShouldContain("; path=/;");
        cookie.ShouldContain("samesite=strict", Case.Insensitive);
        cookie.ShouldContain("httponly", Case.Insensitive);
        cookie.ShouldNotContain(dashboard.Token);

        var (status, text) = await dashboard.ReadAsync("api/state", $"Cookie: {cookie.Split(';')[0]}");
        status.ShouldBe(HttpStatusCode.OK);
        text.ShouldContain("images");
    }

    [Fact]
    public async Task Each_start_has_a_token_and_a_cookie_of_its_own()
    {
        await using var first = await TestServer.StartAsync();
        await using var second = await TestServer.StartAsync();
        first.Token.Length.ShouldBe(64);
        first.Token.ShouldNotBe(second.Token);
        using var reply = await first.GetAsync($"?token={first.Token}");
        var cookie = reply.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        (await second.ReadAsync("api/state", $"Cookie: {cookie}")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await second.ReadAsync("api/state", $"Authorization: Bearer {first.Token}")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_script_may_send_the_token_as_a_bearer()
    {
        await using var dashboard = await TestServer.StartAsync();
        (await dashboard.ReadAsync("api/state", dashboard.Bearer)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_RequireToken_the_pages_open_but_an_action_still_needs_its_header()
    {
        await using var dashboard = await TestServer.StartAsync(new() { RequireToken = false });
        dashboard.Server.Address.Query.ShouldBeEmpty();
        (await dashboard.ReadAsync("")).Status.ShouldBe(HttpStatusCode.OK);
        using var reply = await dashboard.SendAsync(HttpMethod.Post, "api/kill/4201");
        reply.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        dashboard.Program.Killed.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("short")]
    [InlineData("with spaces in it")]
    [InlineData("with&ampersand=inside")]
    public async Task A_token_that_is_short_or_does_not_fit_an_address_is_refused(string token)
    {
        using FakeProgram program = new();
        var error = await Should.ThrowAsync<ArgumentException>(DashboardServer.StartAsync(program, new() { Token = token }, TestContext.Current.CancellationToken));
        error.Message.ShouldContain("at least 16 characters");
    }

    [Fact]
    public async Task Every_reply_forbids_foreign_and_inline_content()
    {
        await using var dashboard = await TestServer.StartAsync();
        foreach (var path in new[] { "", "app.js", "api/state", "no/such/page" })
        {
            using var reply = await dashboard.GetAsync(path, dashboard.Bearer);
            var policy = reply.Headers.GetValues("Content-Security-Policy").Single();
            policy.ShouldStartWith("default-src 'self';");
            policy.ShouldNotContain("unsafe");
            policy.ShouldContain("frame-ancestors 'none'");
            reply.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
            reply.Headers.GetValues("Referrer-Policy").Single().ShouldBe("no-referrer");
            reply.Headers.CacheControl!.NoStore.ShouldBeTrue();
            reply.Headers.Contains("Server").ShouldBeFalse();
        }
    }
}
