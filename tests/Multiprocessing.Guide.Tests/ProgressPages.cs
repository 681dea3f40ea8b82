using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code of docs/guide/progress.md and of the package's page.</summary>
public class ProgressPages
{
    [Fact]
    public async Task A_bar()
    {
        var pages = Enumerable.Range(1, 30).ToList();
        static byte[] Render(int page) => new byte[page];

        #region progress-bar
        await using var pool = new ProcessPool();
        byte[][] images = await pool.MapAsync(pages, Render, new() { Progress = new ConsoleProgress("pages") });
        #endregion
        images.Length.ShouldBe(30);
    }

    [Fact]
    public async Task An_own_receiver()
    {
        var pages = Enumerable.Range(1, 30).ToList();
        var report = new List<string>();
        static byte[] Render(int page) => new byte[page];

        #region progress-own
        await using var pool = new ProcessPool();
        await foreach (var image in pool.StreamOutcomesAsync(pages, Render, new() { Progress = new StatusLine(report) }))
        {
            // use the image, or its error
        }
        #endregion
        report[^1].ShouldStartWith("30 of 30, ");
    }
}

#region progress-receiver
internal sealed class StatusLine(List<string> lines) : IProgress<PoolProgress>
{
    public void Report(PoolProgress value) => lines.Add($"{value}, {value.BusyWorkers} of {value.MaxWorkers} workers busy");
}
#endregion
