using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Recording a program, reports, and the dashboard.</summary>
public class DashboardExamples
{
    [Fact]
    public async Task Recorders()
    {
        var folder = Directory.CreateTempSubdirectory();
        var path = Path.Combine(folder.FullName, "run.html");
        await using var pool = new ProcessPool(new() { Workers = 1 });
        #region ProgramRecorder
        await using (ProgramRecorder.StartCurrent(new() { ReportPath = path }))
        {
            await pool.ForEachAsync(Enumerable.Range(0, 20), number => Thread.Sleep(number));
        }
        #endregion
        (await File.ReadAllTextAsync(path)).ShouldContain("report-data");
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Options_of_recorders()
    {
        #region ProgramRecorderOptions
        var options = new ProgramRecorderOptions
        {
            Interval = TimeSpan.FromMilliseconds(500),
            History = TimeSpan.FromMinutes(30), // older samples are dropped
            MaxTasks = 1000,
        };
        await using var recorder = ProgramRecorder.StartCurrent(options);
        #endregion
        recorder.Completion.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Reports()
    {
        var folder = Directory.CreateTempSubdirectory();
        var path = Path.Combine(folder.FullName, "so-far.html");
        #region ProgramReport
        await using var recorder = ProgramRecorder.StartCurrent();
        await ProgramReport.WriteAsync(recorder, path); // what was recorded until now; the recorder goes on
        #endregion
        new FileInfo(path).Length.ShouldBeGreaterThan(1000);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Mounted_dashboards()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        #region DashboardEndpoints
        await using var app = builder.Build();
        app.MapMultiprocessing("/mp"); // the log contains the address with its token
        await app.StartAsync();
        #endregion
        using var client = new HttpClient();
        (await client.GetAsync($"{app.Urls.First()}/mp/")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await app.StopAsync();
    }

    [Fact]
    public async Task Options_of_mounted_dashboards()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        #region DashboardOptions
        var options = new DashboardOptions
        {
            Token = "a-token-of-your-own",
            AllowActions = false, // the pages end no processes and cancel no tasks
            History = TimeSpan.FromHours(1),
            Interval = TimeSpan.FromSeconds(2),
        };
        app.MapMultiprocessing("/mp", options);
        #endregion
        await app.StartAsync();
        using var client = new HttpClient();
        (await client.GetAsync($"{app.Urls.First()}/mp/?token=a-token-of-your-own")).IsSuccessStatusCode.ShouldBeTrue();
        await app.StopAsync();
    }

    [Fact]
    public async Task Servers()
    {
        using var queue = new ProcessQueue<int>();
        var processId = Environment.ProcessId;
        #region DashboardServer
        using var monitor = ProgramMonitor.Open(processId); // any program of this user
        await using DashboardServer server = await DashboardServer.StartAsync(monitor);
        Console.WriteLine($"Open {server.Address} in a browser.");
        #endregion
        using var client = new HttpClient();
        (await client.GetAsync(server.Address)).IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task Options_of_servers()
    {
        #region DashboardServerOptions
        using var monitor = ProgramMonitor.OpenCurrent();
        await using DashboardServer server = await DashboardServer.StartAsync(monitor, new DashboardServerOptions
        {
            Port = 0, // a free one
            AllowActions = false, // the pages end no processes and cancel no tasks
        });
        #endregion
        server.Address.Port.ShouldBeGreaterThan(0);
    }
}
