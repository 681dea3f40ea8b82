using Microsoft.Playwright;

namespace Multiprocessing.Dashboard.Tests;

/// <summary>The report opens from disk, without a server.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ReportTests(Chromium chromium)
{
    [Fact]
    public async Task A_report_is_one_file_that_shows_each_page_and_requests_nothing()
    {
        var path = Path.Combine(Path.GetTempPath(), $"report {Guid.NewGuid():N}.html");
        try
        {
            FakeProgram program = new() { ExtraTaskName = "</script><script>document.title='broken in'</script>&<!--" };
            await using (ProgramRecorder recorder = new(program, new() { Interval = TimeSpan.FromMilliseconds(100), ReportPath = path }))
            {
                await foreach (var (sequence, _) in recorder.ReadSamplesAsync(0, TestContext.Current.CancellationToken))
                {
                    if (sequence == 30)
                    {
                        break;
                    }
                }
            }

            Directory.GetFiles(Path.GetDirectoryName(path)!, $"{Path.GetFileName(path)}*").ShouldHaveSingleItem();
            await using var watched = await chromium.OpenAsync(new Uri(path), new() { Offline = true, ViewportSize = new() { Width = 1280, Height = 900 } });
            await watched.SeeAsync("#status", "Report of");
            foreach (var name in ScreenshotTests.Pages)
            {
                await watched.GoAsync(name);
                await watched.Page.WaitForTimeoutAsync(100);
            }

            await watched.GoAsync("tasks");
            await watched.SeeAsync("section:has(h2:text-is('Slowest tasks')) tbody th", "</script>");
            await watched.GoAsync("processes");
            await watched.SeeAsync("tbody th", "images worker 1");
            (await watched.Page.GetByRole(AriaRole.Button, new() { Name = "Kill" }).CountAsync()).ShouldBe(0, "a report has no actions");
            await watched.Page.Locator("footer summary").ClickAsync();
            await watched.SeeAsync("footer pre", "Apache ECharts");
            watched.Requests.Count.ShouldBe(1, "the file alone is read");
            watched.ShouldHaveNoFaults();
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_report_that_cannot_be_written_leaves_no_part_and_says_why()
    {
        var folder = Directory.CreateTempSubdirectory("report");
        try
        {
            await using ProgramRecorder recorder = new(new FakeProgram(), new());
            var path = Path.Combine(folder.FullName, "taken");
            Directory.CreateDirectory(path); // a directory has the report's name
            await Should.ThrowAsync<Exception>(ProgramReport.WriteAsync(recorder, path, TestContext.Current.CancellationToken));
            folder.GetFiles().ShouldBeEmpty();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
