using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Multiprocessing.Dashboard.Tests;

public sealed class EventStreamTests
{
    /// <summary>The server keeps 60 samples: so a test may stand still for some seconds before it asks for those behind the last one.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task A_page_that_is_opened_late_gets_the_past_and_then_each_sample()
    {
        var token = TestContext.Current.CancellationToken;
        await using var dashboard = await TestServer.StartAsync(new() { Interval = Calm });
        await WaitForSampleAsync(dashboard, 12);
        using var state = JsonDocument.Parse((await dashboard.ReadAsync("api/state", dashboard.Bearer)).Text);
        state.RootElement.GetProperty("points").GetArrayLength().ShouldBeGreaterThanOrEqualTo(12);
        state.RootElement.GetProperty("tasks").GetArrayLength().ShouldBeGreaterThan(20);
        state.RootElement.GetProperty("snapshot").GetProperty("processes").GetArrayLength().ShouldBe(9);
        var sequence = state.RootElement.GetProperty("sequence").GetInt64();

        using var reply = await dashboard.GetAsync($"api/events?after={sequence}", dashboard.Bearer);
        reply.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var events = SseParser.Create(await reply.Content.ReadAsStreamAsync(token)).EnumerateAsync(token);
        await foreach (var item in events)
        {
            item.EventType.ShouldBe("sample");
            item.EventId.ShouldBe((++sequence).ToString(System.Globalization.CultureInfo.InvariantCulture));
            using var sample = JsonDocument.Parse(item.Data);
            sample.RootElement.GetProperty("running").GetBoolean().ShouldBeTrue();
            sample.RootElement.GetProperty("point").GetProperty("processes").GetArrayLength().ShouldBe(9);
            if (sequence >= state.RootElement.GetProperty("sequence").GetInt64() + 5)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task A_connection_that_broke_goes_on_after_its_last_sample()
    {
        var token = TestContext.Current.CancellationToken;
        await using var dashboard = await TestServer.StartAsync(new() { Interval = Calm });
        await WaitForSampleAsync(dashboard, 8);
        using var reply = await dashboard.GetAsync("api/events?after=0", dashboard.Bearer, "Last-Event-ID: 5");
        var first = await SseParser.Create(await reply.Content.ReadAsStreamAsync(token)).EnumerateAsync(token).FirstAsync(token);
        first.EventId.ShouldBe("6");
    }

    [Fact]
    public async Task A_page_that_was_away_for_too_long_asks_for_the_state_anew()
    {
        var token = TestContext.Current.CancellationToken;
        await using var dashboard = await TestServer.StartAsync();
        await WaitForSampleAsync(dashboard, 70);
        using var reply = await dashboard.GetAsync("api/events?after=2", dashboard.Bearer);
        var items = await SseParser.Create(await reply.Content.ReadAsStreamAsync(token)).EnumerateAsync(token).ToListAsync(token);
        items.ShouldHaveSingleItem().EventType.ShouldBe("reset");
    }

    [Fact]
    public async Task The_end_of_the_program_is_a_sample_without_processes_and_the_server_stays()
    {
        var token = TestContext.Current.CancellationToken;
        await using var dashboard = await TestServer.StartAsync();
        await WaitForSampleAsync(dashboard, 3);
        dashboard.Program.IsRunning = false;
        await dashboard.Server.ProgramCompletion.WaitAsync(TimeSpan.FromSeconds(30), token);
        using var state = JsonDocument.Parse((await dashboard.ReadAsync("api/state", dashboard.Bearer)).Text);
        state.RootElement.GetProperty("running").GetBoolean().ShouldBeFalse();
        state.RootElement.GetProperty("points").EnumerateArray().Last().GetProperty("processes").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_server_that_stops_does_not_wait_for_open_pages()
    {
        var token = TestContext.Current.CancellationToken;
        var dashboard = await TestServer.StartAsync();
        using var reply = await dashboard.GetAsync("api/events?after=0", dashboard.Bearer);
        await using var stream = await reply.Content.ReadAsStreamAsync(token);
        await dashboard.Server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), token);
        // The stream ends as a complete reply, not as a broken connection.
        await SseParser.Create(stream).EnumerateAsync(token).ToListAsync(token);
        await dashboard.DisposeAsync();
    }

    [Theory]
    [InlineData("api/events")]
    [InlineData("api/events?after=x")]
    [InlineData("api/events?after=-1")]
    public async Task A_stream_needs_the_number_of_the_last_sample(string path)
    {
        await using var dashboard = await TestServer.StartAsync();
        (await dashboard.ReadAsync(path, dashboard.Bearer)).Status.ShouldBe(System.Net.HttpStatusCode.BadRequest);
    }

    private static async Task WaitForSampleAsync(TestServer dashboard, long wanted)
    {
        await foreach (var (sequence, _) in dashboard.Server.Recorder.ReadSamplesAsync(0, TestContext.Current.CancellationToken))
        {
            if (sequence >= wanted)
            {
                return;
            }
        }

        // More samples than are kept have been taken already.
    }
}
