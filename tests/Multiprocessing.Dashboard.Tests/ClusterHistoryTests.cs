namespace Multiprocessing.Dashboard.Tests;

/// <summary>What the record keeps of a cluster, and what it says about it.</summary>
public sealed class ClusterHistoryTests
{
    private readonly FakeCluster _cluster = new();
    private readonly ProgramHistory _history = new(maxPoints: 100, maxTasks: 10, wholeRun: false);
    private int _second;

    [Fact]
    public void Rates_are_differences_of_two_answers_and_stay_until_the_next_one()
    {
        var first = FakeCluster.Snapshot(0, [_cluster.Node(1, 0)], FakeCluster.Caller(1) with { EndedTasks = 100 });
        double.IsNaN(Add(first).Point.Nodes[0].Ended).ShouldBeTrue("one answer gives no rate");
        var second = FakeCluster.Snapshot(2, [_cluster.Node(1, 4)], FakeCluster.Caller(1) with { EndedTasks = 130 });
        var figures = Add(second).Point;
        figures.Nodes.ShouldHaveSingleItem().ShouldBe(new("10.0.0.1:11111", 20, 3, 1));
        figures.Callers.ShouldHaveSingleItem().ShouldBe(new("10.0.1.1:11111", 15));
        Add(second).Point.Nodes.ShouldHaveSingleItem().Ended.ShouldBe(20, "the cluster has not answered again");
    }

    [Fact]
    public void A_silent_node_has_no_figures_and_one_that_was_started_again_no_rate()
    {
        Add(FakeCluster.Snapshot(0, [_cluster.Node(1, 0), _cluster.Node(2, 0)]));
        var again = _cluster.Node(1, 5) with { StartTime = FakeCluster.Start.AddSeconds(1) };
        var point = Add(FakeCluster.Snapshot(1, [again, _cluster.Node(2, 5) with { State = ClusterMemberState.Silent }])).Point;
        double.IsNaN(point.Nodes.ShouldHaveSingleItem().Ended).ShouldBeTrue();
        _history.Events.Select(static item => item.Text).ShouldBe(
            ["The node node-1 (10.0.0.1:11111) was started again.", "The node node-2 (10.0.0.2:11111) does not answer."], ignoreOrder: true);
    }

    [Fact]
    public void Events_name_who_joined_left_died_and_lost_workers()
    {
        Add(FakeCluster.Snapshot(0, [_cluster.Node(1, 0), _cluster.Node(2, 0), _cluster.Node(3, 0), _cluster.Node(4, 0)], FakeCluster.Caller(1)));
        _history.Events.ShouldBeEmpty("what is there at the beginning is no event");
        Add(FakeCluster.Snapshot(
            1,
            [
                _cluster.Node(1, 1) with { WorkersDied = 2 },
                _cluster.Node(2, 1) with { State = ClusterMemberState.Leaving },
                _cluster.Node(3, 1) with { State = ClusterMemberState.Silent },
            ],
            FakeCluster.Caller(2)));
        Add(FakeCluster.Snapshot(2, [_cluster.Node(1, 2) with { WorkersDied = 3 }, _cluster.Node(5, 2)], FakeCluster.Caller(2)));
        _history.Events.Select(static item => (item.Severity, item.Text)).ShouldBe(
            [
                (Severity.Bad, "2 workers of the node node-1 died."),
                (Severity.Warning, "The node node-4 (10.0.0.4:11111) is no member any more: it has left or died."),
                (Severity.Warning, "The node node-3 (10.0.0.3:11111) does not answer."),
                (Severity.Info, "The caller caller-2 (10.0.1.2:11111) joined the cluster."),
                (Severity.Info, "The caller caller-1 (10.0.1.1:11111) is no member any more."),
                (Severity.Bad, "A worker of the node node-1 died."),
                (Severity.Info, "The node node-5 (10.0.0.5:11111) joined the cluster."),
                (Severity.Info, "The node node-2 (10.0.0.2:11111) left the cluster."),
                (Severity.Bad, "The node node-3 (10.0.0.3:11111) did not answer and was declared dead."),
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void A_node_that_is_a_member_twice_at_one_address_is_shown_once()
    {
        var dead = _cluster.Node(1, 1) with { State = ClusterMemberState.Silent, StartTime = null };
        Add(FakeCluster.Snapshot(0, [_cluster.Node(1, 0)]));
        Add(FakeCluster.Snapshot(1, [dead, _cluster.Node(1, 1) with { StartTime = FakeCluster.Start.AddSeconds(1) }]));
        Add(FakeCluster.Snapshot(2, [_cluster.Node(1, 2) with { StartTime = FakeCluster.Start.AddSeconds(1) }]));
        _history.Events.Select(static item => item.Text).ShouldBe(["The node node-1 (10.0.0.1:11111) was started again."]);
    }

    [Fact]
    public void A_thousand_nodes_that_join_are_nine_events()
    {
        Add(FakeCluster.Snapshot(0, []));
        Add(FakeCluster.Snapshot(1, [.. Enumerable.Range(1, 250).Select(number => _cluster.Node(number, 1))]));
        _history.Events.Count().ShouldBe(9);
        _history.Events.Last().Text.ShouldBe("242 more nodes joined.");
    }

    [Fact]
    public void What_stands_out_names_silent_and_overloaded_nodes_tasks_without_a_node_and_a_full_cluster()
    {
        var full = FakeCluster.Snapshot(
            0,
            [
                _cluster.Node(1, 0) with { State = ClusterMemberState.Silent, MaxWorkers = 0, BusyWorkers = 0 },
                _cluster.Node(2, 0) with { BusyWorkers = 4, Load = 40 },
            ],
            FakeCluster.Caller(1) with { Nodes = 2, WaitingTasks = 1200 },
            FakeCluster.Caller(2) with { Nodes = 0, WaitingTasks = 7 });
        Add(full).Observations.ShouldHaveSingleItem().Subject.ShouldBe("Node node-1:", "one sample of load may be an accident");
        for (var i = 0; i < 10; i++)
        {
            Add(full).Observations.Count.ShouldBe(1, "the cluster has not answered again");
        }

        for (var i = 0; i < 3; i++)
        {
            Add(full with { });
        }

        var found = Add(full with { }).Observations;
        found.ShouldAllBe(static observation => observation.Page == "cluster");
        found.Select(static observation => observation.Subject).ShouldBe(
            ["Node node-1:", "Cluster images:", "Node node-2:", "Cluster images:"], "by severity");
        found[1].Text.ShouldStartWith("7 tasks wait at callers that have no node");
        found[2].Text.ShouldStartWith("its machine has a load of 40 on 4 processors.");
        found[3].Text.ShouldStartWith("all 4 workers of 2 nodes are busy, and 1,207 tasks wait.");
    }

    [Fact]
    public async Task A_cluster_that_cannot_be_read_keeps_its_last_answer_and_holds_up_no_sample()
    {
        _cluster.Failure = new IOException("The store is down.");
        var program = new FakeProgram();
        await using var recorder = new ProgramRecorder(program, new() { Interval = TimeSpan.FromMilliseconds(100), Cluster = _cluster.ReadAsync });
        await Wait(recorder, "The store is down.");
        _cluster.Failure = null;
        await Wait(recorder, "node-3");
        _cluster.Failure = new IOException("It is down again.");
        var text = await Wait(recorder, "It is down again.");
        text.ShouldContain("node-3");
        _cluster.Failure = null;

        // A read that never ends, and does not heed its token.
        await using var stuck = new ProgramRecorder(
            new FakeProgram(), new() { Interval = TimeSpan.FromMilliseconds(100), Cluster = static _ => new TaskCompletionSource<ClusterSnapshot>().Task });
        await foreach (var (sequence, _) in stuck.ReadSamplesAsync(0, TestContext.Current.CancellationToken))
        {
            if (sequence >= 3)
            {
                break;
            }
        }
    }

    internal static string StateOf(ProgramRecorder recorder)
    {
        using var stream = new MemoryStream();
        using (var json = new System.Text.Json.Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            recorder.WriteState(json);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static async Task<string> Wait(ProgramRecorder recorder, string text)
    {
        // Not by the samples: only the last 60 of them are kept.
        await recorder.WaitForFirstSampleAsync(TestContext.Current.CancellationToken);
        for (var attempt = 0; attempt < 1_200; attempt++)
        {
            if (StateOf(recorder) is var state && state.Contains(text, StringComparison.Ordinal))
            {
                return state;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"The state never had '{text}'.");
    }

    private HistorySample Add(ClusterSnapshot? cluster) => _history.Add(HistoryTests.Snapshot(_second++), [], 0, new(cluster, null));
}
