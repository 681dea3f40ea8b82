using System.Net;
using Microsoft.AspNetCore.Http;

namespace Multiprocessing.Dashboard.Tests;

public sealed class OriginTests
{
    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:80")]
    [InlineData("localhost.evil.example")]
    [InlineData("192.0.2.7")]
    public async Task A_request_for_another_host_is_refused_although_it_has_the_token(string host)
    {
        await using var dashboard = await TestServer.StartAsync();
        var (status, text) = await dashboard.ReadAsync("api/state", dashboard.Bearer, $"Host: {host}");
        status.ShouldBe(HttpStatusCode.Forbidden);
        text.ShouldContain("AllowedHosts");
    }

    [Fact]
    public async Task Localhost_loopback_addresses_and_added_names_are_admitted()
    {
        await using var dashboard = await TestServer.StartAsync(new() { AllowedHosts = ["build.example.org"] });
        foreach (var host in new[] { "localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:99", "build.example.org", "Build.Example.org:8080" })
        {
            (await dashboard.ReadAsync("api/state", dashboard.Bearer, $"Host: {host}")).Status.ShouldBe(HttpStatusCode.OK, host);
        }
    }

    [Theory]
    [InlineData("Origin: https://evil.example")]
    [InlineData("Origin: null")]
    [InlineData("Origin: http://127.0.0.1:1")] // a page at another port of this machine
    [InlineData("Sec-Fetch-Site: cross-site")]
    [InlineData("Sec-Fetch-Site: same-site")]
    public async Task A_request_of_another_origin_is_refused_although_it_has_the_token(string header)
    {
        await using var dashboard = await TestServer.StartAsync();
        var (status, text) = await dashboard.ReadAsync("api/state", dashboard.Bearer, header);
        status.ShouldBe(HttpStatusCode.Forbidden);
        text.ShouldContain("another origin");
        text.ShouldNotContain("images");
    }

    [Fact]
    public async Task Requests_of_the_own_page_and_a_link_with_the_token_are_admitted()
    {
        await using var dashboard = await TestServer.StartAsync();
        var origin = dashboard.Root.GetLeftPart(UriPartial.Authority);
        (await dashboard.ReadAsync("api/state", dashboard.Bearer, $"Origin: {origin}", "Sec-Fetch-Site: same-origin")).Status.ShouldBe(HttpStatusCode.OK);
        string[] link = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"];
        (await dashboard.ReadAsync($"?token={dashboard.Token}", link)).Status.ShouldBe(HttpStatusCode.OK);
        (await dashboard.ReadAsync("", link)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("192.0.2.7", false, 403)]
    [InlineData("::ffff:192.0.2.7", false, 403)]
    [InlineData("127.0.0.1", false, 0)]
    [InlineData("::ffff:127.0.0.1", false, 0)]
    [InlineData("::1", false, 0)]
    [InlineData("192.0.2.7", true, 0)]
    public void A_request_of_another_machine_needs_AllowRemote(string address, bool allowRemote, int status)
    {
        DashboardOptions options = new() { AllowRemote = allowRemote };
        Keys keys = new(null);
        DefaultHttpContext context = new();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Method = "GET";
        context.Request.Host = new("localhost", 80);
        context.Request.Headers.Authorization = $"Bearer {keys.Token}";
        (new AccessRules(options, keys).Check(context)?.Status ?? 0).ShouldBe(status);
    }

    [Fact]
    public async Task A_server_at_an_address_of_the_network_needs_AllowRemote()
    {
        using FakeProgram program = new();
        var error = await Should.ThrowAsync<ArgumentException>(
            DashboardServer.StartAsync(program, new() { Address = IPAddress.Any }, TestContext.Current.CancellationToken));
        error.Message.ShouldContain("AllowRemote");
        await using var server = await DashboardServer.StartAsync(program, new() { Address = IPAddress.Any, AllowRemote = true }, TestContext.Current.CancellationToken);
        server.Address.Host.ShouldBe("localhost");
    }
}
