using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>
/// An end that was passed on, closed in the process that received it, and never disposed here. Its segment is freed before the garbage collector
/// finds the object of this process, and other objects take the segment's place in the table.
/// </summary>
public class ForgottenEndTests : ProcessTest
{
    [Fact]
    public Task A_forgotten_end_is_released_by_the_garbage_collector_after_its_place_was_used_again() => Watchdog.Run(() =>
    {
        using var program = Companion.Run(ProgramShape.AppHost, "forgotten-ends");
        program.ExitCode.ShouldBe(0, program.ToString());
        program.Value("rounds").ShouldBe("100");
    });

    [Fact]
    public Task An_end_keeps_its_memory_until_it_is_released_whichever_objects_follow_in_its_place() => Watchdog.Run(() =>
    {
        var registry = Session.Current.Objects;
        var (first, second) = ProcessPipe.CreateTransports();
        using (first)
        {
            var id = second.EndId;
            PassOn(second);
            Eventually.Is(() => !Session.Current.Segments.IsCurrent(id), "the end is closed, for the child has disposed it");
            var others = new List<ProcessLock>();
            while (!others.Any(other => other.Shared.Segment.Id.Index == id.Index))
            {
                others.Count.ShouldBeLessThan(100, "a free place is used again");
                others.Add(new ProcessLock());
            }

            registry.FindMapped(id).ShouldNotBeNull("the object of this process has a reference").Id.ShouldBe(id);
            second.Dispose();
            registry.FindMapped(id).ShouldBeNull();
            foreach (var other in others)
            {
                registry.FindMapped(other.Shared.Segment.Id).ShouldBe(other.Shared.Segment);
                other.Dispose();
                registry.FindMapped(other.Shared.Segment.Id).ShouldBeNull();
            }
        }
    });

    private static void PassOn(PipeTransport end)
    {
        var connection = new Connection(end);
        using var child = ChildProcess.Run(() => connection.Dispose());
        child.Join();
    }
}
