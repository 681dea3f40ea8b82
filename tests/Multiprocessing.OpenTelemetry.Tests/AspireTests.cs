using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Multiprocessing.OpenTelemetryTests;

/// <summary>
/// The signals in the dashboard of .NET Aspire, which runs alone. Its package is 80 MB, so that it is downloaded only where the environment variable
/// MULTIPROCESSING_ASPIRE is 1, at the build as well as at the run.
/// </summary>
public sealed class AspireTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string Program = Path.Combine(
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
        "aspire.dashboard.sdk.linux-x64", "13.6.5", "tools", "Aspire.Dashboard");

    [Fact]
    public async Task Spans_metrics_and_logs_are_seen_in_the_dashboard()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("MULTIPROCESSING_ASPIRE") == "1", "MULTIPROCESSING_ASPIRE is not 1: the dashboard of Aspire is not downloaded.");
        File.Exists(Program).ShouldBeTrue($"{Program} is missing: the variable must be set at the build, too");
        var (pages, collector) = (FreeAddress(), FreeAddress());
        using var dashboard = Start(pages, collector);
        try
        {
            using HttpClient client = new() { BaseAddress = new(pages) };
            await UntilAsync(async () => (await client.GetAsync("/api/telemetry/resources")).IsSuccessStatusCode, "the dashboard answers");
            var (trace, killed) = await TracedProgram.RunAsync(
                collector,
                () => UntilAsync(
                    async () => (await client.GetStringAsync("/api/telemetry/spans")).Contains("\"first\"") && (await client.GetStringAsync("/api/telemetry/logs")).Contains("made"),
                    "the first span and its log record"));
            await UntilAsync(async () => (await client.GetStringAsync($"/api/telemetry/traces/{trace}")).Contains("resize"), "the trace");

            var spans = await client.GetStringAsync($"/api/telemetry/traces/{trace}");
            foreach (var expected in new[] { "\"request\"", "\"first\"", "\"resize\"", "Multiprocessing.WorkerDiedException" })
            {
                spans.ShouldContain(expected);
            }

            (await client.GetStringAsync("/api/telemetry/logs")).ShouldContain("made");
            await UntilAsync(
                async () =>
                {
                    using var resources = JsonDocument.Parse(await client.GetStringAsync("/api/telemetry/resources"));
                    var all = resources.RootElement.EnumerateArray().ToList();
                    return all.Exists(resource => Is(resource, Environment.ProcessId) && resource.GetProperty("hasMetrics").GetBoolean() && resource.GetProperty("hasTraces").GetBoolean())
                        && all.Exists(resource => Is(resource, killed) && resource.GetProperty("hasLogs").GetBoolean());
                },
                "the metrics of the root, and the logs of the worker");
        }
        finally
        {
            dashboard.Kill(entireProcessTree: true);
            await dashboard.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private static bool Is(JsonElement resource, int processId) =>
        resource.GetProperty("name").GetString() == TracedProgram.Service && resource.GetProperty("instanceId").GetString() == $"{processId}";

    private static Process Start(string pages, string collector)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Program, File.GetUnixFileMode(Program) | UnixFileMode.UserExecute);
        }

        ProcessStartInfo start = new(Program) { WorkingDirectory = Path.GetDirectoryName(Program), RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ASPNETCORE_URLS"] = pages;
        start.Environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = FreeAddress();
        start.Environment["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = collector;
        start.Environment["Dashboard__Api__Enabled"] = "true";
        foreach (var part in new[] { "Frontend", "Otlp", "Api" })
        {
            start.Environment[$"Dashboard__{part}__AuthMode"] = "Unsecured";
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { }; // read, so that it does not wait for a reader
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static string FreeAddress()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (HttpRequestException) when (watch.Elapsed < Patience)
            {
                // It does not listen yet.
            }

            watch.Elapsed.ShouldBeLessThan(Patience, what);
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }
}
