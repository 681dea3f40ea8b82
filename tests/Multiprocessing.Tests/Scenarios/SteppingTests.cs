using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>
/// The build of the library with the points is run by a program of its own, in two halves at once. It kills a child at each point, has two survivors
/// go on with the queue, and says of each death what is not as it must be. One test for each point; the list is that of the enum, so a point at which
/// no process dies is a failure.
/// </summary>
[Collection(ProcessCollection.Name)]
public class SteppingTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(900);
    private static readonly Lazy<Task<List<string>>> Lines = new(Run);

    public static TheoryData<string> Points => [.. Enum.GetNames<KillPoint>()];

    [Theory]
    [MemberData(nameof(Points))]
    public Task A_process_killed_there_leaves_the_others_running(string point) => Watchdog.Run(
        async () =>
        {
            var lines = (await Lines.Value).Where(line => line.Split(' ') is [_, var name, ..] && name == point).ToList();
            lines.Where(line => !line.StartsWith("died ", StringComparison.Ordinal)).ShouldBeEmpty();
            lines.ShouldNotBeEmpty($"nobody died at {point}");
        },
        Limit);

    [Fact]
    public Task All_those_deaths_leave_nothing_behind() => Watchdog.Run(
        async () => (await Lines.Value).Where(line => !line.StartsWith("died ", StringComparison.Ordinal) && !line.StartsWith("deaths ", StringComparison.Ordinal) && line.Length > 0).ShouldBeEmpty(),
        Limit);

    private static async Task<List<string>> Run()
    {
        await WarmUp.Done;
        var before = await Footprint.TakeSettled(null);
        var lines = Deaths();
        await before.ShouldBeAsNow();
        return lines;
    }

    private static List<string> Deaths()
    {
        Companion[] halves = [Companion.Start(ProgramShape.Steps, "--part", "1/2"), Companion.Start(ProgramShape.Steps, "--part", "2/2")];
        try
        {
            var lines = new List<string>();
            foreach (var half in halves)
            {
                half.WaitForExit();
                lines.AddRange(half.ToString().Split(Environment.NewLine));
                if (half.ExitCode != 0)
                {
                    lines.Add($"exit code {half.ExitCode}");
                }
            }

            return lines;
        }
        finally
        {
            foreach (var half in halves)
            {
                half.Dispose();
            }
        }
    }
}
