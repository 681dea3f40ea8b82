using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Progress in the terminal.</summary>
public class ProgressExamples
{
    [Fact]
    public async Task Console_progress()
    {
        #region ConsoleProgress
        await using var pool = new ProcessPool();
        int[] lengths = await pool.MapAsync(Directory.GetFiles("."), path => path.Length, new() { Progress = new ConsoleProgress("files") });
        #endregion
        lengths.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Console_progress_options()
    {
        #region ConsoleProgressOptions
        var options = new ConsoleProgressOptions
        {
            MaxWorkerLines = 0,                      // only the bar
            KeepsFinished = false,                   // and nothing when the call has ended
            LineInterval = TimeSpan.FromMinutes(1),  // in a log
        };
        await using var pool = new ProcessPool();
        await foreach (int square in pool.StreamAsync(Enumerable.Range(0, 100), n => n * n, new() { Progress = new ConsoleProgress("squares", options) }))
        {
            // What the program writes here appears above the bar.
        }
        #endregion
    }
}
