using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>
/// The build of the library with the points throws at each entry point, in a program of its own: that program lives, everything in it ends within its
/// time, and afterwards everything works. One test for each entry point; the list is that of the enum, so a point that is never passed is a failure.
/// </summary>
[Collection(ProcessCollection.Name)]
public class EntryPointTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(900);
    private static readonly Lazy<Task<(List<string> Lines, int ExitCode)>> Lines = new(Run);

    public static TheoryData<string> Points => [.. Enum.GetNames<EntryPoint>()];

    [Theory]
    [MemberData(nameof(Points))]
    public Task What_is_thrown_there_fails_one_object_and_leaves_the_program_alive(string point) => Watchdog.Run(
        async () =>
        {
            var lines = (await Lines.Value).Lines.Where(line => line.Split(' ') is [_, var name, ..] && name == point).ToList();
            lines.Where(static line => line.StartsWith("failed ", StringComparison.Ordinal)).ShouldBeEmpty();
            lines.ShouldNotBeEmpty($"nothing was thrown at {point}");
        },
        Limit);

    [Fact]
    public Task The_program_ends_in_good_order() => Watchdog.Run(
        async () =>
        {
            var (lines, exitCode) = await Lines.Value;
            exitCode.ShouldBe(0, string.Join(Environment.NewLine, lines)); // standard error is among them
        },
        Limit);

    private static async Task<(List<string> Lines, int ExitCode)> Run()
    {
        await WarmUp.Done;
        var before = await Footprint.TakeSettled(null);
        (List<string>, int) result;
        using (var program = Companion.Run(ProgramShape.Steps, "--throw"))
        {
            result = ([.. program.ToString().Split(Environment.NewLine)], program.ExitCode);
        }

        await before.ShouldBeAsNow();
        return result;
    }
}
