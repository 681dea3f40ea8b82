using System.Diagnostics;
using System.Text.Json;
using Multiprocessing.Tests;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary><c>mp dash</c> and <c>mp report</c> with a real program.</summary>
public class PagesTests(WatchedProgram program) : IClassFixture<WatchedProgram>
{
    [Fact]
    public async Task Dash_serves_the_pages_of_a_program_that_does_not_know_of_it()
    {
        using var process = Process.Start(new ProcessStartInfo(Mp.Path, ["dash", $"{program.Id}", "--json"]) { RedirectStandardOutput = true })!;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var line = JsonDocument.Parse((await process.StandardOutput.ReadLineAsync(limit.Token))!).RootElement;
            line.GetProperty("processId").GetInt32().ShouldBe(program.Id);
            var address = new Uri(line.GetProperty("address").GetString()!);
            address.IsLoopback.ShouldBeTrue();
            using var client = new HttpClient();
            client.DefaultRequestHeaders.Authorization = new("Bearer", address.Query["?token=".Length..]);
            var state = JsonDocument.Parse(await client.GetStringAsync(new Uri(address, "/api/state"), limit.Token)).RootElement;
            state.GetProperty("snapshot").GetProperty("processes").GetArrayLength().ShouldBeGreaterThanOrEqualTo(7);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task Report_writes_one_file()
    {
        using var folder = new TemporaryDirectory();
        var path = Path.Combine(folder.Path, "run.html");
        var run = await Mp.RunAsync("report", $"{program.Id}", "--output", path, "--for", "3");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.Trim().ShouldBe(path);
        var html = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        html.ShouldContain("id=\"report-data\"");
        html.ShouldContain($"\"rootProcessId\":{program.Id}");
        html.ShouldNotContain("src=\"");
        Directory.GetFiles(folder.Path).ShouldHaveSingleItem();
    }
}
