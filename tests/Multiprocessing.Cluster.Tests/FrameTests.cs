using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>Messages of other members: what was written is read, and any other bytes are an error and nothing else.</summary>
public class FrameTests
{
    [Fact]
    public void What_was_written_is_read()
    {
        LeasedTask[] tasks = [new(1, 5, 2, "näme", TimeSpan.FromSeconds(3), true, [1, 2, 3]), new(4, 1, 1, "", Timeout.InfiniteTimeSpan, false, [])];
        var (sequence, received, read) = Frames.ReadLease(Frames.OfLease(7, 1, tasks));
        (sequence, received, read.Length).ShouldBe((7, 1, 2));
        (read[0].Id, read[0].Lease, read[0].Attempt, read[0].Name, read[0].Timeout).ShouldBe((1, 5, 2, "näme", TimeSpan.FromSeconds(3)));
        read[0].Call.ShouldBe([1, 2, 3]);
        read[1].Timeout.ShouldBe(Timeout.InfiniteTimeSpan);
        var (number, replies) = Frames.ReadReplies(Frames.OfReplies(8, [new(5, 1, ReplyOutcome.Died, 99, [9])]));
        (number, replies[0].Id, replies[0].Lease, replies[0].Ticks).ShouldBe((8, 5, 1, 99));
        replies[0].Outcome.ShouldBe(ReplyOutcome.Died);
        replies[0].Content.ShouldBe([9]);
        var node = Frames.ReadDescription(Frames.OfDescription(new NodeDescription(true, "n", "m", 12, 4, "b", ["gpu", "x"])));
        (node.IsAccepted, node.Name, node.Workers, node.Tags[1]).ShouldBe((true, "n", 4, "x"));
        Frames.ReadHello(Frames.OfHello("abc")).ShouldBe("abc");
        (read[0].Reports, read[1].Reports).ShouldBe((true, false));
        var reports = Frames.ReadReports(Frames.OfReports([new TaskReport(5, 1, 2, [8]), new TaskReport(6, 1, 1, [])]));
        (reports[0].Id, reports[0].Number, reports[0].Content[0], reports[1].Content.Length).ShouldBe((5, 2, (byte)8, 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Changed_and_cut_messages_are_read_or_refused(int seed)
    {
        var random = new Random(seed);
        byte[][] originals =
        [
            Frames.OfLease(7, 1, [new(1, 5, 2, "name", TimeSpan.FromSeconds(3), true, [1, 2, 3]), new(4, 1, 1, "", Timeout.InfiniteTimeSpan, false, [])]),
            Frames.OfReplies(1, [new(5, 1, ReplyOutcome.Died, 99, [9]), new(6, 1, ReplyOutcome.Ended, 1, [])]),
            Frames.OfDescription(new NodeDescription(true, "node", "machine", 12, 4, "build", ["gpu"])),
            Frames.OfHello("build"),
            Frames.OfReports([new TaskReport(5, 1, 2, [8]), new TaskReport(6, 1, 1, [])]),
        ];
        Action<byte[]>[] readers =
        [
            static frame => Frames.ReadLease(frame), static frame => Frames.ReadReplies(frame), static frame => Frames.ReadDescription(frame),
            static frame => Frames.ReadHello(frame), static frame => Frames.ReadReports(frame),
        ];
        for (var i = 0; i < 20_000; i++)
        {
            var which = random.Next(originals.Length);
            var frame = originals[which][..random.Next(originals[which].Length + 1)].ToArray();
            for (var change = random.Next(4); change > 0 && frame.Length > 0; change--)
            {
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
            }

            try
            {
                readers[which](frame);
            }
            catch (InvalidDataException)
            {
                // The only error that a message may cause.
            }
        }
    }
}
