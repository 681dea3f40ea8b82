using System.Diagnostics;
using System.Globalization;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>Two callers of one node.</summary>
public class FairnessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static void Mark(string file) => File.AppendAllText(
        $"{file}-{Environment.ProcessId}", Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture) + "\n");

    /// <summary>Most tasks take their time until the other caller is done: they are not over before it, if its threads stand still.</summary>
    private static void MarkSlowlyUntil(string done, string file, int item)
    {
        Mark(file);
        if (item > 1_000 && !File.Exists(done))
        {
            Thread.Sleep(5);
        }
    }

    private static List<long> Marks(string folder, string name) => [.. Directory.GetFiles(folder, $"{name}-*")
        .SelectMany(File.ReadAllLines).Select(static line => long.Parse(line, CultureInfo.InvariantCulture)).Order()];

    [Fact]
    public async Task A_caller_with_ten_tasks_does_not_wait_for_the_ten_thousand_of_another()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one", workers: 2);
        await using IProcessPool many = await cluster.ConnectAsync(nodes: 1);
        await using IProcessPool few = await cluster.ConnectAsync(nodes: 1);
        var folder = cluster.Folder;
        var (manyFile, fewFile) = (Path.Combine(folder, "many"), Path.Combine(folder, "few"));
        var done = Path.Combine(folder, "done");
        var all = many.ForEachAsync(Enumerable.Range(0, 10_000), item => MarkSlowlyUntil(done, manyFile, item), cancellationToken: Token);
        await TestCluster.Until(() => Directory.GetFiles(folder, "many-*").Length > 0 && Marks(folder, "many").Count > 500, "some tasks of the first caller have run");
        var before = Marks(folder, "many").Count;
        await few.ForEachAsync(Enumerable.Range(0, 10), _ => Mark(fewFile), cancellationToken: Token);
        await File.WriteAllTextAsync(done, "", Token);
        await all;
        var (first, last) = (Marks(folder, "few")[0], Marks(folder, "few")[^1]);
        var between = Marks(folder, "many").Count(mark => mark > first && mark < last);
        (Marks(folder, "few").Count, Marks(folder, "many").Count).ShouldBe((10, 10_000));
        Marks(folder, "many").Count(mark => mark > last).ShouldBeGreaterThan(1_000, $"most of the first caller's tasks ran later ({before} before)");
        between.ShouldBeLessThan(3_000);
    }
}
