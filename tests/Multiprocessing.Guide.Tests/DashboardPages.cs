using System.Net;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of docs/guide/dashboard.md.</summary>
public class DashboardPages
{
    [Fact]
    public async Task A_program_mounts_its_dashboard()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        #region dashboard-mounted
        await using var app = builder.Build();
        app.MapMultiprocessing("/mp");
        await app.StartAsync();
        #endregion
        using var client = new HttpClient();
        (await client.GetAsync($"{app.Urls.First()}/mp/")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await app.StopAsync();
    }

    /// <summary>The pages of a program show the cluster of its pool.</summary>
    internal static async Task ShowsAsync(ClusterPool pool)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        var token = "a-token-of-the-guide";
        #region dashboard-cluster
        app.MapMultiprocessing("/mp", new() { Token = token, Cluster = pool.ReadClusterAsync });
        #endregion
        await app.StartAsync();
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        while (!(await client.GetStringAsync($"{app.Urls.First()}/mp/api/state")).Contains("\"maxWorkers\":2", StringComparison.Ordinal))
        {
            await Task.Delay(50);
        }

        await app.StopAsync();
    }

    [Fact]
    public async Task A_policy_takes_the_place_of_the_token()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAuthentication("none").AddScheme<AuthenticationSchemeOptions, Stranger>("none", null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("operators", policy => policy.RequireAuthenticatedUser());
        await using var app = builder.Build();
        #region dashboard-policy
        app.MapMultiprocessing("/mp", new() { RequireToken = false, AllowRemote = true, AllowedHosts = ["jobs.example.org"] })
            .RequireAuthorization("operators");
        #endregion
        await app.StartAsync();
        using var client = new HttpClient();
        (await client.GetAsync($"{app.Urls.First()}/mp/")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await app.StopAsync();
    }

    [Fact]
    public async Task A_run_has_a_report()
    {
        var folder = Directory.CreateTempSubdirectory();
        var path = Path.Combine(folder.FullName, "run.html");
        await using (var pool = new ProcessPool(new() { Workers = 1 }))
        {
            #region dashboard-report
            await using (ProgramRecorder.StartCurrent(new() { ReportPath = path }))
            {
                await pool.ForEachAsync(Enumerable.Range(0, 20), number => Thread.Sleep(number));
            }
            #endregion
        }

        (await File.ReadAllTextAsync(path)).ShouldContain("report-data");
        folder.Delete(recursive: true);
    }

    /// <summary>Every request is a stranger's.</summary>
    private sealed class Stranger(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }
}
