using System.Net;

namespace Multiprocessing.Dashboard.Tests;

/// <summary>A dashboard of a made-up program with a client that has neither token nor cookie.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly SocketsHttpHandler _handler = new() { UseCookies = false, AllowAutoRedirect = false };

    private TestServer(FakeProgram program, DashboardServer server)
    {
        Program = program;
        Server = server;
        Token = System.Web.HttpUtility.ParseQueryString(server.Address.Query)["token"]!;
        Root = new(server.Address.GetLeftPart(UriPartial.Path));
        Client = new(_handler) { BaseAddress = Root };
    }

    public FakeProgram Program { get; }

    public DashboardServer Server { get; }

    public string Token { get; }

    public Uri Root { get; }

    public HttpClient Client { get; }

    public static async Task<TestServer> StartAsync(DashboardServerOptions? options = null, FakeProgram? program = null)
    {
        program ??= new();
        return new(program, await DashboardServer.StartAsync(
            program, options ?? new() { Interval = TimeSpan.FromMilliseconds(100) }, TestContext.Current.CancellationToken));
    }

    /// <summary>Sends a request with headers in the form "Name: value".</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params string[] headers)
    {
        using HttpRequestMessage request = new(method, new Uri(Root, path));
        foreach (var header in headers)
        {
            var parts = header.Split(": ", 2);
            if (parts[0] == "Host")
            {
                request.Headers.Host = parts[1];
            }
            else
            {
                request.Headers.TryAddWithoutValidation(parts[0], parts[1]).ShouldBeTrue(header);
            }
        }

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> GetAsync(string path, params string[] headers) => SendAsync(HttpMethod.Get, path, headers);

    public string Bearer => $"Authorization: Bearer {Token}";

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        Program.Dispose();
    }

    public async Task<(HttpStatusCode Status, string Text)> ReadAsync(string path, params string[] headers)
    {
        using var reply = await GetAsync(path, headers);
        return (reply.StatusCode, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
