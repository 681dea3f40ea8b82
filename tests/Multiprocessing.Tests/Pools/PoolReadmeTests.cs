using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>The README's code, so that it compiles and runs for as long as it stands there. Change both together.</summary>
public class PoolReadmeTests : ProcessTest
{
    [Fact]
    public Task The_README_s_pool_does_what_it_says() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Workers = 4, MaxAttempts = 2, Timeout = TimeSpan.FromSeconds(60) });

        int answer = await pool.RunAsync(() => 6 * 7);
        long[] squares = await pool.MapAsync(Enumerable.Range(0, 100_000), item => (long)item * item);
        var files = 0;
        await foreach (var length in pool.StreamAsync(Directory.EnumerateFiles("."), file => new FileInfo(file).Length))
        {
            files += length >= 0 ? 1 : 0;
        }

        var texts = new List<string>();
        foreach (var outcome in await pool.MapOutcomesAsync([1, 0, 4], item => 12 / item))
        {
            texts.Add(outcome.IsSuccess ? $"{outcome.Result}" : outcome.Error.Message);
        }

        answer.ShouldBe(42);
        squares[^1].ShouldBe(99_999L * 99_999);
        files.ShouldBe(Directory.GetFiles(".").Length);
        texts.ShouldBe(["12", new DivideByZeroException().Message, "3"]);
    });
}
