using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>What <c>mp</c> passes to the program of a member becomes the member's options.</summary>
public class NodeSettingsTests
{
    [Fact]
    public void The_detection_reaches_a_node_and_a_watcher()
    {
        foreach (var detection in Detections("""{"Cluster":"images","Localhost":true,"ProbeInterval":1.5,"MissedProbes":6,"Votes":3}"""))
        {
            (detection.ProbeInterval, detection.MissedProbes, detection.Votes).ShouldBe((TimeSpan.FromSeconds(1.5), 6, 3));
        }
    }

    [Fact]
    public void A_member_whose_settings_have_no_detection_has_the_default_values()
    {
        var expected = new ClusterDetection();
        foreach (var detection in Detections("""{"Cluster":"images","Localhost":true}"""))
        {
            (detection.ProbeInterval, detection.MissedProbes, detection.Votes)
                .ShouldBe((expected.ProbeInterval, expected.MissedProbes, expected.Votes));
        }
    }

    private static ClusterDetection[] Detections(string line)
    {
        var settings = NodeSettings.Read(line);
        var node = new MultiprocessingNodeOptions();
        NodeProgram.Apply(settings, node);
        var watcher = new ClusterMonitorOptions();
        WatchProgram.Apply(settings, watcher);
        return [node.Detection, watcher.Detection];
    }
}
