using Shouldly;
using Xunit;

namespace Multiprocessing.ConsoleTests;

/// <summary>The workers of real pools, below the bar.</summary>
public class WorkerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Each_worker_has_a_line_with_its_task()
    {
        var screen = new Screen(100);
        var pictures = await RunAsync(screen, workers: 2, new() { Console = screen.Console() }, HasBothWorkers);
        pictures.ShouldContain(static lines => HasBothWorkers(lines));
        screen.Lines.ShouldHaveSingleItem().ShouldContain("6/6");
    }

    [Fact]
    public async Task Many_workers_are_one_line()
    {
        var screen = new Screen(100);
        var pictures = await RunAsync(screen, workers: 3, new() { Console = screen.Console(), MaxWorkerLines = 2 }, AreAllBusy);
        pictures.ShouldContain(static lines => AreAllBusy(lines));
    }

    [Fact]
    public async Task A_narrow_terminal_says_how_many_are_busy()
    {
        var screen = new Screen(27);
        var pictures = await RunAsync(screen, workers: 3, new() { Console = screen.Console(), MaxWorkerLines = 1 }, AreAllBusyInShort);
        pictures.ShouldContain(static lines => AreAllBusyInShort(lines));
        pictures.ShouldAllBe(static lines => lines.All(static line => line.Length < 27));
    }

    [Fact]
    public async Task No_workers_are_shown_if_none_are_wanted()
    {
        var screen = new Screen(100);
        var count = 0;
        var pictures = await RunAsync(screen, workers: 2, new() { Console = screen.Console(), MaxWorkerLines = 0 }, _ => ++count == 5);
        pictures.ShouldAllBe(static lines => lines.Length <= 1);
    }

    private static bool HasBothWorkers(string[] lines) => lines.Length == 3
        && lines[0].StartsWith("slow ━") && lines[1].StartsWith("   1 ■ slow[") && lines[1].Contains(" done, pid ")
        && lines[2].StartsWith("   2 ■ slow[");

    private static bool AreAllBusy(string[] lines) => lines.Length == 2 && lines[1] == "     ■■■ 3 of 3 busy";

    private static bool AreAllBusyInShort(string[] lines) =>
        lines.Length == 2 && (lines[1] == "     ■■■ 3 of 3 busy" || lines[1] == "     3 of 3 workers busy");

    /// <summary>Runs tasks that do not end before a picture shows what is wanted, however slowly the workers start.</summary>
    private static async Task<List<string[]>> RunAsync(Screen screen, int workers, ConsoleProgressOptions options, Func<string[], bool> isWanted)
    {
        List<string[]> pictures = [];
        using var isSeen = new ProcessEvent();
        using var progress = new ConsoleProgress(null, options);
        await using var pool = new ProcessPool(new() { Workers = workers });
        var receiver = new Then(progress, () =>
        {
            pictures.Add(screen.Lines);
            if (isWanted(pictures[^1]))
            {
                isSeen.Set();
            }
        });
        await pool.MapAsync(
            Enumerable.Range(0, workers * 3),
            item =>
            {
                _ = isSeen.Wait(Patience);
                return item;
            },
            new() { Name = "slow", Progress = receiver },
            TestContext.Current.CancellationToken);
        return pictures;
    }

    private sealed class Then(IProgress<PoolProgress> progress, Action then) : IProgress<PoolProgress>
    {
        public void Report(PoolProgress value)
        {
            progress.Report(value);
            then();
        }
    }
}
