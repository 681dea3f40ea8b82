using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>The metrics of a caller, and their page.</summary>
public class ClusterMetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_listener_sees_nodes_tasks_attempts_losses_and_bytes()
    {
        var sums = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == MultiprocessingTelemetry.MeterName && instrument.Name.StartsWith("multiprocessing.cluster.", StringComparison.Ordinal))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var key = $"{instrument.Name} {string.Join(' ', tags.ToArray().Select(static tag => tag.Value))}".Trim();
            sums.AddOrUpdate(key, value, (_, before) => instrument.IsObservable ? value : before + value);
        });
        listener.Start();
        await using var cluster = new TestCluster();
        using var victim = cluster.StartProcess("victim", workers: 1);
        await using (IProcessPool pool = await cluster.ConnectAsync(static options => options.Name = "caller"))
        {
            (await pool.RunAsync(static text => text + "!", "here", cancellationToken: Token)).ShouldBe("here!");
            var waiting = Enumerable.Range(0, 3).Select(_ => pool.RunAsync(static () => Thread.Sleep(Timeout.Infinite))).ToList();
            await TestCluster.Until(
                () =>
                {
                    listener.RecordObservableInstruments();
                    return sums.GetValueOrDefault("multiprocessing.cluster.task.count test caller victim") == 1
                        && sums.GetValueOrDefault("multiprocessing.cluster.task.pending test caller") == 2
                        && sums.GetValueOrDefault("multiprocessing.cluster.task.attempts victim") == 2 // counted on a thread of its own, like the next two
                        && sums.GetValueOrDefault("multiprocessing.cluster.io to_worker") > 0
                        && sums.GetValueOrDefault("multiprocessing.cluster.io from_worker") > 0;
                },
                "the node has its second task, and two wait");
            sums["multiprocessing.cluster.node.count test caller"].ShouldBe(1);
            sums["multiprocessing.cluster.task.pending test caller"].ShouldBe(2);
            sums["multiprocessing.cluster.task.attempts victim"].ShouldBe(2);
            victim.Kill();
            await Should.ThrowAsync<NodeLostException>(() => waiting[0]);
            await TestCluster.Until(() => sums.GetValueOrDefault("multiprocessing.cluster.node.losses victim") == 1, "the loss is counted");
        }

        sums.Clear();
        listener.RecordObservableInstruments();
        sums.Keys.Where(static key => key.Contains(".count ", StringComparison.Ordinal) || key.Contains(".pending ", StringComparison.Ordinal))
            .ShouldBeEmpty("the pool was disposed of");
    }

    [Fact]
    public void The_page_lists_every_instrument_and_attribute()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Multiprocessing.slnx")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        var lines = File.ReadAllLines(Path.Combine(root, "docs", "reference", "telemetry.md"));
        Rows(lines, "## Metrics of a cluster").ShouldBe(ClusterMetrics.ReferenceRows);
        Rows(lines, "## Attributes of a cluster").Select(static row => row.Split('`')[1]).ShouldBe(
            typeof(ClusterTags).GetFields(BindingFlags.Static | BindingFlags.Public).Select(static field => (string)field.GetRawConstantValue()!));
    }

    private static IEnumerable<string> Rows(string[] lines, string section) =>
        lines.SkipWhile(line => line != section).Skip(1).TakeWhile(static line => !line.StartsWith('#')).Where(static line => line.StartsWith('|')).Skip(2);
}
