using Multiprocessing.Tool.Terminal;
using Multiprocessing.Tool.Top;
using Multiprocessing.Tool.Top.Clusters;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary>The screen of <c>mp top --cluster</c>, drawn into memory.</summary>
public class ClusterViewTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Nodes_stand_above_their_workers_and_callers_below()
    {
        var screen = Draw(120, 24);
        foreach (var text in (string[])
            ["cluster images", "WORKERS", "3 of 8 busy", "WAITING 45", "1 node does not answer", "NODES 3", "10.0.0.1:11111", "running", "3/4", "20/s", "7.2", "2h", "Resize", "silent", "CALLERS 1", "web", "40"])
        {
            screen.ShouldContain(text);
        }

        var lines = screen.Split('\n').ToList();
        var alpha = lines.FindIndex(static line => line.Contains("alpha", StringComparison.Ordinal));
        lines[alpha + 1].ShouldContain("worker 7");
        lines[alpha + 2].ShouldContain("beta");
        Draw(120, 24, showsWorkers: false).ShouldNotContain("worker 7");
    }

    [Theory]
    [InlineData(20, 3)]
    [InlineData(30, 6)]
    [InlineData(60, 12)]
    [InlineData(250, 60)]
    public void Every_size_is_filled_and_never_more(int width, int height)
    {
        var lines = Draw(width, height).Split('\n');
        lines.Length.ShouldBe(height);
        lines.ShouldAllBe(line => TextWidth.Of(line) <= width);
        string.Concat(lines).ShouldContain(width < 30 ? "Too small" : "NODES");
    }

    private static string Draw(int width, int height, bool showsWorkers = true)
    {
        var sections = ClusterSections.Of(Picture(Now, 60), Picture(Now.AddSeconds(-1), 40), showsWorkers);
        var canvas = ClusterView.Draw(Picture(Now, 60), sections, new TopState { Focus = SectionKind.Nodes }, width, height);
        return string.Join('\n', Enumerable.Range(0, height).Select(canvas.TextOf));
    }

    private static ClusterSnapshot Picture(DateTimeOffset time, long ended) => new()
    {
        Cluster = "images",
        Time = time,
        Nodes =
        [
            new()
            {
                Name = "alpha",
                Address = "10.0.0.1:11111",
                State = ClusterMemberState.Running,
                StartTime = Now.AddHours(-2),
                Processors = 4,
                Load = 7.2,
                MaxWorkers = 4,
                BusyWorkers = 3,
                WaitingTasks = 5,
                EndedTasks = ended,
                Workers = [new(7, 4711, WorkerActivity.Busy, "Resize", TimeSpan.FromSeconds(3), 12), new(8, 4712, WorkerActivity.Idle, null, null, 2)],
            },
            new() { Name = "beta", Address = "10.0.0.2:11111", State = ClusterMemberState.Leaving, MaxWorkers = 4, StartTime = Now.AddMinutes(-3) },
            new() { Name = "gamma", Address = "10.0.0.3:11111", State = ClusterMemberState.Silent },
        ],
        Callers = [new() { Name = "web", Address = "10.0.0.9:4000", State = ClusterMemberState.Running, Nodes = 2, WaitingTasks = 40, RunningTasks = 8, EndedTasks = 99 }],
    };
}
